"""JSON is read element by element, wherever its chunks are cut."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from scanner.exports._json import MAX_DEPTH, Broken, items

DOCUMENT = {
    "a": {"b": [1, 22, {"x": [1, 2]}], "c": None, "d": 'q"\u00e9\\'},
    "e": [],
    "f": {},
    "g": -1.5e3,
    "h": "\U0001f600",
}
FLAT = [(("a", "b"), 1), (("a", "b"), 22), (("a", "b"), {"x": [1, 2]}), (("a", "c"), None)]
FLAT += [(("a", "d"), 'q"\u00e9\\'), (("g",), -1500.0), (("h",), "\U0001f600")]


def cut(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 1000])
@pytest.mark.parametrize("indent", [None, 2])
def test_any_cut_gives_the_same(size: int, indent: int | None) -> None:
    assert list(items(cut(json.dumps(DOCUMENT, indent=indent), size))) == FLAT


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[1,2,3]", [((), 1), ((), 2), ((), 3)]),
        ("12345", [((), 12345)]),
        ('"x"', [((), "x")]),
        ("[]", []),
        ("\ufeff [1]", [((), 1)]),
    ],
)
def test_shapes_of_a_document(text: str, found: list[object]) -> None:
    assert list(items(cut(text, 2))) == found


def test_it_begins_after_a_sign() -> None:
    text = 'window.YTD.tweets.part0 = [{"tweet": "a = b"}];'
    assert list(items(cut(text, 4), skip="=")) == [((), {"tweet": "a = b"})]


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ('[1, 2, {"x": ', 2),
        ("[1, 2, nonsense, 4]", 2),
        ('{"a": [1], "b": ]', 1),
        ('{"a" [1]}', 0),
        ("", 0),
        ("[1 2]", 1),
        ("[" * 100_000, 0),
        ("[" + "9" * 10_000 + "]", 0),
        ('["' + "x" * 100_000, 0),
    ],
)
def test_what_comes_before_the_damage_stands(text: str, before: int) -> None:
    found: list[object] = []
    with pytest.raises(Broken):
        found.extend(items(cut(text, 7_000)))
    assert len(found) == before


def test_depth_ends_somewhere() -> None:
    text = '{"a":' * 200 + "1" + "}" * 200
    ((path, value),) = items(cut(text, 100))
    assert len(path) == MAX_DEPTH
    assert isinstance(value, dict)
