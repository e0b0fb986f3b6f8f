"""By what a stranger could step from one profile of a person to another, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import urlsplit

from data import School
from detectors._alike import CLOSE, NEAR, alike, alike_whole
from detectors._details import emails, host
from detectors._language import Doc
from detectors._lexicon import lexicon
from detectors._model import Location, Mark, Seen, Snapshot, Text
from detectors._normal import fold
from detectors._numbers import phones
from detectors._rarity import pieces, shared

PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "location", "link"})
FACES = frozenset({"avatar", "banner"})
SCHOOL_PICTURES = frozenset({"known-photo", "school-logo"})
MOST_FACES = 4
MOST_TEXTS = 400
LONGEST_TEXT = 5000
SEVERAL = 2
SAID = (
    r"(?<![\w@#]){site}(?: (?:is|name|handle|at|as))?"
    r"\s*[:=\u2013\u2192>|/-]*\s*@?{name}(?![\w@-]|\.\w)"
)
ADDRESS = re.compile(r"(?<![\w@.])(?:https?://)?(?:[\w-]{1,63}\.)+[a-z]{2,24}(?::\d+)?(?:/[^\s<>\"')\]]*)?")


@dataclass(frozen=True, slots=True)
class Bond:
    """A step from one profile to another: by what (a rule), how surely, and where it stands in both.

    `said` holds the words at both places, where there are any. `like`: the user names differ a little.
    """

    rule: str
    score: float
    here: Location
    there: Location
    said: tuple[str, str] = ("", "")
    like: bool = False

    def back(self) -> Bond:
        """The same step the other way."""
        return replace(self, here=self.there, there=self.here, said=self.said[::-1])


@dataclass(frozen=True, eq=False)
class Known:
    """One profile, made ready to be held against the others."""

    seen: Seen
    texts: tuple[tuple[Text, Doc], ...]
    contacts: Mapping[tuple[str, str], Contact]
    faces: tuple[Mark, ...]
    photos: tuple[Mark, ...]

    @property
    def snapshot(self) -> Snapshot:
        """The profile itself."""
        return self.seen.snapshot


@dataclass(frozen=True, slots=True)
class Contact:
    """An address or number that the person gives as their own."""

    rule: str
    value: str
    place: Location
    excerpt: str


def known(seen: Seen, school: School, *, most_pictures: int) -> Known:
    """What of a profile may be found in another."""
    mine = [text for text in seen.snapshot.texts if text.author == "self" and text.value][:MOST_TEXTS]
    texts = tuple((text, Doc(value, fold(value))) for text in mine if (value := text.value[:LONGEST_TEXT]))
    marks = _marks(seen)
    faces = [mark for mark in marks if mark.where in FACES]
    photos = [mark for mark in marks if mark.where not in FACES]
    return Known(
        seen,
        texts,
        {(c.rule, c.value): c for c in _contacts(seen, texts, school)},
        tuple(faces[:MOST_FACES]),
        tuple(photos[:most_pictures]),
    )


def bonds(one: Known, other: Known) -> Iterator[Bond]:
    """What two profiles share: each is a way there and back."""
    yield from _same_contact(one, other)
    yield from _same_picture(one, other)
    yield from _same_name(one.snapshot, other.snapshot)


def linked(one: Known, other: Known) -> Bond | None:
    """A link, or a handle with its site named before it, in the person's own words."""
    for text, doc in one.texts:
        span = next(_mentions(doc.text, one.snapshot, other.snapshot), None)
        if span is None and doc.text and text.kind == "link" and text.url:
            span = (0, len(doc.text)) if _leads(text.url.casefold(), other.snapshot) else None
        if span:
            start, end = doc.folded.original(*span)
            here = Location(one.snapshot.id, text.where, (start, end))
            there = Location(other.snapshot.id)
            return Bond("linked", _score("certain"), here, there, (text.value[start:end], ""))
    return None


def _score(name: str) -> float:
    return float(lexicon("linkage")["scores"][name])


