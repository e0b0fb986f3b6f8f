"""The foot of a one-person site: often the owner's own address, phone number and links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4 import Tag

from scanner.platforms import _dom, _refused
from scanner.platforms._beside import cleaned, leads_away
from scanner.platforms._sheet import Sheet, folded, within

MIN_NAME = 4
LONGEST = 3_000
PHONE_DIGITS = 9
_PARTS = ("article", "section", "figure", "blockquote", "li", "dialog", "nav")
_LINES = ("p", "small", "li", "div", "footer")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def read_footer(sheet: Sheet, name: str) -> tuple[str, list[str]]:
    """The owner's words in the page's footer, and where it leads; nothing on sites of many people.

    The site is one person's when the page has their card (h-card, or a Person in JSON-LD) or the
    footer names them, and its posts are not signed by several. Menus, copyright lines and links to
    terms are the site's.
    """
    if _refused.shared(sheet.account.url):
        return "", []
    feet = list(_feet(sheet))
    if not feet or not _of_one(sheet, name, feet):
        return "", []
    lines: list[str] = []
    links: list[str] = []
    for foot in feet:
        skip = list(_furniture(foot, feet))
        anchors = [link for link in foot.find_all("a", href=True) if not within(link, skip)]
        labels = [link.get_text(" ", strip=True) for link in anchors if not _is_contact(link)]
        lines += [line for line in cleaned(_dom.text_of(foot, skip)).split("\n") if _says(line, name, labels)]
        told = [link for link in anchors if _is_told(link, sheet.base)]
        links += [_dom.absolute(str(link["href"]), sheet.base) for link in told]
    return "\n".join(lines)[:LONGEST], list(dict.fromkeys(links))


def _feet(sheet: Sheet) -> Iterator[Tag]:
    """The page's own footers, outermost only; those of posts and sections are not the page's."""
    found: list[Tag] = []
    for part in sheet.whole.select(_dom.words()["footer"]["selector"]):
        if not within(part, found) and not part.find_parent(_PARTS) and not _dom.hidden(part):
            found.append(part)
            yield part


def _of_one(sheet: Sheet, name: str, feet: Sequence[Tag]) -> bool:
    if len({folded(line) for line in sheet.signed}) > 1:
        return False
    if sheet.card or sheet.head.owner or any(foot.select_one(".h-card, .vcard") for foot in feet):
        return True
    said = folded(" ".join(foot.get_text(" ", strip=True) for foot in feet))
    return len(name) >= MIN_NAME and folded(name) in said


def _furniture(foot: Tag, feet: Sequence[Tag]) -> Iterator[Tag]:
    """Menus, forms, buttons and hidden parts inside a footer."""
    for part in [*foot.select(_dom.words()["drop"]), *foot.find_all("form")]:
        if part not in feet and not part.select_one(".h-card, .vcard"):
            yield part
    yield from (part for part in foot.find_all(style=True) if _dom.hidden(part))


def _is_contact(link: Tag) -> bool:
    return str(link["href"]).strip().lower().startswith(("mailto:", "tel:"))


def _is_told(link: Tag, base: str) -> bool:
    """A contact, or a link that leads away, and neither about the software nor about the law."""
    near = link.find_parent(_LINES)
    if near is not None and _matches("credit", near.get_text(" ", strip=True)):
        return False
    if _is_contact(link):
        return True
    away = leads_away(_dom.absolute(str(link["href"]), base), base)
    return away and not _matches("boilerplate", link.get_text(" ", strip=True))


def _says(line: str, name: str, labels: Sequence[str]) -> bool:
    """Whether a line is more than links, the owner's name, a credit or boilerplate without a contact."""
    rest = line
    for label in sorted(labels, key=len, reverse=True):
        rest = rest.replace(label, " ")
    if not re.search(r"\w", rest):
        return False
    if _matches("credit", line) or folded(line) == folded(name):
        return False
    digits = sum(char.isdigit() for char in _YEAR.sub("", line))
    return "@" in line or digits >= PHONE_DIGITS or not _matches("boilerplate", line)


def _matches(kind: str, text: str) -> bool:
    return re.search(_dom.words()["footer"][kind], text, re.IGNORECASE) is not None
