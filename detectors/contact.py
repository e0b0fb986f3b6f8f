"""Contact details on show: the school's own, and those that lead to the person or the household."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from data import School
from detectors._details import DATE, Detail, dates, emails, host, links, postcodes, streets
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location, Snapshot, Text
from detectors._normal import fold
from detectors._numbers import accounts, identity, national, phones, private

CHECKS = ("official-contact", "personal-contact")

PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "handle", "location", "link"})
MOST_DETAILS = 200
NEAR = 60
FAR = 220
HOUSE = re.compile(r"\d[a-z]?,?\s\Z")  # another house in the school's street
FULL = {"address": "full_address", "own_street": "own_street"}
RULES = {
    "email": "contact-email",
    "phone": "contact-phone",
    "phone_abroad": "contact-phone",
    "address": "contact-address",
    "postcode": "contact-postcode",
    "birth": "contact-birth-date",
    "birthday": "contact-birthday",
    "ni": "contact-national-insurance",
    "plate": "contact-number-plate",
    "bank": "contact-bank",
    "card": "contact-bank",
    "messaging": "contact-messaging",
    "payment": "contact-payment",
}


@dataclass(frozen=True, slots=True)
class Own:
    """The school's own details, as they are compared."""

    domains: frozenset[str]
    phones: frozenset[str]
    postcode: str
    street: re.Pattern[str]
    town: str
    name: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The talk around a detail: right before and after it, its sentence, and more."""

    before: str
    after: str
    sentence: str
    around: str
    profile: bool


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Every contact detail in a text that is the school's, the person's or the household's."""
    own = _own(school)
    exempt = "official_account" in snapshot.exemptions
    details = _details(doc, own)
    official = _joined_addresses([d for d in details if _official(d, own)], doc)
    for detail in () if exempt else official:
        score = _by(text, _official(detail, own))
        yield _finding(text, doc, snapshot, detail, "official", score, ("official",))
    personal = _joined_addresses([d for d in details if not _official(d, own)], doc)
    for detail in personal:
        kind, score, reasons = _personal(detail, doc, text)
        if kind:
            yield _finding(text, doc, snapshot, detail, kind, score, reasons)


def _details(doc: Doc, own: Own) -> list[Detail]:
    """All details without overlaps; the kind that says most comes first."""
    chosen: list[Detail] = []
    for finder in (
        partial(_own_streets, own=own),
        links,
        emails,
        accounts,
        phones,
        identity,
        streets,
        postcodes,
        dates,
    ):
        for detail in finder(doc):
            if len(chosen) >= MOST_DETAILS:
                break
            if not any(d.start < detail.end and detail.start < d.end for d in chosen):
                chosen.append(detail)
    return sorted(chosen, key=lambda d: d.start)


def _own_streets(doc: Doc, own: Own) -> Iterator[Detail]:
    """The school's street, where a number, the school's name or the postcode makes it the school's."""
    for match in own.street.finditer(doc.text):
        behind = doc.text[match.end() : match.end() + NEAR]
        town = re.match(rf"[ ,]+{re.escape(own.town)}(?!\w)", behind) if own.town else None
        near = doc.text[max(0, match.start() - NEAR) : match.start()] + behind
        named = own.name in near or (bool(own.postcode) and own.postcode in _bare(near))
        numbered = match[0][0].isdigit()
        other_house = HOUSE.search(doc.text[max(0, match.start() - 6) : match.start()])
        if (numbered and (town or named)) or (named and not numbered and not other_house):
            yield Detail("own_street", match.start(), match.end() + (town.end() if town else 0), match[0])


@lru_cache(maxsize=32)
def _own(school: School) -> Own:
    pack = school.pack
    street = " ".join(re.findall(r"\w+", fold(pack.address.street).text))
    return Own(
        domains=frozenset(fold(d).text.strip().removeprefix("www.") for d in pack.domains),
        phones=frozenset(national(p) for p in pack.phones),
        postcode=_bare(pack.address.postcode),
        street=re.compile(rf"(?<!\w){street.replace(' ', '[ ,]+')}(?!\w)" if street else r"(?!)"),
        town=fold(pack.address.town).text,
        name=fold(pack.name).text.removeprefix("the ").removesuffix(" school"),
    )


