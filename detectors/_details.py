"""Contact details as they are written: e-mail addresses, postcodes, streets, dates and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from detectors._language import Doc
from detectors._lexicon import lexicon

OPEN, SHUT = r"[\[({<*_-]{0,2}\s?", r"\s?[\])}>*_-]{0,2}"
LOCAL = r"[a-z0-9][\w.+%-]{0,63}"
DOT = rf"\s?{OPEN}(?:dot|\.|punkt)\s?{SHUT}\s?"
EMAIL = re.compile(rf"(?<![\w.+%@/-]){LOCAL}@(?:[a-z0-9-]{{1,63}}\.){{1,5}}[a-z]{{2,24}}(?![\w-])")
SPELLED = re.compile(
    rf"(?<![\w.+%@/-])(?P<local>[a-z0-9][\w+-]{{0,30}}(?:(?:\.|{DOT})[\w+-]{{1,30}}){{0,3}}?)"
    rf"(?P<at>\s?[\[({{<*_-]{{1,2}}\s?(?:at|@|a)\s?[\])}}>*_-]{{1,2}}\s?|\s(?:at|@)\s|@)"
    rf"(?P<host>[a-z0-9-]{{2,40}})(?P<rest>(?:{DOT}[a-z0-9-]{{2,30}}){{0,3}})(?![\w@])"
)
TOP = frozenset(
    {
        "com",
        "uk",
        "org",
        "net",
        "co",
        "me",
        "example",
        "scot",
        "wales",
        "cymru",
        "london",
        "eu",
        "ie",
        "io",
        "info",
    }
)
POSTCODE = re.compile(r"(?<![\w£$#.-])([a-z]{1,2}\d[a-z\d]?)[ ]{0,2}(\d[abd-hjlnp-uw-z]{2})(?![\w£$%-])")
NOT_INWARD = re.compile(r"\d(?:gb|tb|st|nd|rd|th|hz|lb|ft|px|pt|hp|am|pm|hr)")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DATE = re.compile(
    rf"(?<![\w/.-])(?:(?:0?[1-9]|[12]\d|3[01])[/.\- ](?:0?[1-9]|1[0-2])[/.\- ](?P<y1>(?:19|20)\d\d|\d\d)"
    rf"|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}(?:,?\s(?P<y2>(?:19|20)\d\d))?"
    rf"|{MONTH}\s(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?:,?\s(?P<y3>(?:19|20)\d\d))?)(?![\w/-])"
)
LINKS = {
    "messaging": re.compile(
        r"(?<![\w.@])(?:https?://)?(?:www\.)?(?:wa\.me/\+?[\w/]{3,40}|wa\.link/\w{3,20}|api\.whatsapp\.com/send\S{0,80}"
        r"|chat\.whatsapp\.(?:com|example)/\w{4,40}|t(?:elegram)?\.me/\+?[\w/]{3,60}|(?:www\.)?snapchat\.com/add/[\w.-]{3,30}"
        r"|signal\.(?:me|group)/#\S{3,120}|m\.me/[\w.]{3,60}|kik\.me/[\w.]{3,30}|line\.me/\S{3,60}|discord\.gg/\w{3,20})"
    ),
    "payment": re.compile(
        r"(?<![\w.@])(?:https?://)?(?:www\.)?(?:paypal\.me/\w{2,40}|paypal\.com/paypalme/\w{2,40}|monzo\.me/[\w-]{2,40}"
        r"|revolut\.me/\w{2,40}|cash\.app/[£$]\w{2,40}|venmo\.com/(?:u/)?[\w-]{2,40}|ko-fi\.com/\w{2,40}"
        r"|buymeacoffee\.com/[\w.]{2,40}|throne\.(?:com|me)/\w{2,40}"
        r"|amazon\.[a-z.]{2,6}/(?:hz/wishlist|registry|gp/registry)\S{0,80}"
        r"|wish ?list[^.!?\n]{0,40}?(?:https?://\S{4,80}|[\w-]{2,40}\.[a-z]{2,12}/\S{2,80})"
        r"|giftful\.com/\w{2,40}|amzn\.eu/\w{3,40})"
    ),
}
NICKNAME = re.compile(
    r"(?<![\w@/#.])(?:add me on (?:snap(?:chat)?|telegram|kik|discord|signal|whatsapp)(?: it'?s)? ?[:@=-]?|"
    r"(?:my )?(?:snap(?:chat)?|sc|telegram|kik|discord|skype|signal|👻)"
    r"(?: (?:me|id|name|user(?:name)?|handle|is)| for [a-z ]{2,20}?)* ?[:@=]+|"
    r"on (?:snap(?:chat)?|telegram|kik|discord|signal|whatsapp) (?:as|under)) ?@?"
    r"(?P<name>[a-z][\w.-]{2,30}(?:#\d{4})?)"
)
# without a colon only what could be no word: letters with a digit, dot or underscore among them
NICKNAME_ALONE = re.compile(
    r"(?<![\w@/#.])"
    r"(?:(?:snap(?:chat)?|add|kik)(?: me)?(?: on \w{3,9})?"
    r"|(?:(?:add )?my )?snap(?:chat)?(?: is|'s| it'?s)|it'?s|i'?m) @?"
    r"(?P<name>[a-z][a-z-]{1,20}(?:[._]\w{1,20}){1,3}|[a-z_.]{3,20}\d{1,5}\w{0,10}"
    r"|[a-z]{2,20}(?: dot [a-z]{1,20}){1,4})"
    r"(?![\w@]|[.]\w)(?P<after>(?: same as (?:insta|tiktok|here))?)"
)
PAYEE = re.compile(
    r"(?<![\w@/#.])(?:venmo|cash ?app|monzo|paypal|revolut) ?(?:me|is|tag)? ?[:@=]+ ?[@£$]?"
    r"(?P<name>[a-z][\w.-]{2,30})(?![\w@])"
)


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail on the folded text; `value` is how it would be dialled, typed or posted."""

    kind: str
    start: int
    end: int
    value: str
    disguised: bool = False


