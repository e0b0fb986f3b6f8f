"""Meta's pages: what a block says and shows, when, and that odd signs in it do no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.exports import _markup, open_archive
from scanner.exports._names import Allowed
from tests.exports import make_zip

BOX = '<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder">'


def blocks(tmp_path: Path, page: str) -> list[_markup.Block]:
    path = make_zip(tmp_path / "a.zip", {"posts_1.html": page})
    archive = open_archive(path).view(Allowed.of(("*",), ()))
    return list(_markup.blocks(archive, "posts_1.html"))


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Jan 05, 2024 3:04 pm", "2024-01-05T15:04:00Z"),
        ("Jan 5, 2024, 12:04:59\u202fAM", "2024-01-05T00:04:00Z"),
        ("5 janv. 2024, 15:04", "2024-01-05T15:04:00Z"),
        ("6 M\u00e4r 2023, 15:04", "2023-03-06T15:04:00Z"),
        ("Jan 32, 2024 3:04 pm", ""),
        ("Jan 05, 2024 33:74", "2024-01-05T00:00:00Z"),  # no time of day
        ("Jan 05, 1901 3:04 pm", ""),
        ("We met in January 2024 and had 5 cups of tea, which was rather a lot of tea", ""),
        ("Plan 05, 2024 3:04 pm", ""),
    ],
)
def test_a_line_that_is_a_time(text: str, date: str) -> None:
    assert _markup.date_of(text) == date


def test_a_block_keeps_its_lines_its_rows_and_its_files_apart(tmp_path: Path) -> None:
    page = (
        f'<html><style>div{{}}</style><body>{BOX}<h2 class="_3-95 _a6-h _a6-i">Rain &amp; bread</h2>'
        '<div class="_3-95 _a6-p"><div><span>One <b>bold</b> line</span><br/>Next</div>'
        '<a href="https://x.example/"><div>There</div></a><a href="../media/posts/a%20b.png"><img src="media/posts/c.png"/></a>'
        '<table><tr><td class="_2pin _a6_q">Place<div><div>Elm Park</div></div></td></tr>'
        '<tr><td>Private Account</td><td class="_2piu">True</td></tr></table></div>'
        '<div class="_3-94 _a6-o">Jan 05, 2024 3:04 pm</div></div></body></html>'
    )
    (block,) = blocks(tmp_path, page)
    assert block.title == "Rain & bread"
    assert block.date == "2024-01-05T15:04:00Z"
    assert block.lines[:2] == ("One bold line", "Next")
    assert block.pairs == {"Place": "Elm Park", "Private Account": "True"}
    assert block.files == ("media/posts/a b.png", "media/posts/c.png")
    assert block.links == (("There", "https://x.example/"),)


def test_signs_that_are_no_tags_are_text(tmp_path: Path) -> None:
    (block,) = blocks(tmp_path, f"{BOX}<div>I <3 rain <!-- hm --> and bread</div></div>")
    assert block.lines == ("I <3 rain <!-- hm --> and bread",)


def test_a_page_that_never_closes_a_box_is_read(tmp_path: Path) -> None:
    found = blocks(tmp_path, f"{BOX}<div>One" + f"{BOX}<div>Two")
    assert [block.lines for block in found] == [("One",), ("Two",)]


def test_a_block_without_an_end_is_left_out_and_said(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"posts_1.html": BOX + "<div>x" * 600_000})
    archive = open_archive(path).view(Allowed.of(("*",), ()))
    assert list(_markup.blocks(archive, "posts_1.html")) == []
    assert "far too long" in archive.ledger.trouble[0]
