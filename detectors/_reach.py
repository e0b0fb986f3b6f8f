"""How surely a phone number or e-mail address is the writer's own, from the signs around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detectors._details import Detail, host
from detectors._lexicon import lexicon, phrases

MAILBOX_HOSTS = ("mail", "post", "box", "inbox")
"""In the name of a provider of private mailboxes, as in Fastmail or Postbox."""

ALONE = 14
"""Fewer characters than this beside a detail: it stands there for its own sake."""


def reach_signs(detail: Detail, parts: Mapping[str, str], *, profile: bool) -> Iterator[str]:
    """The names of all signs for and against; `parts` holds before, after, sentence and around."""
    kind = "email" if detail.kind == "email" else _line(detail)
    place = "profile" if profile else "post"
    yield kind
    yield place
    yield f"{place} {kind}"
    if detail.disguised:
        yield "disguised"
    if detail.kind == "email":
        yield from _mailbox(detail.value)
    if len(parts["around"]) < ALONE:
        yield "alone"
    for name, part in lexicon("reach")["parts"].items():
        if phrases("reach", name).search(parts[part]):
            yield name


def _line(detail: Detail) -> str:
    """Mobiles are carried by people; a landline that is written down is mostly a business's."""
    return "mobile" if detail.value.startswith(("07", "+")) else "landline"


def _mailbox(address: str) -> Iterator[str]:
    words = lexicon("contact")["words"]
    local, _, domain = address.rpartition("@")
    first = host(address).partition(".")[0]
    if first in words["free_mail"] or first.endswith(MAILBOX_HOSTS):
        yield "provider"
    if local in words["office_names"]:
        yield "office name"
    if domain.endswith(tuple(words["public_ends"])):
        yield "public body"
    if "." in local or "_" in local or any(c.isdigit() for c in local):
        yield "personal name"