def emails(doc: Doc) -> Iterator[Detail]:
    """E-mail addresses, plain or spelled out; file names and placeholders are none."""
    words = lexicon("contact")["words"]
    for match in EMAIL.finditer(doc.text):
        if not _placeholder(match[0], words):
            yield Detail("email", *match.span(), match[0])
    if not any(sign in doc.text for sign in ("@", " at ", "(at", "[at", "{at", "<at", "*at", "_at", "-at")):
        return
    for match in SPELLED.finditer(doc.text):
        local = _dots(match["local"])
        host, rest = match["host"], _dots(match["rest"])
        value = f"{local}@{host}{rest}"
        if (
            EMAIL.fullmatch(match[0])
            or not _meant_as_email(match, local, host, rest)
            or _placeholder(value, words)
        ):
            continue
        start = match.start() + (len(match["local"]) - len(match["local"].lstrip()))
        yield Detail("email", start, match.end(), value, disguised=True)


def postcodes(doc: Doc) -> Iterator[Detail]:
    """Full UK postcodes, written in capitals or with a space."""
    for match in POSTCODE.finditer(doc.text):
        start, end = doc.folded.original(*match.span())
        written = doc.value[start:end]
        if NOT_INWARD.fullmatch(match[2]) or not (written == written.upper() or " " in written):
            continue
        kind = "postcode" if written == written.upper() else "postcode_small"
        yield Detail(kind, *match.span(), f"{match[1]} {match[2]}")


def streets(doc: Doc) -> Iterator[Detail]:
    """House number and street; scores and the verb in "class 2 might close" are none."""
    words = lexicon("contact")["words"]
    no = frozenset(words["not_streets"])
    plain = doc.value.islower() or doc.value.isupper()
    for match in _street().finditer(doc.text):
        name = match["name"].split()
        if no.intersection(name[:1]) or no & set(name[1:]) or _in_a_score(doc.text, match):
            continue
        start, end = doc.folded.original(*match.span("kind"))
        small = doc.value[start:end].islower()
        if small and (match["kind"] in words["streets_in_capitals"] or not plain):
            continue
        yield Detail("address", match.start(), match.end(), match[0])
    for match in _foreign_street().finditer(doc.text):
        yield Detail("address", match.start(), match.end(), match[0])