def _mentions(said: str, one: Snapshot, other: Snapshot) -> Iterator[tuple[int, int]]:
    yield from (m.span() for m in ADDRESS.finditer(said) if _leads(m[0], other))
    handle = _handle(other)
    if not handle or handle not in said:
        return
    name = re.escape(handle)
    server = _host(other.url)
    if server and (match := re.search(rf"@{name}@{re.escape(server)}(?![\w-])", said)):
        yield match.span()
    if one.platform == other.platform and (match := re.search(rf"(?<![\w@])@{name}(?![\w@-])", said)):
        yield match.span()
    sites = lexicon("linkage")["links"]["said"].get(other.platform.casefold(), ())
    for site in sites:
        if match := re.search(SAID.format(site=re.escape(site), name=name), said):
            yield match.span()


def _leads(address: str, other: Snapshot) -> bool:
    """Whether an address is that of the profile, or of a page below it."""
    mine, theirs = _parts(address), _parts(other.url)
    if not theirs[0] or mine[0] != theirs[0]:
        return False
    return not theirs[1] or mine[1] == theirs[1] or mine[1].startswith(f"{theirs[1]}/")


def _parts(address: str) -> tuple[str, str]:
    """Host and path as they are compared; the path without its last slash and small letters only."""
    try:
        parts = urlsplit(address if "//" in address else f"https://{address}")
        place = parts.netloc.casefold()
    except ValueError:
        return "", ""
    known = lexicon("linkage")["links"]
    for prefix in known["prefixes"]:
        place = place.removeprefix(prefix)
    path = parts.path.rstrip("/.,;:!?").casefold()
    return known["same_host"].get(place, place), path


def _host(url: str) -> str:
    return _parts(url)[0]


def _handle(snapshot: Snapshot) -> str:
    return fold(snapshot.handle).text.strip().lstrip("@").partition("@")[0]


def _same_contact(one: Known, other: Known) -> Iterator[Bond]:
    """The same address or number in both."""
    told: set[str] = set()
    for key, mine in one.contacts.items():
        theirs = other.contacts.get(key)
        if theirs is not None and mine.rule not in told:
            told.add(mine.rule)
            said = mine.excerpt, theirs.excerpt
            yield Bond(mine.rule, _score("certain"), mine.place, theirs.place, said)


def _contacts(seen: Seen, texts: Iterable[tuple[Text, Doc]], school: School) -> Iterator[Contact]:
    """Those in the profile itself, and those in posts that were found to be the person's."""
    private = {(f.location.where, f.location.span) for f in seen.findings if f.check == "personal-contact"}
    own_phones = {re.sub(r"\D", "", number)[-9:] for number in school.pack.phones}
    for text, doc in texts:
        for detail in (*emails(doc), *phones(doc)):
            span = doc.folded.original(detail.start, detail.end)
            if text.kind not in PROFILE_KINDS and (text.where, span) not in private:
                continue
            email = detail.kind == "email"
            if _school_office(detail.value, school) if email else detail.value[-9:] in own_phones:
                continue
            if text.kind not in PROFILE_KINDS and email and _office(detail.value):
                continue
            place = Location(seen.snapshot.id, text.where, span)
            rule = "same-email" if email else "same-phone"
            yield Contact(rule, detail.value, place, text.value[slice(*span)])


def _school_office(email: str, school: School) -> bool:
    """An address that many at the school give."""
    return host(email) in {d.casefold() for d in school.pack.domains} and _office(email)


def _office(email: str) -> bool:
    return email.partition("@")[0] in lexicon("contact")["words"]["office_names"]


