"""Who sees a thing: whether it shows to strangers now, or would if the account or the post were opened."""

from __future__ import annotations

from detectors import Location, Snapshot

NOW, IF_OPENED, UNKNOWN = "now", "if-opened", "unknown"
SHOWN = (NOW, IF_OPENED, UNKNOWN)

NOBODYS = frozenset({"checklist", "sign-in"})
"""What is no place on a page, so that nobody sees it there."""
PUBLIC_PLACES = frozenset(
    {"bio", "headline", "display_name", "handle", "location", "avatar", "banner", "flags"}
)
"""What even a private account shows to everybody."""


def audience_of(place: Location, snapshot: Snapshot) -> str:
    """The audience that an export gives for the text or picture at a place; "" where none does."""
    if place.image is not None:
        found = next((i.audience for i in snapshot.images if i.name == place.image and i.audience), "")
        if found:
            return found
    return next((t.audience for t in snapshot.texts if t.where == place.where and t.audience), "")


def shown(place: Location, snapshot: Snapshot) -> str:
    """Whether strangers see a place now; "" for profiles of which only a visit tells, where they do.

    "unknown" is said where an export neither gives the post's audience nor says that the account is private,
    and of comments by a private account: they stand under other people's posts, which may be open.
    """
    if not snapshot.origins or place.where in NOBODYS:
        return ""
    origins = {origin for origin, _ in snapshot.origins.get(place.where, ())}
    audience = audience_of(place, snapshot)
    if "visit" in origins or audience == "public":
        return NOW
    if audience:
        return IF_OPENED
    private = snapshot.flags.get("private")
    if private and any(t.where == place.where and t.kind == "comment" for t in snapshot.texts):
        return UNKNOWN
    if place.where in PUBLIC_PLACES or place.where.startswith("link-") or private is False:
        return NOW
    return IF_OPENED if private else UNKNOWN
