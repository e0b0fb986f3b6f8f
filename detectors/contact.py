"""Contact details on show: the school's own, and those that lead to the person or the household."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from data import School
from detectors import _meaning
from detectors._details import DATE, Detail, dates, emails, host, links, postcodes, streets
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location, Snapshot, Text
from detectors._names import name_words
from detectors._normal import fold
from detectors._numbers import accounts, identity, national, phones, private
from detectors._reach import reach_signs
from detectors._weighing import chance

CHECKS = ("official-contact", "personal-contact")

PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "handle", "location", "link"})
MOST_DETAILS = 200
NEAR = 60
FAR = 220
BIRTHDAY_BEHIND = re.compile(
    r"[ ,(]*(?:is |- ?|= ?|was )?(?:(?:my|our son's|our daughter's) (?:\d+\w\w )?b(?:irth)?-?day"
    r"|if any(?:one|body)(?:'s| is)? [^.!?]{0,20}(?:card|cake|presents?))"
)
BORN = (1925, 2012)
HOUSE = re.compile(r"\d[a-z]?,?\s\Z")  # another house in the school's street
WEIGHED = frozenset({"email", "phone", "phone_abroad", "address"})
"""Kinds of detail that are as often a shop's, a club's or a stranger's."""
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
    tails: re.Pattern[str]
    postcode: str
    street: re.Pattern[str]
    town: str
    named: re.Pattern[str]


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
    details = _details(doc, own)
    official = _joined_addresses([d for d in details if _official(d, own)], doc)
    for detail in official:
        score = _by(text, _official(detail, own))
        yield _finding(text, doc, snapshot, detail, "official", score, ("official",))
    personal = _joined_addresses([d for d in details if not _official(d, own)], doc)
    for detail in personal:
        kind, score, reasons = _personal(detail, doc, text)
        if kind in WEIGHED and text.author == "self":
            score = _meaning.beside(score, CHECKS[1], text, doc, school, detail.start, detail.end)
        if kind:
            yield _finding(text, doc, snapshot, detail, kind, score, reasons)


def tried_on(text: Text, doc: Doc, school: School) -> Iterator[tuple[tuple[int, int], float]]:
    """Each detail that is weighed with the sentence model, and its chance without that."""
    own = _own(school)
    details = [d for d in _details(doc, own) if not _official(d, own)]
    for detail in _joined_addresses(details, doc):
        kind, score, _ = _personal(detail, doc, text)
        if kind in WEIGHED:
            yield (detail.start, detail.end), score


def fitted_on(text: Text, doc: Doc, school: School) -> Iterator[tuple[tuple[int, int], Iterator[str]]]:
    """Each phone number and e-mail address that may be private, with the signs around it."""
    own = _own(school)
    for detail in _details(doc, own):
        mine = detail.kind in {"email", "phone", "phone_abroad"} and not _official(detail, own)
        if mine and (detail.kind != "phone" or private(detail.value)):
            scene = _scene(detail, doc, profile=text.kind in PROFILE_KINDS)
            yield doc.folded.original(detail.start, detail.end), _signs(detail, scene)


