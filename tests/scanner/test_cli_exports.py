"""`scanner check --export`: which profiles it leads to, what the report says of it, and lists for the owner alone."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest
from rich.console import Console

from data import school_in
from scanner.cli import exporting, main
from scanner.cli.benching_exports import read_speeds
from scanner.cli.benching_shapes import SHAPES
from scanner.cli.exporting import Taken, imported, show_people, take_in
from scanner.errors import SubmissionError, UsageError
from scanner.platforms import Account
from tests.exports import make_zip, mojibake

DAY = 1704100000
SCHOOL = school_in("schools/altus.toml")
MINE = Account("instagram", "robin.vale", "https://www.instagram.com/robin.vale")
PROFILE = "personal_information/personal_information/personal_information.json"
POSTS = "your_instagram_activity/media/posts_1.json"


def who(private: str = "False", handle: str = "robin.vale") -> dict[str, Any]:
    labels = {"Username": handle, "Name": mojibake("Röbin Vale"), "Private Account": private}
    return {
        "profile_user": [{"string_map_data": {label: {"value": value} for label, value in labels.items()}}]
    }


def post(text: str) -> dict[str, Any]:
    return {"media": [{"uri": "media/posts/a.jpg", "creation_timestamp": DAY, "title": text}]}


def people(*names: str) -> list[dict[str, Any]]:
    return [{"string_list_data": [{"value": name, "href": "https://www.instagram.com/x"}]} for name in names]


def taken(files: list[Path], accounts: list[Account]) -> Taken:
    return take_in(files, accounts, school=SCHOOL, on_step=lambda *_: None)


def test_a_profile_that_only_a_download_names_is_not_visited(tmp_path: Path) -> None:
    found = taken([make_zip(tmp_path / "a.zip", {PROFILE: who(), POSTS: [post("x")]})], [])
    assert [account.url for account in found.accounts] == [MINE.url]
    assert found.visited == frozenset()
    assert "export" in {export.ownership for export in found.exports[MINE.url]}


def test_an_address_and_its_download_are_one_profile_that_is_visited(tmp_path: Path) -> None:
    found = taken([make_zip(tmp_path / "a.zip", {PROFILE: who(), POSTS: [post("x")]})], [MINE])
    assert found.accounts == (MINE,)
    assert found.visited == {MINE.url}


def test_where_the_platform_asks_programs_not_to_look_the_download_is_enough(tmp_path: Path) -> None:
    account = Account("facebook", "robin.vale.35", "https://www.facebook.com/robin.vale.35")
    profile = {"profile_v2": {"name": {"full_name": "Robin"}, "profile_uri": account.url}}
    found = taken([make_zip(tmp_path / "a.zip", {"profile_information.json": profile})], [account])
    assert found.visited == frozenset()


def test_the_parts_of_one_download_come_together(tmp_path: Path) -> None:
    one = make_zip(tmp_path / "1.zip", {PROFILE: who(), POSTS: [post("x")]})
    two = make_zip(tmp_path / "2.zip", {POSTS.replace("_1", "_2"): [post("y")]})  # names nobody
    found = taken([one, two], [])
    assert len(found.accounts) == 1
    said = imported(found.exports[MINE.url])
    assert said is not None
    assert said.items["caption"] == 2
    assert set(said.read) == {"personal_information.json", "posts_1.json", "posts_2.json"}


def test_the_download_of_another_account_ends_the_check(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match="another account"):
        taken([make_zip(tmp_path / "a.zip", {PROFILE: who(handle="sam"), POSTS: [post("x")]})], [MINE])


def test_more_downloads_than_a_person_has_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too many"):
        taken([tmp_path / "a.zip"] * 50, [])


@pytest.mark.parametrize("answer", [True, False])
def test_lists_are_shown_on_the_screen_only_when_their_owner_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    members = {PROFILE: who(), "c/followers_1.json": people("sam.first", "jo.second", "al.third\x1b[31m")}
    found = taken([make_zip(tmp_path / "a.zip", members)], [])
    monkeypatch.setattr(exporting, "STDERR", Console(file=StringIO(), force_terminal=True))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "confirm", lambda *_, **__: answer)
    screen = Console(file=StringIO(), width=80)
    monkeypatch.setattr(screen, "pager", _plainly)
    show_people(found, screen)
    shown = screen.file.getvalue()
    assert ("sam.first" in shown) is answer
    assert ("Look for pupils" in shown) is answer
    assert "\x1b" not in shown


def test_lists_stay_away_from_pipes(tmp_path: Path) -> None:
    found = taken(
        [make_zip(tmp_path / "a.zip", {PROFILE: who(), "c/followers_1.json": people("a", "b", "c")})], []
    )
    screen = Console(file=StringIO())
    show_people(found, screen)
    assert screen.file.getvalue() == ""


class _plainly:  # noqa: N801 - stands in for a context manager
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.browser
def test_a_download_becomes_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    members = {
        PROFILE: who(),
        POSTS: [post("Ring me on 01632 960983")],
        "x/archived_posts.json": {"ig_archived_post_media": [post("My number is 01632 960984 now")]},
        "c/followers_1.json": people("sam.pupil", "jo.pupil", "al.pupil"),
        "your_instagram_activity/messages/inbox/sam_1/message_1.json": {"messages": "canary-5512"},
    }
    out = tmp_path / "report"
    file = make_zip(tmp_path / "a.zip", members)
    monkeypatch.setattr(
        sys, "argv", ["scanner", "check", "--export", str(file), "--yes", "--json", "--out", str(out)]
    )
    with pytest.raises(SystemExit) as ended:
        main()
    assert int(ended.value.code or 0) in (0, 8)
    told = json.loads(capsys.readouterr().out)
    (profile,) = told["profiles"]
    assert (profile["url"], told["ownership"], profile["result"]) == (MINE.url, "export", "ok")
    assert profile["flags"] == {"private": False}
    assert profile["export"]["items"]["caption"] == 2
    assert profile["export"]["left_alone"] == {"messages": 1}
    shown = {
        f["excerpt"][-2:]: (f["shown"], f["sources"])
        for f in told["findings"]
        if f["check"] == "personal-contact"
    }
    assert shown == {"83": ("now", ["export"]), "84": ("if-opened", ["export"])}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "We left these alone, unread: messages (1)." in page
    assert "Would show if opened" in page
    assert "Your download may not hold all you ever posted." in page
    assert "as the site sends them" not in page  # nothing was visited
    for word in ("pupil", "canary-5512"):
        assert f"sam.{word}" not in page + json.dumps(told)
        assert word != "canary-5512" or word not in page


def test_the_benchmark_measures_what_it_says() -> None:
    rows = read_speeds(1, 350, 0.002)
    assert [row.name for row in rows] == [*(name for name, _, _ in SHAPES), "350 pictures"]
    assert all(row.megabytes >= 0.99 and row.items > 1000 for row in rows[:-1])
    assert (rows[-1].items, rows[-1].pictures) == (350, 300)
    assert all(row.megabytes_per_second > 0 and row.memory_mb > 10 for row in rows)


def test_a_benchmark_that_does_not_fit_the_disk_is_not_begun() -> None:
    with pytest.raises(UsageError, match="no room"):
        read_speeds(1, 1, 10**9)
