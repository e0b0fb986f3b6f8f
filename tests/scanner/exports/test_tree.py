"""A repository's tree: the short way of reading a node and the decoder come to the same, or the decoder is asked."""

from __future__ import annotations

import random
from typing import Any

import pytest

from scanner.exports._cbor import Link
from scanner.exports._tree import _quickly, _slowly
from tests.scanner.exports.test_bluesky import encode, link

SEED = 20261125
HERE = link(b"here")
NODE: dict[str, Any] = {
    "l": HERE,
    "e": [
        {"p": 0, "k": b"app.bsky.feed.post/3k0001", "v": HERE, "t": None},
        {"p": 23, "k": b"02", "v": link(b"there"), "t": link(b"below")},
        {"p": 30, "k": b"apatav\x18", "v": HERE, "t": HERE},  # a path that holds the signs between the parts
        {"p": 1, "k": b"", "v": HERE, "t": None},
    ],
}


def wide(entries: int) -> dict[str, Any]:
    return {"l": None, "e": [{"p": 2, "k": str(n).encode(), "v": HERE, "t": None} for n in range(entries)]}


@pytest.mark.parametrize("node", [NODE, wide(0), wide(1), wide(23), wide(24), wide(255)])
def test_the_usual_form_is_read_without_decoding_it(node: dict[str, Any]) -> None:
    quick = _quickly(encode(node))
    assert quick is not None
    assert quick == _slowly(encode(node))
    assert len(quick[1]) == len(node["e"])


@pytest.mark.parametrize(
    "node",
    [
        {**NODE, "more": 1},
        wide(256),  # its length is written in another way
        {"l": None, "e": [{"p": 0, "k": b"x" * 300, "v": HERE, "t": None}]},
        {"l": None, "e": [{"p": 0, "k": b"x", "v": HERE}]},
        {"l": Link(b"\x01short"), "e": []},
    ],
)
def test_any_other_form_is_left_to_the_decoder(node: dict[str, Any]) -> None:
    assert _quickly(encode(node)) is None
    assert len(_slowly(encode(node))[1]) == len(node["e"])


def test_no_change_of_a_byte_makes_them_differ() -> None:
    dice = random.Random(SEED)  # noqa: S311 - the same dice each time
    whole = encode(NODE)
    agreed = 0
    for _ in range(4000):
        body = bytearray(whole)
        for _ in range(dice.randint(1, 2)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        quick = _quickly(bytes(body))
        if quick is not None:
            assert quick == _slowly(bytes(body))
            agreed += 1
    assert agreed > 100
