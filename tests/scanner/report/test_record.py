"""The JSON a report is written as, and the schema published for it."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

import data
from detectors import Coverage, Location
from scanner.report import CardFigure, to_json
from scanner.report.record import ReportFile, schema_text
from tests import builders

TOP = [
    "schema_version", "status", "created_at", "school", "policy", "ownership",
    "profiles", "findings", "paths", "not_run", "report_card",
]  # fmt: skip
PROFILE = ["url", "platform", "result", "display_name", "bio", "coverage", "flags", "verdicts", "strengths"]
MORE = (["ownership", "export"], ["shown", "sources"])  # beyond the contract, after its keys
FINDING = [
    "id", "check", "rule", "level", "band", "score", "profile", "item", "span", "box", "ref",
    "evidence", "excerpt", "reasons", "clauses", "advice",
]  # fmt: skip


def full():
    place = Location(builders.URL, "p7", span=(3, 9), box=(1, 2, 30, 40), image="a.png")
    return builders.report(
        builders.assessment(
            location=place, evidence=(place,), crop=b"\x89PNG\r\n\x1a\nxxxx", clauses=("SM-01",)
        ),
        not_run=(builders.not_run(),),
    )


def test_the_published_schema_is_the_one_reports_are_made_with():
    assert data.read_bytes("schema/report-1.schema.json").decode() == schema_text()


def test_the_schema_asks_for_every_key():
    schema = json.loads(schema_text())
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    parts = [schema, *schema["$defs"].values()]
    assert all(part["required"] == list(part["properties"]) for part in parts)


def test_every_key_of_the_contract_is_there_in_order():
    told = to_json(full(), card={"location": CardFigure(precision=0.9, recall=None, measured_on="cases 1")})
    assert list(told) == TOP
    assert list(told["profiles"][0]) == [*PROFILE, *MORE[0]]
    assert list(told["findings"][0]) == [*FINDING, *MORE[1]]
    assert list(told["findings"][0]["advice"]) == ["summary", "why", "steps", "minutes", "link", "help"]
    assert told["report_card"]["location"] == {"precision": 0.9, "recall": None, "measured_on": "cases 1"}
    assert told["policy"]["review_due"] == "2025-01"
    assert told["policy"]["overdue"] is True
    ReportFile.model_validate_json(json.dumps(told))


def test_places_are_lists_and_pictures_stay_out():
    told = to_json(full())
    finding = told["findings"][0]
    assert (finding["item"], finding["span"], finding["box"]) == ("p7", [3, 9], [1, 2, 30, 40])
    assert finding["evidence"] == [
        {"item": builders.URL, "where": "p7", "span": [3, 9], "box": [1, 2, 30, 40]}
    ]
    assert "xxxx" not in json.dumps(told)
    assert "iVBOR" not in json.dumps(told)


def test_the_hash_of_a_picture_is_in_no_file():
    told = to_json(builders.report(builders.assessment(print="f0" * 32)))
    assert "f0f0" not in json.dumps(told)


def test_candidates_are_not_reported():
    assert to_json(builders.report(builders.assessment(level="candidate")))["findings"] == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"bio": "half a smile \ud83d"}, "pages cut emoji in two"),
        ({"coverage": Coverage(posts_claimed=-1)}, "some pages claim -1 posts"),
        ({"result": "something_new"}, "later versions add results"),
        ({"platform": ""}, "a saved page"),
    ],
)
def test_odd_pages_still_give_valid_json(changes, why):
    told = to_json(builders.report(profiles=(builders.profile(**changes),)))
    ReportFile.model_validate_json(json.dumps(told))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.pop("not_run"),
        lambda told: told.update(schema_version=2),
        lambda told: told.update(status="done"),
        lambda told: told["findings"][0].update(score=1.5),
        lambda told: told["findings"][0].update(span=[1, 2, 3]),
        lambda told: told["findings"][0]["advice"].pop("why"),
        lambda told: told["profiles"][0]["coverage"].update(posts_seen=-1),
    ],
)
def test_a_wrong_report_is_refused(spoil):
    told = to_json(full())
    spoil(told)
    with pytest.raises(ValidationError):
        ReportFile.model_validate_json(json.dumps(told))
