"""Where a text names the school: in words, joined, tagged, linked, disguised or with a typing slip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from data import School
from detectors._language import Doc, Phrases, Word, phrase_matcher
from detectors._lexicon import lexicon
from detectors._normal import fold
from detectors._tokens import everyday

Form = Literal["name", "risky", "acronym", "tag", "handle", "joined", "link", "typo", "spaced", "mail"]

MOST_HITS = 200
SHORTEST_JOINED = 8
SHORTEST_CORE = 4
SHORTEST_SLIP_WORD = 7
LONGEST_WORD = 40
PASSED_OVER = frozenset({"the", "and"})
GAP = re.compile(r"\s{0,4}(?:[-'/_.&]|the|and)?\s{0,4}\Z")
TAG = re.compile(r"[#@]([^\W_][\w.]{2,60})")
PLACED = re.compile(r"(?:\b(?:at|for|from|to|in|team)\s|@\s?|(?:\A|[^\w\s])\W*)\Z")
AT_WORK = re.compile(r"\b(?:teach|teaching|work|working|teacher|ta|senco|job)\b[^.\n]{0,20}\b(?:at|for)\s$")
SPACED = re.compile(r"(?<![^\W_])(?:[a-z0-9][ .\-_*|/]{1,2}){6,60}[a-z0-9](?![^\W_])")


@dataclass(frozen=True, slots=True)
class Hit:
    """One naming, on the folded text. `sure` is False for a name that other things bear too."""

    start: int
    end: int
    form: Form
    sure: bool


@dataclass(frozen=True, slots=True)
class Names:
    """A school's names, compiled."""

    sure: frozenset[tuple[str, ...]]
    risky: frozenset[tuple[str, ...]]
    phrases: Phrases
    canonical: dict[str, str]
    slips: dict[str, str]
    joined: re.Pattern[str]
    cores: frozenset[str]
    tags: frozenset[str]
    acronyms: frozenset[str]
    links: re.Pattern[str]
    the: bool
    with_the: frozenset[tuple[str, ...]]


def hits(doc: Doc, school: School) -> list[Hit]:
    """Every naming of the school in a text, leftmost and longest first, without overlaps."""
    names = compile_names(school)
    found: list[Hit] = []
    for finder in (_links, _tags, _worded, _joined, _spaced, _acronyms, _slipped):
        for hit in finder(doc, names):
            found.append(hit)
            if len(found) >= MOST_HITS:
                return _apart(found)
    return _apart(found)


@lru_cache(maxsize=32)
def compile_names(school: School) -> Names:
    """The matchers of one school."""
    pack = school.pack
    full = [name_words(n) for n in (pack.name, *pack.aliases, *pack.former_names)]
    canonical: dict[str, str] = {}
    for text in (pack.name, *pack.aliases, *pack.former_names, *pack.risky_names):
        canonical.update({f"{w[:-2]}s": w[:-2] for w in fold(text).text.split() if w.endswith("'s")})
    written = {variant for words in full for variant in _variants(words)}
    sure = frozenset(words for words in written if _sure(words))
    cores = frozenset(
        core for words in full if (core := _core(words)) and len("".join(core)) >= SHORTEST_CORE
    )
    places = frozenset(name_words(p.lstrip("0123456789 ")) for p in (pack.address.town, pack.address.street))
    risky = (
        frozenset((written | cores) - places | {name_words(n) for n in pack.risky_names})
        - sure
        - frozenset({()})
    )
    joined = {"".join(w) for w in sure} | {_joined_with_s(w, canonical) for w in sure}
    hosts = {_bare(d.removeprefix("www.").partition(".")[0]).replace("-", "") for d in pack.domains}
    joined |= hosts - {"".join(core) for core in cores}
    return Names(
        sure=sure,
        risky=risky,
        phrases=phrase_matcher(sure | risky | places),
        canonical=canonical,
        slips=_slips(
            {w for words in sure for w in words if len(w) >= SHORTEST_SLIP_WORD and w not in _types()}
        ),
        joined=_any(j for j in joined if len(j) >= SHORTEST_JOINED),
        cores=frozenset("".join(w) for w in risky | (cores - places))
        | frozenset(_joined_with_s(w, canonical) for w in cores - places),
        tags=frozenset(_bare(t) for t in (*pack.handles, *pack.hashtags)),
        acronyms=frozenset(fold(a).text for a in pack.acronyms)
        | frozenset(_bare(t) for t in pack.hashtags if len(t.strip("#")) <= 4),  # noqa: PLR2004
        links=_domains(pack.domains),
        the=any(n.lower().startswith("the ") for n in (pack.name, *pack.aliases)),
        with_the=frozenset(name_words(n) for n in pack.risky_names if n.lower().startswith("the ")),
    )