def _details(doc: Doc, own: Own) -> list[Detail]:
    """All details without overlaps; the kind that says most comes first."""
    chosen: list[Detail] = []
    for finder in (
        partial(_own_streets, own=own),
        links,
        emails,
        accounts,
        phones,
        partial(_own_extensions, own=own),
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
        front = doc.text[max(0, match.start() - NEAR) : match.start()]
        postcode = bool(own.postcode) and own.postcode in _bare(behind)
        addressed = re.search(rf"(?:{own.named.pattern})\W{{1,3}}\Z", _plain_words(front))
        numbered = match[0][0].isdigit()
        other_house = HOUSE.search(front[-6:])
        if (numbered and (town or addressed or postcode)) or (
            (addressed or postcode) and not numbered and not other_house
        ):
            yield Detail("own_street", match.start(), match.end() + (town.end() if town else 0), match[0])


def _own_extensions(doc: Doc, own: Own) -> Iterator[Detail]:
    """A school number without its code, where the talk is of ringing."""
    for match in own.tails.finditer(doc.text):
        around = doc.text[max(0, match.start() - NEAR) : match.end() + NEAR]
        if _says("dialling", around):
            yield Detail("own_line", *match.span(), match[0])


def _plain_words(text: str) -> str:
    return text.replace("'s", "").replace("'", "").replace("saint ", "st ")


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    longest = sorted({p for p in patterns if p}, key=lambda p: (-len(p), p))
    return re.compile(rf"(?<![\w£#.-])(?:{'|'.join(longest) or '(?!)'})(?![\w%])")


@lru_cache(maxsize=32)
def _own(school: School) -> Own:
    pack = school.pack
    street = " ".join(re.findall(r"\w+", fold(pack.address.street).text))
    return Own(
        domains=frozenset(fold(d).text.strip().removeprefix("www.") for d in pack.domains),
        phones=frozenset(national(p) for p in pack.phones),
        tails=_any(rf"{n[-6:-3]} ?{n[-3:]}" for n in map(national, pack.phones)),
        postcode=_bare(pack.address.postcode),
        street=re.compile(rf"(?<!\w){street.replace(' ', '[ ,]+')}(?!\w)" if street else r"(?!)"),
        town=fold(pack.address.town).text,
        named=_any(
            (
                "school",
                *(re.escape(" ".join(name_words(n))) for n in (*pack.aliases, *pack.risky_names, pack.name)),
            )
        ),
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
    return scores["plain"] if detail.kind in {"own_street", "own_line"} else 0


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
    score = scores[level] if isinstance(level, str) else level
    if text.author != "self":
        said = _says("yours", scene.around) or kind in {"ni", "bank", "card"}
        score = scores["by_others" if said else "nothing"]
    reasons = [kind]
    if detail.disguised:
        reasons.append("disguised")
    if score > scores["plain"] and _says("own", scene.around):
        reasons.append("own")
    if text.author != "self":
        reasons.append("by_others")
    return kind, score, tuple(reasons)


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


def _reach(detail: Detail, scene: Scene) -> tuple[str, str | float]:
    """A phone or e-mail: the chance that it is the writer's, by the signs around it."""
    if (detail.kind == "phone" and not private(detail.value)) or _says("reference", scene.before):
        return "", 0
    return detail.kind, chance(_signs(detail, scene), "reach")


def _signs(detail: Detail, scene: Scene) -> Iterator[str]:
    parts = {"before": scene.before, "after": scene.after, "sentence": scene.sentence, "around": scene.around}
    return reach_signs(detail, parts, profile=scene.profile)


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
    of_age = _year_of_a_life(detail.value) and _says("age", scene.around)
    if of_age and not _says("never_birth", scene.around):
        return "birth", "plain"
    said = phrases("contact", "birth").search(scene.before[-40:])
    close = said is not None and not DATE.search(scene.before[-40:][said.end() :])
    behind = BIRTHDAY_BEHIND.match(scene.after)
    if _says("not_birth", scene.sentence) or not (close or behind):
        return "", ""
    lone = said is not None and said[0] in {"birthday", "bday", "b-day"} and not _says("own", scene.sentence)
    mine = bool(re.search(r"\b(?:my|our|i|me)\b", scene.sentence))
    if lone and not (detail.value or scene.profile or mine):
        return "", ""
    short_born = said is not None and said[0].startswith(("b", "i'm")) and not behind
    if short_born and said is not None and said[0] in {"b", "b.", "i'm", "born"} and not detail.value:
        return "", ""
    return ("birth", "sure") if detail.value else ("birthday", "hint")


def _year_of_a_life(year: str) -> bool:
    """Whether somebody on social media may be born in a year; of two digits any but the latest."""
    full = year if len(year) > 2 else f"19{year}" if year > "26" else f"20{year or 99}"  # noqa: PLR2004
    return BORN[0] <= int(full) <= BORN[1]


def _ni(_detail: Detail, scene: Scene) -> tuple[str, str]:
    return ("", "") if _says("reference", scene.before) else ("ni", "sure")


def _plate(_detail: Detail, scene: Scene) -> tuple[str, str]:
    if not _says("car", scene.around) or _says("not_car", scene.sentence):
        return "", ""
    return "plate", "sure"


def _bank(detail: Detail, scene: Scene) -> tuple[str, str]:
    if detail.kind == "card":
        return ("", "") if _says("reference", scene.before) else ("card", "plain")
    if re.search(r"\b(?:sort ?code|s/c)\W{0,3}\Z", scene.before):
        return "bank", "sure"
    if _says("help", scene.around) or _says("trade", scene.around):
        return "", ""
    return ("bank", "sure") if _says("bank", scene.around) else ("", "")


def _link(detail: Detail, scene: Scene) -> tuple[str, str]:
    own = _says("own", scene.around) or scene.profile
    if _says("trade", scene.around) or _says("help", scene.around):
        kept = _says("side_job", scene.around) or (detail.kind == "messaging" and scene.profile)
        return (detail.kind, "hint") if kept else ("", "")
    if detail.kind == "payment":
        return detail.kind, "hint"
    channel = (
        detail.value.startswith(("t.me/", "https://t.me/", "discord.gg", "https://discord.gg")) and not own
    )
    return detail.kind, "hint" if channel else "sure"


JUDGES: dict[str, Callable[[Detail, Scene], tuple[str, str | float]]] = {
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
