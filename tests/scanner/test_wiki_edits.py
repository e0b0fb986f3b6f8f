"""What a report says about wiki edits: nothing is called clear that no list was read for."""

from __future__ import annotations

import pytest

import detectors
from data import Pack, School
from detectors import Text
from scanner.gathering import Looked
from scanner.pipeline import weigh
from scanner.report import places
from scanner.verdicts import verdicts
from tests.builders import location, snapshot

SCHOOL = School(Pack(name="Harfield Brook School"))
EDIT = Text(
    "edit-1", "link", "Harfield Brook School", url="https://en.wikipedia.org/wiki/Harfield_Brook_School"
)
OTHER = Text("edit-1", "link", "Bumblebee")
BIO = Text("bio", "bio", "I like bees.")


def judged(*texts, **changes):
    seen = snapshot(BIO, *texts, **{"platform": "wikipedia"} | changes)
    weighed = weigh(Looked(seen), detectors.read(seen, SCHOOL).findings, SCHOOL)
    told = verdicts(seen, weighed, not_run={}, built=detectors.built(), school=SCHOOL)
    return told["wikipedia-editing"], [a for a in weighed if a.check == "wikipedia-editing"]


@pytest.mark.parametrize(
    ("texts", "changes", "verdict", "reason"),
    [
        ((EDIT,), {"counts": {"edits": 1}}, "exposed", "1 place"),
        ((OTHER,), {"counts": {"edits": 1}}, "nothing-seen", "We looked at 1 page you edited."),
        ((), {"counts": {"edits": 0}}, "nothing-seen", "We looked at 0 pages you edited."),
        ((), {}, "could-not-check", "list of Wikipedia edits"),  # the list did not come
        ((), {"platform": "mastodon"}, "could-not-check", "list of Wikipedia edits"),
        ((), {"result": "robots_disallowed"}, "could-not-check", "stay away"),
    ],
)
def test_the_verdict_rests_on_a_list_of_edits(texts, changes, verdict, reason):
    told, _ = judged(*texts, **changes)
    assert (told.verdict, reason in told.reason) == (verdict, True)


def test_the_advice_says_what_changed_about_network_numbers_and_what_did_not():
    _, found = judged(EDIT, counts={"edits": 1})
    assert [a.clauses for a in found] != [()]
    why = found[0].advice.why
    assert "November 2025" in why
    assert "IP address" in why
    assert any("stay in the history" in step for step in found[0].advice.steps)
    assert found[0].url.startswith("https://en.wikipedia.org/wiki/Harfield")


def test_an_edit_is_called_an_edit():
    assert places.words_for(location("edit-3")) == "a page you edited"
