"""What a text says about the school it names: the writer's job, a child's school, a match, old days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from detectors._language import Doc
from detectors._lexicon import alternatives, lexicon, phrases
from detectors._names import Hit

Situation = Literal[
    "own", "job", "work", "past", "governor", "third", "parent", "alumni", "news", "visit",
    "negated", "applying", "asking", "bare",
]  # fmt: skip

CONTEXT_WORDS = 8
REACH = 70
PROFILE_CONTEXT_WORDS = 20
PRESENT = re.compile(r"\b(?:now|currently|these days|still (?:work|teach|at|in|a|the|here))\b")
PLACE = re.compile(r"(?: school| academy| college)?(?:,? in|,) (?:the )?([A-Z][a-z]+(?:[- ][A-Z][a-z]+)?)")
SEGMENT = re.compile(r"[|,•·\n/;✨📚🍎]|\s[-*~]\s")
OTHER_KIND = re.compile(
    r" (?:[A-Z]\S+ )?(School|Academy|College|Primary|Infants?|Juniors?|Nursery|Grammar|High)\b"
)
FULL_NAME = re.compile(r"[A-Z][\w'’.-]*(?: (?:[A-Z][\w'’.-]*|de|van|von|der|ap|ferch))+")  # noqa: RUF001 - as written
TITLE = re.compile(r"\b(?:mr|mrs|ms|miss|dr|sir|lord|lady|aunty?|uncle)\.?\s+\Z")

# readings in the order they are tried, each with the part of the setting it is looked for in
POST_READINGS: tuple[tuple[Situation, str], ...] = (
    ("governor", "sentence"),
    ("applying", "sentence"),
    ("parent", "segment"),
    ("alumni", "segment"),
    ("job", "segment"),
    ("alumni", "sentence"),
    ("parent", "sentence"),
    ("news", "sentence"),
    ("visit", "sentence"),
    ("job", "sentence"),
    ("work", "around"),
    ("asking", "sentence"),
)
PROFILE_READINGS: tuple[tuple[Situation, str], ...] = (
    ("negated", "segment"),
    ("past", "segment"),
    ("governor", "segment"),
    ("job", "segment"),
    ("parent", "segment"),
    ("alumni", "segment"),
    ("negated", "sentence"),
    ("own", "sentence"),
    ("third", "sentence"),
    ("parent", "sentence"),
    ("alumni", "sentence"),
    ("visit", "sentence"),
    ("news", "sentence"),
    ("applying", "sentence"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """The sentence with § for the school, the talk around it, and where § stands in the text."""

    sentence: str
    segment: str
    around: str
    before: str = ""
    after: str = ""


def setting(doc: Doc, hit: Hit, hits: Sequence[Hit]) -> Setting:
    """Cut out what has to be read to judge one naming; idioms are blanked."""
    start, end = doc.sentence(hit.start, hit.end)
    before = doc.before(start)
    after = doc.sentence(end, end) if end < len(doc.text) else (end, end)
    sentence, place = _marked(doc, hit, hits, start, end)
    return Setting(
        sentence=sentence.strip(),
        segment=_segment(sentence, place).strip(),
        around=_idiomless(f"{doc.text[slice(*before)]} {sentence} {doc.text[after[0] : after[1]]}"),
        before=sentence[max(0, place - REACH) : place],
        after=sentence[place + 1 : place + 1 + REACH],
    )


def situation(scene: Setting) -> Situation:
    """Who says what, the surest reading first."""
    text = scene.sentence
    if _says("negated", text):
        return "negated"
    own, third, past = _last("own", text), _last("third", text), _last("past", text)
    if past >= 0 and past >= third and not PRESENT.search(text[past : text.find("§", past)]):
        return "past"
    if max(own, third) >= 0:
        return "own" if own >= third else "third"  # the nearer subject
    return _first(POST_READINGS, scene)


def in_profile(scene: Setting) -> Situation:
    """The reading of a profile line, where naming a school without more means working there."""
    return _first(PROFILE_READINGS, scene)


def _first(readings: Sequence[tuple[Situation, str]], scene: Setting) -> Situation:
    return next((reading for reading, part in readings if _says(reading, getattr(scene, part))), "bare")


def school_words_near(doc: Doc, hit: Hit, *, words: int = CONTEXT_WORDS) -> bool:
    """Whether a school word or role stands within so many words of a name that others bear too."""
    inside = [i for i, w in enumerate(doc.words) if w.start < hit.end and w.end > hit.start]
    if not inside:
        return False
    left = doc.words[max(0, inside[0] - words)].start
    right = doc.words[min(len(doc.words) - 1, inside[-1] + words)].end
    near = f"{doc.text[left : hit.start]} § {doc.text[hit.end : right]}"
    return bool(phrases("school", "context").search(_idiomless(near)))


def addressed(scene: Setting) -> bool:
    """Whether the words are said to somebody, as under a person's own post."""
    return _says("addressed", scene.around)


