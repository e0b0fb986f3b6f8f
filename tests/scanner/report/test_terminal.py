"""The summary in the terminal."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from detectors import Coverage
from scanner.report import Written, show
from tests import builders


def shown(report, written=None, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    show(report, console, written=written)
    return console.file.getvalue()


def test_it_says_what_was_read_and_what_to_do_first():
    text = shown(
        builders.report(builders.assessment(band="this-week", rule="r"), builders.assessment(band="today"))
    )
    assert "chirper.example/@robin_vale" in text
    assert "12 posts, 8 pictures" in text
    assert text.index("Do today (1)") < text.index("Do this week (1)")
    assert "Your phone number is in your bio." in text
    assert "2 minutes" in text


def test_an_unread_profile_promises_nothing():
    wall = builders.profile(result="captcha", coverage=Coverage())
    text = shown(builders.report(profiles=(wall,)))
    assert "We could not look" in text
    assert "We could not read any profile" in text
    assert "Do today" not in text


def test_a_quiet_result_is_no_all_clear():
    text = " ".join(shown(builders.report()).split())
    assert "That does not mean that all is clear" in text
    assert "We checked for 2 kinds of thing." in text
    assert "Do today" not in text


def test_practice_says_so_and_names_the_person():
    console = Console(file=io.StringIO(), width=200)
    show(builders.report(builders.assessment()), console, practice=True)
    text = console.file.getvalue()
    assert text.startswith("Practice report")
    assert "(Robin Vale: your bio on Mastodon)" in text


def test_an_interrupted_scan_says_so():
    assert "stopped before the end" in shown(builders.report(status="interrupted"))


def test_names_from_pages_cannot_colour_or_drive_the_terminal():
    advice = builders.advice(summary="[bold red]x[/] \x1b[2J [link=https://evil.example]y[/link]")
    text = shown(builders.report(builders.assessment(advice=advice)))
    assert "\x1b" not in text
    assert "[bold red]x[/]" in text


def test_long_lists_say_how_much_is_left_out():
    text = shown(builders.report(*(builders.assessment(id=str(n), rule=f"r{n}") for n in range(20))))
    assert "and 8 more, in the report" in text
    assert "Do this week (20)" in text


def test_the_folder_and_the_passphrase_are_shown_whole():
    folder = Path("/home/robin") / ("long-" * 30)
    text = shown(builders.report(), Written(folder, ("report.pdf",), "acorn-kettle-maple-otter"), width=60)
    assert str(folder) in text
    assert "acorn-kettle-maple-otter" in text
    assert "shown once" in text