def _same_picture(one: Known, other: Known) -> Iterator[Bond]:
    """A profile picture seen again anywhere is certain; one shared post may be anyone's, two are not."""
    figures = lexicon("linkage")["pictures"]
    faces = [
        (alike(a, b, near=NEAR if {a.where, b.where} <= FACES else CLOSE), a, b)
        for a, b in (
            *product(one.faces, other.faces),
            *product(one.faces, other.photos),
            *product(one.photos, other.faces),
        )
    ]
    best = max(faces, key=lambda pair: pair[0], default=None)
    if best and best[0] >= figures["likely"]:
        yield _pictured("same-picture", one, other, best, sure=best[0] >= figures["certain"])
        return
    photos = [pair for pair in alike_whole(one.photos, other.photos) if pair[0] >= figures["likely"]]
    if photos:
        sure = {a.name for p, a, _ in photos if p >= figures["certain"] and a.flat <= figures["flat"]}
        best = max(photos, key=lambda pair: pair[0])
        yield _pictured("same-photo", one, other, best, sure=len(sure) >= SEVERAL)


def _pictured(rule: str, one: Known, other: Known, pair: tuple[float, Mark, Mark], *, sure: bool) -> Bond:
    _, a, b = pair
    here = Location(one.snapshot.id, a.where, image=a.name)
    there = Location(other.snapshot.id, b.where, image=b.name)
    return Bond(rule, _score("certain" if sure else "likely"), here, there)


def _marks(seen: Seen) -> list[Mark]:
    """Pictures of the person's own choosing: not a site's default, and not the school's own."""
    defaults = lexicon("linkage")["default_pictures"]["words"]
    school = {found.location.image for found in seen.findings if found.check in SCHOOL_PICTURES}
    return [
        mark
        for mark in seen.marks
        if mark.name not in school and not any(word in mark.name.casefold() for word in defaults)
    ]


def _same_name(one: Snapshot, other: Snapshot) -> Iterator[Bond]:
    """The rarest of handle and name that both bear, with what else they say alike."""
    figures = lexicon("linkage")["bits"]
    extra = figures["town"] if _same_town(one, other) else 0.0
    mine, theirs = _handle(one), _handle(other)
    by_handle = shared(mine, theirs)
    by_name = max(shared(_name(one), _name(other)), shared(mine, _name(other)), shared(_name(one), theirs))
    if by_handle and by_handle >= by_name and by_handle + extra >= figures["likely"]:
        like = _plain(mine) != _plain(theirs)
        named = _plain(mine) in (_plain(_name(one)), _plain(_name(other)))
        sure = by_handle >= figures["certain"] and not like and not named
        score = _score("certain" if sure else "likely")
        places = Location(one.id, "handle"), Location(other.id, "handle")
        yield Bond("same-handle", score, *places, like=like)
    elif by_name and by_name + extra >= figures["likely"]:
        there = "display_name" if pieces(_name(other)) else "handle"
        places = Location(one.id, "display_name"), Location(other.id, there)
        yield Bond("same-name", _score("likely"), *places)
    elif len(_same_words(one, other)) * figures["bio_letter"] >= figures["likely"]:
        yield Bond("same-words", _score("likely"), Location(one.id, "bio"), Location(other.id, "bio"))


def _plain(name: str) -> str:
    return "".join(pieces(name))


def _name(snapshot: Snapshot) -> str:
    """The display name without a title and what stands in brackets or behind a bar."""
    plain = re.sub(r"[(\[{|•·,].*", "", snapshot.display_name)
    titles = lexicon("linkage")["names"]["titles"]
    return " ".join(word for word in pieces(plain) if word not in titles)


def _same_town(one: Snapshot, other: Snapshot) -> bool:
    large = lexicon("linkage")["places"]["large"]
    mine, theirs = _town(one), _town(other)
    return bool(mine) and mine == theirs and mine not in large


def _town(snapshot: Snapshot) -> str:
    """The first part of the location line: "Harfield" of "Harfield, UK"."""
    said = next((t.value for t in snapshot.texts if t.kind == "location" and t.author == "self"), "")
    return fold(said.partition(",")[0]).text.strip()


def _same_words(one: Snapshot, other: Snapshot) -> str:
    mine, theirs = _bio(one), _bio(other)
    return mine if mine == theirs else ""


def _bio(snapshot: Snapshot) -> str:
    said = (t.value for t in snapshot.texts if t.where == "bio" and t.author == "self")
    return " ".join(fold(next(said, "")).text.split())