def else_named(scene: Setting) -> bool:
    """Whether the sentence is about a pub, a peak or the like that bears the name."""
    if _says("own", scene.sentence) or _says("work", scene.around):
        return False
    return _says("else_named", scene.sentence)


def titled(doc: Doc) -> bool:
    """Whether a display name or handle carries a classroom title."""
    return bool(
        re.search(
            r"(?<![a-z])(?:miss|mr|mrs|ms|sir|teacher|teaches|class|ta|senco|y\d|year)(?![a-rt-z])", doc.text
        )
    )


def namesake(doc: Doc, hit: Hit, kinds: str = "") -> bool:
    """Whether the words beside a name make it a road, a club, a peak, a person or another school.

    `kinds` are words the school uses of itself: "Nursery" behind the name is its own nursery then.
    """
    ahead = doc.text[hit.end : hit.end + 40].removeprefix("'s")
    if phrases("statements", "after_name").match(ahead.lstrip(" ")) and ahead[:1].isspace():
        return True
    behind = doc.text[max(0, hit.start - 40) : hit.start]
    if re.search(rf"(?<![^\W_]){alternatives('statements', 'before_name')}\s+(?:the\s+)?\Z", behind):
        return True
    if hit.form == "risky":
        start, end = doc.folded.original(hit.start, hit.end)
        other = OTHER_KIND.match(doc.value[end : end + 40])
        if TITLE.search(behind) or (other and other[1].lower() not in kinds):
            return True
        if other or titled(doc):
            return False
        return any(
            label == "PERSON"
            and left <= start
            and right >= end
            and right - left > end - start + 1
            and FULL_NAME.fullmatch(doc.value[left:right])
            for label, left, right in doc.names(start, end)
        )
    return False


def other_place(doc: Doc, hit: Hit, homes: frozenset[str]) -> bool:
    """Whether the name goes on with a place that is not the school's."""
    if not homes:
        return False
    _, end = doc.folded.original(hit.start, hit.end)
    match = PLACE.match(doc.value[end : end + 60])
    if not match:
        return False
    words = match[1].lower().split()
    if any(word in homes for word in re.split(r"[- ]", match[1].lower())):
        return False
    left = end + match.start(1)
    named = doc.names(left, left + len(match[1]))
    return (
        any(label == "GPE" and a <= left < b for label, a, b in named)
        and words[0] not in lexicon("school")["not_places"]
    )


def _marked(doc: Doc, hit: Hit, hits: Sequence[Hit], start: int, end: int) -> tuple[str, int]:
    parts: list[str] = []
    length, place, mark = 0, start, 0
    for other in hits:
        if other.end <= start or other.start >= end:
            continue
        before = doc.text[place : max(place, other.start)]
        parts += [before, "§"]
        length += len(before)
        if other is hit:
            mark = length
        length += 1
        place = other.end
    parts.append(doc.text[place:end])
    return _idiomless("".join(parts)), mark


def _idiomless(text: str) -> str:
    return phrases("school", "idioms").sub(lambda m: "_" * len(m[0]), text)


def _segment(sentence: str, place: int) -> str:
    cuts = [0, *(c for m in SEGMENT.finditer(sentence) for c in m.span()), len(sentence)]
    left = max(c for c in cuts if c <= place)
    right = min((c for c in cuts if c > place), default=len(sentence))
    return sentence[left:right]


def _says(reading: str, text: str) -> bool:
    return bool(phrases("statements", reading).search(text))


def _last(reading: str, text: str) -> int:
    """Where the nearest statement of that kind begins; -1 if there is none."""
    place, found = 0, -1
    pattern = phrases("statements", reading)
    while match := pattern.search(text, place):
        found, place = match.start(), match.start() + 1
    return found