def _official(detail: Detail, own: Own) -> float:
    """How surely a detail is the school's; 0 when it is not."""
    scores: dict[str, float] = lexicon("contact")["scores"]
    if detail.kind == "email":
        domain = host(detail.value)
        return scores["sure"] if any(domain == d or domain.endswith(f".{d}") for d in own.domains) else 0
    if detail.kind == "phone":
        return scores["sure"] if detail.value in own.phones else 0
    if detail.kind == "messaging":
        return scores["sure"] if "0" + _bare(detail.value)[-10:] in own.phones else 0
    if detail.kind.startswith("postcode"):
        return scores["sure"] if own.postcode and _bare(detail.value) == own.postcode else 0
    return scores["plain"] if detail.kind == "own_street" else 0


def _joined_addresses(details: list[Detail], doc: Doc) -> list[Detail]:
    """A street with its postcode behind it is one address."""
    joined: list[Detail] = []
    for detail in details:
        last = joined[-1] if joined else None
        postcode = detail.kind.startswith("postcode")
        if last and postcode and last.kind in FULL and detail.start - last.end < NEAR:
            span = last.start, detail.end
            joined[-1] = Detail(FULL[last.kind], *span, doc.text[slice(*span)])
        else:
            joined.append(detail)
    return joined


def _personal(detail: Detail, doc: Doc, text: Text) -> tuple[str, float, tuple[str, ...]]:
    """The kind of answer, its score and reasons; an empty kind when there is nothing to say."""
    scores: dict[str, float] = lexicon("contact")["scores"]
    scene = _scene(detail, doc, profile=text.kind in PROFILE_KINDS)
    kind, level = JUDGES[detail.kind](detail, scene)
    if not kind:
        return "", 0, ()
    if text.author != "self":
        level = "by_others" if _says("yours", scene.around) or kind in {"ni", "bank", "card"} else "nothing"
    reasons = [kind]
    if detail.disguised:
        reasons.append("disguised")
    if level == "sure" and _says("own", scene.around):
        reasons.append("own")
    if text.author != "self":
        reasons.append("by_others")
    return kind, scores[level], tuple(reasons)


def _scene(detail: Detail, doc: Doc, *, profile: bool) -> Scene:
    start, end = doc.sentence(detail.start, detail.end)
    cut = doc.text[: detail.start][-FAR:], doc.text[detail.end : detail.end + FAR]
    return Scene(
        before=doc.text[max(0, detail.start - NEAR) : detail.start],
        after=doc.text[detail.end : min(end, detail.end + NEAR)],
        sentence=f"{doc.text[start : detail.start]}¤{doc.text[detail.end : end]}",
        around=f"{cut[0]}¤{cut[1]}",
        profile=profile,
    )


def _reach(detail: Detail, scene: Scene) -> tuple[str, str]:
    """A phone or e-mail: the writer's unless a trade, helpline, stranger or order number is behind it."""
    if detail.kind == "phone" and not private(detail.value):
        return "", ""
    if _says("reference", scene.before) or _says("help", scene.sentence):
        return "", ""
    own = _says("own", scene.sentence) or (_says("own", scene.around) and not _says("trade", scene.sentence))
    if detail.kind == "email" and _office(detail.value):
        return "", ""
    if _says("trade", scene.around) and not (own and _says("side_job", scene.around)):
        mine = re.search(r"\bmy (?:\w+ ){0,2}(?:number|mobile|e-?mail|phone)\b", scene.sentence)
        return (detail.kind, "plain") if mine else (detail.kind, "nothing")
    if _says("not_mine", scene.around) and not own:
        return detail.kind, "nothing"
    return detail.kind, "sure" if own or scene.profile or _says("invite", scene.before) else "plain"


def _office(email: str) -> bool:
    """Whether an address is an office's rather than a person's."""
    words = lexicon("contact")["words"]
    local, _, domain = email.rpartition("@")
    if domain.partition(".")[0] in words["free_mail"]:
        return False
    return local in words["office_names"] or domain.endswith(tuple(words["public_ends"]))


def _home(detail: Detail, scene: Scene) -> tuple[str, str]:
    home, venue = _says("home", scene.sentence) or scene.profile, _says("venue", scene.sentence)
    trade = _says("trade", scene.sentence)
    if (
        re.search(r"\b(?:near|opposite|outside|behind|by|past|next to)\s\Z", scene.before)
        and not scene.profile
    ):
        return "", ""
    surely_home = bool(re.search(r"\b(?:my|our|i|we|mine|ours)\b", scene.sentence))
    if (venue or trade) and not (home and surely_home):
        return "", ""
    if home:
        return "address", "sure" if surely_home or scene.profile or detail.kind == "full_address" else "plain"
    return "address", "plain" if detail.kind == "full_address" else "hint"