def _in_a_score(text: str, match: re.Match[str]) -> bool:
    return bool(re.search(r"\d\s?[-\u2013:]\s?\Z", text[max(0, match.start() - 5) : match.start()])) or match[
        0
    ].startswith("0")


def dates(doc: Doc) -> Iterator[Detail]:
    """Dates; `value` is the year, or empty."""
    for match in DATE.finditer(doc.text):
        yield Detail("date", *match.span(), match["y1"] or match["y2"] or match["y3"] or "")


def links(doc: Doc) -> Iterator[Detail]:
    """Messaging and payment links and names."""
    for kind, pattern in LINKS.items():
        yield from (Detail(kind, *match.span(), match[0]) for match in pattern.finditer(doc.text))
    not_names = lexicon("contact")["words"]["not_nicknames"]
    for kind, pattern in (("messaging", NICKNAME), ("payment", PAYEE)):
        named = (m for m in pattern.finditer(doc.text) if m["name"] not in not_names)
        yield from (Detail(kind, *m.span(), m["name"]) for m in named)
    for match in NICKNAME_ALONE.finditer(doc.text):
        called = match[0].startswith(("snap", "add", "kik", "my")) or match["after"]
        if called and match["name"].rpartition(".")[2] not in TOP and "dot com" not in match["name"]:
            yield Detail("messaging", *match.span(), match["name"], disguised=" dot " in match["name"])


def host(email: str) -> str:
    """The part behind the @."""
    return email.rpartition("@")[2]


def _dots(text: str) -> str:
    return re.sub(r"\s", "", re.sub(DOT, ".", text))


def _meant_as_email(match: re.Match[str], local: str, host: str, rest: str) -> bool:
    """Spelled-out "at" is a common word, so something else has to speak for an address."""
    words = lexicon("contact")["words"]
    bracketed = bool(re.search(r"[\[({<*_]|@", match["at"]))
    complete = rest.rpartition(".")[2] in TOP
    behind_a_name = complete and host in words["free_mail"] and match.string[: match.start()][-2:-1].isalpha()
    if local in words["not_local"] or not (behind_a_name or any(c.isalpha() for c in local)):
        return False
    spelled = "dot" in match["rest"]
    if not (bracketed or spelled or host in words["free_mail"]) and re.search(r"\.\s", match[0]):
        return False  # two sentences, "we won at home. me and ..."
    if not rest:
        return host in words["free_mail_alone"] and (bracketed or bool(re.search(r"[\d._]", local)))
    if not complete:
        return False
    return bracketed or spelled or "." in local or host in words["free_mail"]


def _placeholder(email: str, words: dict[str, list[str]]) -> bool:
    local, _, domain = email.rpartition("@")
    top = domain.rpartition(".")[2]
    return (
        top in words["file_ends"]
        or domain in words["placeholder_domains"]
        or local in words["placeholder_names"]
        or domain.partition(".")[0] in {"2x", "3x", "1x"}
    )


@lru_cache(maxsize=1)
def _street() -> re.Pattern[str]:
    words = lexicon("contact")["words"]
    kinds = "|".join((*words["streets"], *words["streets_in_capitals"]))
    return re.compile(
        rf"(?<![\w£$#.:-])(?:flat\s\d{{1,3}}[a-z]?,?\s)?(?:no\.?\s?)?\d{{1,4}}[a-z]?(?:/\d{{1,2}},\s\d{{1,4}})?,?\s"
        rf"(?P<name>(?:(?:st\.|[a-z][a-z'-]{{1,20}})\s){{1,3}}?)(?P<kind>{kinds})(?![\w'-])"
    )


@lru_cache(maxsize=1)
def _foreign_street() -> re.Pattern[str]:
    """Welsh and Gaelic streets, which begin with their kind."""
    kinds = "|".join(lexicon("contact")["words"]["streets_first"])
    return re.compile(
        rf"(?<![\w£$#.:/-])\d{{1,4}}[a-z]?,?\s(?:{kinds})\s(?:(?:y|yr|yn|an|na|nan)\s)?[a-z][a-z'-]{{2,20}}(?![\w'-])"
    )
