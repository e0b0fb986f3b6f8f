"""The one language pass that all text detectors share: folding, words, sentences, names on demand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from data import School
from detectors import _weights
from detectors._model import Unavailable
from detectors._normal import Folded, fold

if TYPE_CHECKING:
    from spacy.language import Language

# in order of preference; the last one is a dependency, the others are used when installed
PIPELINES = ("spacy-en-md", "spacy-en-sm")
# people and places are looked for in a stretch of text around the place in question
NAMES_REACH = 300
LONGEST_SENTENCE = 400
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
BREAK = re.compile(r"(?:(?<!\bst)(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bmrs)(?<!\bno)[.!?]+(?=\s|\Z)|\n)\s*")


Phrases = Callable[[Sequence[str]], list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the folded text with its span there."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Doc:
    """A text with what the detectors share about it; spans here are on the folded text."""

    value: str
    folded: Folded
    shared: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What one detector found out that another wants too; it goes when the text goes."""

    @property
    def text(self) -> str:
        """The folded text."""
        return self.folded.text

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words, hyphenated ones taken apart."""
        return tuple(Word(m[0], *m.span()) for m in WORD.finditer(self.text))

    @cached_property
    def _breaks(self) -> list[int]:
        return [0, *(m.end() for m in BREAK.finditer(self.text))]

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The span of the sentence around a span, cut to a bounded reach on either side."""
        breaks = self._breaks
        first = breaks[bisect_right(breaks, start) - 1]
        following = bisect_right(breaks, max(start, end - 1))
        last = breaks[following] if following < len(breaks) else len(self.text)
        return max(first, start - LONGEST_SENTENCE), min(last, end + LONGEST_SENTENCE)

    def before(self, start: int) -> tuple[int, int]:
        """The sentence before the one that begins there; empty at the beginning."""
        return self.sentence(start - 1, start) if start > 0 else (0, 0)

    def fold_span(self, start: int, end: int) -> tuple[int, int]:
        """A span of the original text as one of the folded text."""
        known = self.folded.places
        return (start, end) if known is None else (bisect_left(known, start), bisect_left(known, end))

    def names(self, start: int, end: int) -> tuple[tuple[str, int, int], ...]:
        """What spaCy names near a span of the original text: (label, start, end), original spans.

        Raises:
            Unavailable: the pipeline cannot be loaded.
        """
        first = max(0, start - NAMES_REACH)
        found = _names(_clean(self.value[first : end + NAMES_REACH]))
        return tuple((label, first + left, first + right) for label, left, right in found)


def parse(values: Sequence[str]) -> list[Doc]:
    """Prepare texts for the detectors. Nothing is loaded yet, but the weights must be in order.

    Raises:
        Unavailable: the language pipeline is missing or a file of it is not the one we pinned.
    """
    if values:
        _folder()
    return [Doc(value, fold(value)) for value in values]


def phrase_matcher(names: Iterable[tuple[str, ...]]) -> Phrases:
    """A finder of word sequences: given words, the (first, after last) places of the longest ones."""
    from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - as in _pipeline
    from spacy.tokens import Doc as Tokens  # noqa: PLC0415
    from spacy.util import filter_spans  # noqa: PLC0415
    from spacy.vocab import Vocab  # noqa: PLC0415

    wanted = sorted(names)
    known = {word for name in wanted for word in name}
    vocab = Vocab()
    matcher = PhraseMatcher(vocab)
    matcher.add("name", [Tokens(vocab, words=list(name)) for name in wanted])

    def find(words: Sequence[str]) -> list[tuple[int, int]]:
        if known.isdisjoint(words):
            return []
        # other words are all the same to it, so that the vocabulary stays as small as the names
        tokens = Tokens(vocab, words=[word if word in known else "_" for word in words])
        return [(span.start, span.end) for span in filter_spans(matcher(tokens, as_spans=True))]

    return find


def warm(_school: School | None = None) -> None:
    """Load the pipeline now rather than at the first text that needs it."""
    _pipeline()


def plain_pipeline() -> Language:
    """The pipeline as it comes, with all its parts: what our speed is compared with.

    Raises:
        Unavailable: the pipeline is missing or a file of it is not the one we pinned.
    """
    import spacy  # noqa: PLC0415 - as in _pipeline

    return spacy.load(_folder())


def _folder() -> str:
    better = [model for model in PIPELINES[:-1] if _weights.installed(model)]
    for model in better:
        try:
            return str(_weights.verify_folder(model))
        except Unavailable:
            continue
    return str(_weights.verify_folder(PIPELINES[-1]))


@lru_cache(maxsize=1)
def _pipeline() -> Language:
    folder = _folder()
    try:
        import spacy  # noqa: PLC0415 - takes seconds, and many texts never need it

        return spacy.load(
            folder,
            exclude=["tagger", "parser", "senter", "attribute_ruler", "lemmatizer"],
        )
    except (ImportError, OSError, ValueError) as error:
        raise Unavailable(f"the language pipeline cannot be loaded: {type(error).__name__}") from error


def _names(text: str) -> tuple[tuple[str, int, int], ...]:
    pipeline = _pipeline()
    with pipeline.memory_zone():  # words of texts do not pile up in the vocabulary
        return tuple((e.label_, e.start_char, e.end_char) for e in pipeline(text).ents)


def _clean(text: str) -> str:
    """Lone surrogates cannot be encoded; a blank keeps every place."""
    return "".join(" " if "\ud800" <= char <= "\udfff" else char for char in text)
