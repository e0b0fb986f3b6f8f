"""What a detector is given and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a profile, judged as it stands.

    `where` names its place: "bio", "display_name", "handle", "headline", "location" or a post's id.
    `kind` is one of bio, post, comment, caption, display_name, headline, link, hashtags, alt_text,
    location, handle. `author` is "self" or "other": whether the profile's owner wrote it.
    Spans in findings count code points of `value` exactly as given. `audience` is who may see it as an
    export says: public, friends, friends-of-friends, followers, custom or only-me; "" where nothing says so.
    """

    where: str
    kind: str
    value: str
    author: str = "self"
    date: str = ""
    url: str = ""
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Image:
    """One picture or video file as it came, not yet decoded.

    `where` is "avatar", "banner", a post's id, or "" for a loose file. `name` is the path or
    address as the input wrote it. `second` is the moment of a video that is meant, if not all of it.
    """

    where: str
    name: str
    data: bytes = field(repr=False)
    alt: str = ""
    second: float | None = None
    audience: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """Where in a person's material something stands.

    `item` is the id of the snapshot (or of the single item), `where` the place within it.
    `span` is [start, end) in code points; `box` is (x, y, width, height) in source pixels after
    the picture has been turned upright. `second` is the moment in a video, from its beginning.
    """

    item: str
    where: str = ""
    span: tuple[int, int] | None = None
    box: tuple[int, int, int, int] | None = None
    image: str | None = None
    second: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a detector saw, before the policy has weighed it.

    `rule` names a rule in `data/rules`; `score` is 0..1, calibrated per check. `excerpt` holds the
    telling words as written and lives only as long as the scan; reports mask it.
    """

    check: str
    rule: str
    score: float
    location: Location
    excerpt: str = field(default="", repr=False)
    ref: str | None = None
    evidence: tuple[Location, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a picture is known again where it is used twice. It lives only as long as the scan.

    `hashes` are 32 bytes each, those of the whole picture first: `wholes` of them. `small` is a gray copy of
    96 pixels, `height` rows. `flat` is the share of even tone: high in memes and pages of words.
    """

    where: str
    name: str
    hashes: bytes = field(repr=False)
    wholes: int
    small: bytes = field(repr=False)
    height: int
    flat: float

    @property
    def whole(self) -> bytes:
        """The hash of the picture as it is, 32 bytes."""
        return self.hashes[:32]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a profile was looked at. Silence means clear only for what is counted here.

    `complete` is "complete" (read to a confirmed end), "capped" (a limit cut it) or "unsure".
    `not_seen` holds plain sentences for the reader of the report.
    """

    posts_seen: int = 0
    posts_claimed: int | None = None
    images_seen: int = 0
    pictures_unreadable: int = 0
    videos_seen: int = 0
    complete: str = "unsure"
    not_seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One profile at one time, in memory only; it is never stored.

    `flags` uses the names of DESIGN section 6 (private, discoverable, ...), holding only what was
    positively read. `result` is one of the result states of the report format ("ok", ...). `origins`
    gives for each place the kinds of evidence it was found in ("visit", "page", "export") and its name
    there; it is empty for a profile that was only visited. `sign_in` holds addresses that the account is
    run with, where a download named some that matter.
    """

    id: str
    platform: str
    url: str = ""
    handle: str = ""
    display_name: str = ""
    texts: tuple[Text, ...] = ()
    images: tuple[Image, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    exemptions: frozenset[str] = frozenset()
    coverage: Coverage = Coverage()
    result: str = "ok"
    captured_at: datetime | None = None
    origins: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False)
    sign_in: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """One profile with what its texts and pictures gave, and by what its pictures are known again."""

    snapshot: Snapshot
    findings: tuple[Finding, ...] = ()
    marks: tuple[Mark, ...] = ()


class Unavailable(Exception):
    """A detector cannot run here: a package or weight is missing, or its hash is wrong.

    Callers report the detector's checks as not run; they never treat it as "nothing found".
    """
