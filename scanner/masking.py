"""What may be quoted in a report: other people, numbers and sensitive words are covered up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import data
from data import Pack
from detectors import Snapshot

LONGEST_READ = 400
LONGEST_SHOWN = 160

SENSITIVE = "[sensitive detail]"
NAME = "[name]"

HANDLE = re.compile(r"(?<![\w.+-])@[\w.-]+(?:@[\w.-]+)?")
EMAIL = re.compile(r"([\w+-])[\w.+-]*@((?:[\w-]+\.)+[\w-]+)")
PHONE = re.compile(r"\+?\(?\d[\d ().-]{5,}\d")
SHORTEST_PHONE = 7
WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
TITLES = frozenset({"mr", "mrs", "miss", "ms", "mx", "dr", "prof", "sir", "madam"})
GAP = re.compile(r"\.? ?|[ -]")


def mask(excerpt: str, *, check: str, snapshot: Snapshot, pack: Pack) -> str:
    """The telling words, fit to be shown to their owner over whose shoulder someone may look.

    The owner's own name, handle and school stay readable. Names in small letters are not found.
    """
    hides = data.checks()[check].hides
    text = cover(excerpt[:LONGEST_READ], snapshot=snapshot, pack=pack)
    text = _cover_names(text, _open_words(snapshot, pack), every_name=hides == "names")
    words = text.split()
    if hides == "numbers":  # but for the ends of a phone number, by which its owner knows it
        words = [word if "•" in word else re.sub(r"\d", "•", word) for word in words]
    text = " ".join(words)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1].rstrip() + "…"


def cover(text: str, *, snapshot: Snapshot, pack: Pack) -> str:
    """Cover handles, addresses, phone numbers, sensitive words and the colleagues the school named."""
    known = {handle.strip("@").casefold() for handle in (*pack.handles, snapshot.handle) if handle}
    text = HANDLE.sub(lambda m: m[0] if m[0].strip("@").casefold() in known else "@…", text)
    text = EMAIL.sub(r"\1…@\2", text)
    text = PHONE.sub(_short_number, text)
    text = _sensitive().sub(SENSITIVE, text)
    mine = snapshot.display_name.casefold()
    for name in filter(None, (*pack.colleagues, pack.head)):
        if name.casefold() != mine:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    return text


def _short_number(match: re.Match[str]) -> str:
    digits = [place for place, char in enumerate(match[0]) if char.isdigit()]
    if len(digits) < SHORTEST_PHONE:
        return match[0]
    hidden = set(digits[2:-2])
    return "".join("•" if place in hidden else char for place, char in enumerate(match[0]))


@lru_cache(maxsize=1)
def _sensitive() -> re.Pattern[str]:
    words = data.read_toml("sensitive.toml")
    exact = "|".join(re.escape(word) for word in _longest_first(words["exact"]))
    loose = "|".join(re.escape(word) for word in _longest_first(words["any"]))
    return re.compile(rf"(?<!\w)(?:(?:{exact})|(?i:{loose})s?)(?!\w)")


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=len, reverse=True)


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    return frozenset(word.casefold() for word in data.read_toml("sensitive.toml")["not_names"])


def _open_words(snapshot: Snapshot, pack: Pack) -> frozenset[str]:
    mine = (
        pack.name,
        *pack.aliases,
        *pack.risky_names,
        *pack.acronyms,
        *pack.former_names,
        pack.trust,
        pack.local_authority,
        pack.address.town,
        snapshot.display_name,
    )
    return _common_words() | {word.casefold() for text in mine for word in WORD.findall(text)}


def _cover_names(text: str, open_words: frozenset[str], *, every_name: bool) -> str:
    pieces: list[str] = []
    end = 0
    for start, stop in _names(text, open_words, every_name=every_name):
        pieces += [text[end:start], NAME]
        end = stop
    return "".join((*pieces, text[end:]))


def _names(text: str, open_words: frozenset[str], *, every_name: bool) -> Iterator[tuple[int, int]]:
    """Runs of words that look like a name: after a title, or two with capitals, or (if asked) any."""
    run: list[tuple[int, int]] = []
    sure = after_title = False
    last = 0
    for match in WORD.finditer(text):
        joined = bool(GAP.fullmatch(text, last, match.start())) and match.start() > last
        word = match[0].casefold()
        capital = match[0][0].isupper() and word.removesuffix("'s").removesuffix("\u2019s") not in open_words
        capital = capital and word not in TITLES and text[match.start() - 1 : match.start()] not in ("[", "@")
        if run and not (joined and capital):
            if sure or every_name or len(run) > 1:
                yield run[0][0], run[-1][1]
            run, sure = [], False
        if capital or (after_title and joined):
            run.append(match.span())
            sure = sure or (after_title and joined)
        after_title = word in TITLES
        last = match.end()
    if run and (sure or every_name or len(run) > 1):
        yield run[0][0], run[-1][1]