def _sure(words: tuple[str, ...]) -> bool:
    """Whether a name stands for a school by itself: two words or more, and no street or hill."""
    if len(words) < 2 or not _core(words) or len("".join(words)) < SHORTEST_JOINED:  # noqa: PLR2004
        return False
    known = lexicon("school")
    return _telling(words) or words[-1] not in known["place_endings"]


def name_words(name: str) -> tuple[str, ...]:
    """A name as the words it is matched by: no "the", no possessive, saint as st, and left out."""
    words = (_plain(m[0]) for m in re.finditer(r"[^\W_]+(?:'[^\W_]+)*", fold(name).text))
    return tuple(w for w in words if w not in PASSED_OVER)


def _plain(word: str) -> str:
    word = word.removesuffix("'s").removeprefix("t'").replace("'", "")
    short: dict[str, str] = lexicon("school")["short"]
    return short.get(word, word)


def _types() -> frozenset[str]:
    return frozenset(lexicon("school")["types"])


def _core(words: tuple[str, ...]) -> tuple[str, ...]:
    core = tuple(w for w in words if w not in _types())
    return () if core == ("st",) else core


def _variants(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A long name as people shorten it: the core with any of its own school words."""
    yield words
    core, telling = _core(words), frozenset(lexicon("school")["telling_types"])
    own = [w for w in words if w in telling]
    if not core or not own or words[: len(core)] != core:
        return
    for kind in {*own, "school"}:
        yield (*core, kind)
        if kind != "school":
            yield (*core, kind, "school")
    yield from (words[:n] for n in range(len(core) + 1, len(words)) if set(words[:n]) & telling)


def _joined_with_s(words: tuple[str, ...], canonical: dict[str, str]) -> str:
    back = {base: plural for plural, base in canonical.items()}
    return "".join(back.get(w, w) for w in words)


def _bare(tag: str) -> str:
    return fold(tag).text.strip("@#").replace("_", "").replace(".", "")


def _any(words: Iterable[str]) -> re.Pattern[str]:
    longest = sorted({re.escape(w) for w in words}, key=lambda w: (-len(w), w))
    return re.compile("|".join(longest) or r"(?!)")


def _domains(domains: Sequence[str]) -> re.Pattern[str]:
    hosts = "|".join(re.escape(fold(d).text.strip().removeprefix("www.")) for d in domains)
    if not hosts:
        return re.compile(r"(?!)")
    return re.compile(
        rf"(?<![\w@.-])(?:https?://)?(?:[\w-]{{1,40}}\.){{0,3}}(?:{hosts})(?![\w-])(?:/[^\s<>\"')]{{0,200}})?"
    )


def _slips(words: set[str]) -> dict[str, str]:
    """Each name word, and it with one letter taken out, for finding words one letter away."""
    return {key: word for word in sorted(words) for key in (word, *_shorter(word))}


def _shorter(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def _links(doc: Doc, names: Names) -> Iterator[Hit]:
    return (Hit(*m.span(), "link", sure=True) for m in names.links.finditer(doc.text))


def _tags(doc: Doc, names: Names) -> Iterator[Hit]:
    for match in TAG.finditer(doc.text):
        if match.start() and (doc.text[match.start() - 1].isalnum() or doc.text[match.start() - 1] in "._-"):
            continue  # an e-mail address
        body = match[1].rstrip(".").replace("_", "").replace(".", "")
        end = match.end() - (len(match[1]) - len(match[1].rstrip(".")))
        form: Form = "tag" if match[0][0] == "#" else "handle"
        known = body in names.tags
        if names.joined.search(body) or (known and (form == "handle" or _says_school(body))):
            yield Hit(match.start(), end, form, sure=True)
        elif body in names.tags or body in names.acronyms or around_core(body, names) is not None:
            yield Hit(match.start(), end, form, sure=False)


def _says_school(body: str) -> bool:
    return any(kind in body for kind in lexicon("school")["telling_types"] if len(kind) >= SHORTEST_CORE)


def around_core(body: str, names: Names) -> bool | None:
    """Whether a joined word is a core name with affixes; True if they speak of a school."""
    body = body.rstrip("0123456789")
    for core in sorted(names.cores, key=len, reverse=True):
        if len(core) < SHORTEST_CORE or core not in body:
            continue
        left, _, right = body.partition(core)
        parts = [_affixes(left), _affixes(right)]
        if None not in parts:
            telling = set(lexicon("school")["telling_affixes"])
            return any(telling & set(part or ()) for part in parts)
    return None


def _affixes(rest: str) -> list[str] | None:
    if not rest:
        return []
    known = sorted((a for a in lexicon("school")["affixes"] if rest.startswith(a)), key=len, reverse=True)
    for affix in known:
        if (more := _affixes(rest[len(affix) :])) is not None:
            return [affix, *more]
    return None


def _worded(doc: Doc, names: Names) -> Iterator[Hit]:
    words = [(_canonical(w.text, names), w) for w in doc.words]
    yield from _sequences(words, doc, names, typo=False)


def _canonical(word: str, names: Names) -> str:
    plain = _plain(word) if len(word) <= LONGEST_WORD else word
    return names.canonical.get(plain, plain)


def _sequences(words: Sequence[tuple[str, Word]], doc: Doc, names: Names, *, typo: bool) -> Iterator[Hit]:
    """Names as sequences of words; "the" and "and" are passed over."""
    kept = [(plain, word) for plain, word in words if plain not in PASSED_OVER]
    for first, last in names.phrases([plain for plain, _ in kept]):
        inside = _together(kept[first:last], doc, names)
        plain_words = tuple(plain for plain, _ in inside)
        if plain_words not in names.sure | names.risky or _only_a_word(inside, doc, names):
            continue  # the town or street of that name, or no name at all
        sure = plain_words in names.sure
        form: Form = "typo" if typo else "name" if sure else "risky"
        if all(_as_written(plain, word, names) for plain, word in inside) or _telling(
            plain for plain, _ in inside
        ):
            yield Hit(_with_the(inside[0][1].start, doc, names), _end(inside[-1], names), form, sure)


def _together(inside: Sequence[tuple[str, Word]], doc: Doc, names: Names) -> Sequence[tuple[str, Word]]:
    """The words as they are, or up to where a mark parts them: "St Hilda's, Marrick Bridge"."""
    parted = next((n for n, (a, b) in enumerate(pairwise(inside), 1) if not _adjoin(a, b, doc)), None)
    if parted is None:
        return inside
    known = names.sure | names.risky
    lengths = range(parted, 0, -1)
    return next((inside[:n] for n in lengths if tuple(plain for plain, _ in inside[:n]) in known), ())


def _only_a_word(inside: Sequence[tuple[str, Word]], doc: Doc, names: Names) -> bool:
    """Whether a name like "The Side" stands there in small letters and without its "the"."""
    plain_words = tuple(plain for plain, _ in inside)
    if plain_words not in names.with_the or not all(map(everyday, plain_words)):
        return False
    start, end = inside[0][1].start, inside[-1][1].end
    if not doc.value[slice(*doc.folded.original(start, end))].islower():
        return False
    before = doc.text[max(0, start - 12) : start]
    introduced = before.endswith("the ") or doc.text[start:end].startswith("t'")
    placed = doc.value.islower() and bool(PLACED.search(before))
    return not (introduced or placed)


def says_school(name: str) -> bool:
    """Whether a name as written holds a word such as school or primary."""
    return _telling(re.findall(r"[^\W_]+", name))


def _telling(words: Iterable[str]) -> bool:
    return not set(words).isdisjoint(lexicon("school")["telling_types"])


def _as_written(plain: str, word: Word, names: Names) -> bool:
    """A saint's school is "St X's"; plain "St X" is the saint."""
    return plain not in names.canonical.values() or word.text.endswith("s")


def _with_the(start: int, doc: Doc, names: Names) -> int:
    return start - 4 if names.the and doc.text[max(0, start - 4) : start] == "the " else start


def _adjoin(left: tuple[str, Word], right: tuple[str, Word], doc: Doc) -> bool:
    gap = doc.text[left[1].end : right[1].start]
    return bool(GAP.match(gap)) and ("." not in gap or left[0] == "st")


def _end(last: tuple[str, Word], names: Names) -> int:
    plain, word = last
    return word.end - 2 if word.text.endswith("'s") and plain not in names.canonical.values() else word.end


def _joined(doc: Doc, names: Names) -> Iterator[Hit]:
    for match in names.joined.finditer(doc.text):
        around = doc.text[max(0, match.start() - 60) : match.start()]
        if "@" in around.rsplit(None, 1)[-1:][0] if around.split() and not around[-1:].isspace() else False:
            continue  # part of a tag, handle or e-mail address that was judged as such
        yield Hit(*match.span(), "joined", sure=True)


def _spaced(doc: Doc, names: Names) -> Iterator[Hit]:
    for match in SPACED.finditer(doc.text):
        letters = [(m.start() + match.start(), m[0]) for m in re.finditer(r"[a-z0-9]", match[0])]
        if found := names.joined.search("".join(letter for _, letter in letters)):
            yield Hit(letters[found.start()][0], letters[found.end() - 1][0] + 1, "spaced", sure=True)


def _acronyms(doc: Doc, names: Names) -> Iterator[Hit]:
    if not names.acronyms:
        return
    for word in doc.words:
        if word.text.removesuffix("'s") not in names.acronyms:
            continue
        end = word.start + len(word.text.removesuffix("'s"))
        start, stop = doc.folded.original(word.start, end)
        hasty = doc.value[:1].islower()  # who begins small writes acronyms small
        if (
            doc.value[start:stop].isupper()
            or hasty
            or AT_WORK.search(doc.text[max(0, word.start - 40) : word.start])
        ):
            yield Hit(word.start, end, "acronym", sure=False)


def _slipped(doc: Doc, names: Names) -> Iterator[Hit]:
    if not names.slips:
        return
    words: list[tuple[str, Word]] = []
    slipped = False
    for word in doc.words:
        plain = _canonical(word.text, names)
        meant = _meant(plain, names) if SHORTEST_SLIP_WORD - 1 <= len(plain) <= LONGEST_WORD else None
        slipped = slipped or meant is not None
        words.append((meant or plain, word))
    if slipped:
        known = {(h.start, h.end) for h in _worded(doc, names)}
        found = (h for h in _sequences(words, doc, names, typo=True) if h.sure)
        yield from (h for h in found if (h.start, h.end) not in known)


def _meant(word: str, names: Names) -> str | None:
    """The name word this one is a letter away from; None when it is a name word itself."""
    if word in names.slips and names.slips[word] == word:
        return None
    for key in (word, *_shorter(word)):
        if (meant := names.slips.get(key)) and _one_away(word, meant):
            return meant
    return None


def _one_away(left: str, right: str) -> bool:
    """One letter changed, missing, added, or two neighbours swapped."""
    if abs(len(left) - len(right)) > 1:
        return False
    if len(left) == len(right):
        wrong = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and left[wrong[0]] == right[wrong[1]]  # noqa: PLR2004
        return len(wrong) == 1 or (swapped and left[wrong[1]] == right[wrong[0]])
    short, long = sorted((left, right), key=len)
    return short in set(_shorter(long))


def _apart(found: list[Hit]) -> list[Hit]:
    """Without overlaps: the surer and longer one stays."""
    chosen: list[Hit] = []
    taken_to = -1
    order = sorted(found, key=lambda h: (h.start, not h.sure, -(h.end - h.start)))
    for hit in order:
        if hit.start < taken_to:
            last = chosen[-1]
            if hit.sure and not last.sure:
                chosen[-1] = hit
                taken_to = hit.end
            continue
        chosen.append(hit)
        taken_to = hit.end
    return chosen
