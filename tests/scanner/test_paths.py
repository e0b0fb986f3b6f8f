"""The walk as a value, and as the report draws it."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from detectors import Location
from scanner.model import PathStep
from scanner.paths import path_of
from scanner.report import to_html, to_json
from scanner.report.walk import walk_of
from tests.builders import assessment, profile, report

A, B, C = "https://www.linkedin.com/in/robin", "https://chirper.example/@toast", "https://toast.example/"
PLACES = (
    Location(A, "bio"),
    Location(A, "avatar"),
    Location(B, "avatar"),
    Location(B, "link-1"),
    Location(C),
    Location(C, "bio"),
)
SAID = (
    "your LinkedIn names the school",
    "the same picture leads on",
    "a link there leads on",
    "it shows where you live",
)


def linkage(**changes):
    told = assessment("account-linkage", id="w1", rule="linked", profile=B, location=PLACES[3], excerpt="",
                      evidence=PLACES, reasons=SAID)  # fmt: skip
    return replace(told, **changes)


def test_a_path_has_a_step_for_every_profile():
    assert path_of(linkage()).steps == (
        PathStep(A, "", SAID[0]),
        PathStep(B, SAID[1], ""),
        PathStep(C, SAID[2], SAID[3]),
    )


NO_WALK = [
    {"check": "employer-inferable"},
    {"evidence": PLACES[1:3]},  # a note: two places and nothing that shows
    {"evidence": ()},
    {"evidence": PLACES[:-1]},
    {"evidence": (PLACES[0], PLACES[2], PLACES[1], PLACES[5])},  # a step that begins elsewhere
    {"reasons": SAID[:2]},
]


@pytest.mark.parametrize("changes", NO_WALK)
def test_what_does_not_hang_together_is_no_walk(changes):
    assert path_of(linkage(**changes)) is None


def profiles():
    return (
        profile(A, platform="linkedin"),
        profile(B),
        profile(C, platform="site", display_name='<b>"Toast" & jam</b>'),
    )


def test_json_tells_the_path():
    told = to_json(report(linkage(), profiles=profiles()))
    assert told["paths"] == [
        {
            "steps": [
                {"profile": A, "by": "", "shows": SAID[0]},
                {"profile": B, "by": SAID[1], "shows": ""},
                {"profile": C, "by": SAID[2], "shows": SAID[3]},
            ]
        }
    ]


def test_a_finding_that_is_allowed_draws_no_path():
    assert to_json(report(linkage(level="candidate"), profiles=profiles()))["paths"] == []


def drawing(found):
    page = to_html(report(found, profiles=profiles()))
    return page, ET.fromstring(re.search(r"<svg viewBox=\"0 0 320.*?</svg>", page, re.DOTALL)[0])  # noqa: S314


def test_the_drawing_has_a_name_a_description_and_a_text_version():
    page, svg = drawing(linkage())
    assert svg.get("role") == "img"
    ids = svg.get("aria-labelledby").split()
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert named[ids[0]] == "The way someone could take"
    assert "It shows where you live." in named[ids[1]]
    listed = re.search(r"<figcaption>.*?</figcaption>", page, re.DOTALL)[0]
    assert [said for said in SAID if f"{said[0].upper()}{said[1:]}." not in listed] == []


def test_the_drawing_keeps_all_words_inside():
    _, svg = drawing(linkage(reasons=(SAID[0], "word " * 60, SAID[2], "W" * 300)))
    height = float(svg.get("viewBox").split()[3])
    for text in svg.iter("text"):
        assert len(text.text) <= 40
        assert 0 < float(text.get("y")) < height


def test_boxes_and_arrows_follow_each_other():
    walk = walk_of(path_of(linkage()), {one.url: one for one in profiles()})
    assert [box.title for box in walk.boxes] == ["LinkedIn", "Mastodon", "toast.example"]
    for above, arrow, below in zip(walk.boxes, walk.arrows, walk.boxes[1:], strict=False):
        assert above.top + above.height == arrow.top < arrow.bottom == below.top


def test_the_drawing_needs_nothing_from_outside():
    page, _ = drawing(linkage())
    assert "<script" not in page
    assert 'href="http' not in re.search(r"<figure class=\"walk\">.*?</figure>", page, re.DOTALL)[0]
