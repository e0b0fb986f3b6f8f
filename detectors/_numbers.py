"""Numbers that belong to people: phones, National Insurance, number plates, bank accounts and cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from detectors._details import Detail
from detectors._language import Doc, Word
from detectors._lexicon import lexicon

SEP = r"[ .\-/()\t\n]{0,3}"
UK_PHONE = re.compile(
    rf"(?<![\w/=£$€#])(?<!\d[.,:\-])(?:\(?(?:\+|00){SEP}44{SEP}(?:\(?0\)?{SEP})?|\(?[0o])(?:{SEP}[\do]){{9,10}}(?![\w%£])"
)
ABROAD = re.compile(rf"(?<![\w/=£$€#])\+(?!44)[1-9](?:{SEP}\d){{7,13}}(?![\w%£])")
# Ofcom keeps these for drama; phonenumbers calls them invalid, and people in our examples use them
DRAMA = re.compile(r"07700900\d{3}|01632960\d{3}")
NOT_PRIVATE = ("03", "08", "09", "0500")
WORDED = range(10, 15)
SURELY_WORDED = 4
LONGEST_PIECE = 24
LEAST_WORDED = 1
"""Digits said in words; a number of UK shape must come of them, so that one is enough."""
NI = re.compile(
    r"(?<![\w-])(?:(?!bg|gb|nk|kn|tn|nt|zz)[abceghj-prstw-z][abceghj-nprstw-z]|qq)"
    r"[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d](?![\w-])"
)
PLATE = re.compile(
    r"(?<![\w-])(?:[a-z]{2}[0-9]{2}[ -]?[a-z]{3}|[a-hj-npr-y]\d{1,3}[ -]?[a-hj-npr-z]{3})(?![\w-])"
)
SORT_CODE = re.compile(r"(?<![\w£$.-])\d{2}[- ]?\d{2}[- ]?\d{2}(?![\w.-]?\d)")
ACCOUNT = re.compile(r"(?<![\w£$.-])\d{4}[ ]?\d{4}(?![\w.-]?\d)")
BANK_REACH = 60
IBAN = re.compile(r"(?<!\w)gb\d{2}[ ]?[a-z]{4}(?:[ ]?\d{2}){7}(?!\w)")
CARD = re.compile(r"(?<![\w£$.+-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])")


def phones(doc: Doc) -> Iterator[Detail]:
    """Phone numbers of UK shape in any spacing, and foreign ones with their country code."""
    for match in UK_PHONE.finditer(doc.text):
        number = national(match[0].replace("o", "0"))
        if uk_phone(number):
            start = match.start() + (1 if match[0][0] == "(" and ")" not in match[0] else 0)
            yield Detail("phone", start, match.end(), number, disguised="o" in match[0])
    for match in ABROAD.finditer(doc.text):
        if _valid(match[0], None):
            yield Detail("phone_abroad", *match.span(), "+" + _digits(match[0]))
    yield from _worded(doc)


def national(number: str) -> str:
    """A UK number as dialled at home, digits only."""
    digits = _digits(number)
    for code in ("0044", "44"):
        if digits.startswith(code) and (code == "0044" or number.strip().lstrip("(").startswith("+")):
            return "0" + digits[len(code) :].removeprefix("0")
    return digits


def uk_phone(number: str) -> bool:
    """Whether digits are a UK number that could be dialled, or one kept for drama."""
    return bool(DRAMA.fullmatch(number)) or (number.startswith("0") and _valid(number, "GB"))


def private(number: str) -> bool:
    """Whether a UK number is of a kind that people have at home or carry."""
    return not number.startswith(NOT_PRIVATE)


def identity(doc: Doc) -> Iterator[Detail]:
    """National Insurance numbers and number plates, by their shape."""
    yield from (Detail("ni", *m.span(), m[0]) for m in NI.finditer(doc.text))
    for match in PLATE.finditer(doc.text):
        start, end = doc.folded.original(*match.span())
        if doc.value[start:end].isupper():
            yield Detail("plate", *match.span(), match[0])


def accounts(doc: Doc) -> Iterator[Detail]:
    """Sort code with account number, UK IBANs, and payment cards that pass their check digit."""
    for match in SORT_CODE.finditer(doc.text):
        reach = doc.text[match.end() : match.end() + BANK_REACH]
        if account := ACCOUNT.search(reach):
            yield Detail("bank", match.start(), match.end() + account.end(), match[0])
    yield from (Detail("bank", *m.span(), m[0]) for m in IBAN.finditer(doc.text))
    for match in CARD.finditer(doc.text):
        if luhn(_digits(match[0])):
            yield Detail("card", *match.span(), match[0])


def luhn(digits: str) -> bool:
    """The check that payment card numbers pass."""
    if not 13 <= len(digits) <= 19:  # noqa: PLR2004 - ISO/IEC 7812
        return False
    doubled = (sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _valid(number: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def _worded(doc: Doc) -> Iterator[Detail]:
    """Runs of spoken digits, as in "oh double seven ..."."""
    words = lexicon("contact")["words"]
    spoken: dict[str, str] = words["digits"]
    repeats: dict[str, int] = words["repeats"]
    plain = frozenset(words["real_digits"])
    if not _spoken(plain).search(doc.text):
        return
    run: list[tuple[str, int, int]] = []
    said, times, begun, end = 0, 1, -1, -1
    for word in _pieces(doc):
        digits = word.text if word.text.isdigit() else spoken.get(word.text)
        apart = end >= 0 and not re.fullmatch(r"[\s,.\-/()]{0,4}", doc.text[end : word.start])
        if (digits is None and word.text not in repeats) or apart:
            yield from _run(run, said)
            run, said, times, begun = [], 0, 1, -1
        end = word.end
        if word.text in repeats:
            times, begun = repeats[word.text], word.start
            said += 1
        elif digits is not None:
            run.append((digits * times, begun if begun >= 0 else word.start, word.end))
            said += word.text in plain
            times, begun = 1, -1
    yield from _run(run, said)


def _pieces(doc: Doc) -> Iterator[Word]:
    """Words, those like "oh7700" taken apart."""
    for word in doc.words:
        if word.text.isalpha() or word.text.isdigit() or len(word.text) > LONGEST_PIECE:
            yield word
        else:
            for part in re.finditer(r"\d+|[^\W\d_]+", word.text):
                yield Word(part[0], word.start + part.start(), word.start + part.end())


@lru_cache(maxsize=4)
def _spoken(digits: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(sorted(digits))})(?![^\W\d_])")


def _run(run: list[tuple[str, int, int]], said: int) -> Iterator[Detail]:
    if said < LEAST_WORDED:
        return
    for first in range(len(run)):
        if run[first][0][0] not in "04":
            continue
        digits = ""
        for part, _, end in run[first : first + WORDED.stop]:
            digits += part
            number = "0" + digits[2:].removeprefix("0") if digits.startswith("44") else digits
            if (
                len(number) in {10, 11}
                and (uk_phone(number) or (said >= SURELY_WORDED and number.startswith("07")))
                and len(number) == (11 if number[1] in "17" else len(number))
            ):
                yield Detail("phone", run[first][1], end, number, disguised=True)
                return
