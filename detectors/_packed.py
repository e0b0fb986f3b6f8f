"""Numbers out of a packaged ONNX file: its stored arrays, without loading the network they belong to."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectors import _weights

MODEL = "minilm"
# field numbers of the ONNX format
GRAPH, INITIALIZER, DIMS, KIND, NAME, RAW = 7, 5, 1, 2, 8, 9
KINDS: dict[int, np.dtype[Any]] = {1: np.dtype("<f4"), 3: np.dtype("i1"), 7: np.dtype("<i8")}
FIXED = {1: 8, 5: 4}
VARINT, BYTES = 0, 2
INNER = "inner.embeddings."

Floats = NDArray[np.float32]


def embed(ids: tuple[int, ...]) -> Floats:
    """The sum of word, place and type vectors of MiniLM for a row of vocabulary numbers.

    Raises:
        Unavailable: the packaged model is missing or is not the one we pinned.
    """
    words, scales, places = _tables()
    rows = list(ids)
    found: Floats = words[rows].astype(np.float32) * scales[rows] + places[: len(rows)]
    return found


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.int8], Floats, Floats]:
    """Word vectors in steps, the size of a step per word, and the vectors of places and first type."""
    stored = arrays(only=INNER)
    word, place = f"{INNER}word_embeddings.weight", f"{INNER}position_embeddings.weight"
    places = stored[f"{place}_q"].astype(np.float32) * stored[f"{place}_scale"]
    kind = stored[f"{INNER}token_type_embeddings.weight"][0]
    return stored[f"{word}_q"], stored[f"{word}_scale"], places + kind


def arrays(only: str = "") -> dict[str, NDArray[Any]]:
    """The stored arrays of the packaged MiniLM whose names begin so, in the file's order.

    Raises:
        Unavailable: the packaged model is missing or is not the one we pinned.
    """
    with (
        _weights.verify(MODEL).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw,
    ):
        found: dict[str, NDArray[Any]] = {}
        for field, start, end in _fields(raw, 0, len(raw)):
            if field == GRAPH:
                for inner, first, last in _fields(raw, start, end):
                    if inner == INITIALIZER:
                        name, array = _array(raw, first, last, only)
                        if array is not None:
                            found[name] = array
        return found


def _array(raw: mmap.mmap, start: int, end: int, only: str) -> tuple[str, NDArray[Any] | None]:
    shape: list[int] = []
    kind, name, values = 0, "", (start, start)
    for field, first, last in _fields(raw, start, end):
        if field == DIMS:
            shape += _numbers(raw, first, last)
        elif field == KIND:
            kind = first
        elif field == NAME:
            name = raw[first:last].decode()
        elif field == RAW:
            values = first, last
    if kind not in KINDS or not name.startswith(only):
        return name, None
    return name, np.frombuffer(raw[slice(*values)], KINDS[kind]).reshape(shape)


def _fields(raw: mmap.mmap, place: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Each field's number with the span of its bytes; a plain number stands as (value, -1)."""
    while place < end:
        key, place = _varint(raw, place)
        field, wire = key >> 3, key & 7
        if wire == VARINT:
            value, place = _varint(raw, place)
            yield field, value, -1
        elif wire == BYTES:
            length, place = _varint(raw, place)
            yield field, place, place + length
            place += length
        else:
            place += FIXED[wire]


def _numbers(raw: mmap.mmap, first: int, last: int) -> Iterator[int]:
    """A repeated number: one by itself, or several packed."""
    if last < 0:
        yield first
        return
    while first < last:
        value, first = _varint(raw, first)
        yield value


def _varint(raw: mmap.mmap, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the format's mark for "no more bytes"
            return value, place
        shift += 7