def _postcode(detail: Detail, scene: Scene) -> tuple[str, str]:
    home = _says("home", scene.sentence) or bool(re.search(r"\bmy\b[^.]{0,20}\bpostcode\b", scene.sentence))
    own = home and bool(re.search(r"\b(?:my|our|i|we|mine|ours|i'm|we're)\b", scene.sentence))
    if own:
        return "postcode", "sure"
    venue = _says("venue", scene.around) or _says("trade", scene.around) or _says("help", scene.around)
    if venue or (detail.kind == "postcode_small" and not home and "postcode" not in scene.sentence):
        return "", ""
    return "postcode", "hint"


def _date(detail: Detail, scene: Scene) -> tuple[str, str]:
    said = phrases("contact", "birth").search(scene.before[-40:])
    close = said is not None and not DATE.search(scene.before[-40:][said.end() :])
    behind = re.match(
        r"[ ,(]*(?:is |- ?|= ?|was )?(?:my|our son's|our daughter's) (?:\d+\w\w )?b(?:irth)?-?day",
        scene.after,
    )
    if _says("not_birth", scene.sentence) or not (close or behind):
        return "", ""
    lone = said is not None and said[0] in {"birthday", "bday", "b-day"} and not _says("own", scene.sentence)
    if lone and not scene.profile and not re.search(r"\b(?:my|our|i|me)\b", scene.sentence):
        return "", ""
    short_born = said is not None and said[0].startswith(("b", "i'm")) and not behind
    if short_born and said is not None and said[0] in {"b", "b.", "i'm", "born"} and not detail.value:
        return "", ""
    return ("birth", "sure") if detail.value else ("birthday", "hint")


def _ni(_detail: Detail, scene: Scene) -> tuple[str, str]:
    return ("", "") if _says("reference", scene.before) else ("ni", "sure")


def _plate(_detail: Detail, scene: Scene) -> tuple[str, str]:
    if not _says("car", scene.sentence) or _says("not_car", scene.sentence):
        return "", ""
    return "plate", "sure"


def _bank(detail: Detail, scene: Scene) -> tuple[str, str]:
    if detail.kind == "card":
        return ("", "") if _says("reference", scene.before) else ("card", "plain")
    if _says("help", scene.around) or _says("trade", scene.around):
        return "", ""
    return ("bank", "sure") if _says("bank", scene.around) else ("", "")


def _link(detail: Detail, scene: Scene) -> tuple[str, str]:
    own = _says("own", scene.around) or scene.profile
    if _says("trade", scene.around) or _says("help", scene.around):
        return ("", "") if not _says("side_job", scene.around) else (detail.kind, "hint")
    if detail.kind == "payment":
        return detail.kind, "hint"
    channel = (
        detail.value.startswith(("t.me/", "https://t.me/", "discord.gg", "https://discord.gg")) and not own
    )
    return detail.kind, "hint" if channel else "sure"


JUDGES = {
    "email": _reach,
    "phone": _reach,
    "phone_abroad": _reach,
    "address": _home,
    "full_address": _home,
    "postcode": _postcode,
    "postcode_small": _postcode,
    "date": _date,
    "ni": _ni,
    "plate": _plate,
    "bank": _bank,
    "card": _bank,
    "messaging": _link,
    "payment": _link,
}


def _says(key: str, text: str) -> bool:
    return bool(phrases("contact", key).search(text))


def _by(text: Text, score: float) -> float:
    scores: dict[str, float] = lexicon("contact")["scores"]
    return score if text.author == "self" else scores["by_others"]


def _bare(text: str) -> str:
    return "".join(c for c in fold(text).text if c.isalnum())


def _finding(
    text: Text,
    doc: Doc,
    snapshot: Snapshot,
    detail: Detail,
    kind: str,
    score: float,
    reasons: tuple[str, ...],
) -> Finding:
    known: dict[str, str] = lexicon("contact")["reasons"]
    span = doc.folded.original(detail.start, detail.end)
    return Finding(
        check=CHECKS[0] if kind == "official" else CHECKS[1],
        rule="contact-official" if kind == "official" else RULES[kind],
        score=score,
        location=Location(snapshot.id, text.where, span),
        excerpt=doc.value[slice(*span)],
        reasons=tuple(known[reason] for reason in reasons),
    )
