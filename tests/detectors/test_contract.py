"""What every detector promises, whoever wrote it."""

import importlib
import pickle

import pytest

import detectors
from data import Example, School, checks, parse_pack, read_toml, rules
from detectors import Snapshot, Text, _language

SCHOOL = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))
MODULES = {name: importlib.import_module(f"detectors.{name}") for name in detectors.names()}
READERS = {name: module for name, module in MODULES.items() if hasattr(module, "read")}
RULES_OF = {name: tuple(read_toml(f"rules/{name}.toml")) for name in MODULES}
EXAMPLES = [
    pytest.param(name, rule, example, hit, id=f"{rule}: {'hit' if hit else 'miss'} {number}")
    for name in READERS
    for rule in RULES_OF[name]
    for hit, examples in ((True, rules()[rule].hits), (False, rules()[rule].misses))
    for number, example in enumerate(examples)
]
TEXTS = [
    "I teach at Oakfield Primary, ring me on 07700 900461 or jo@lees.example 🍎",
    "𝐎𝐚𝐤𝐟𝐢𝐞𝐥𝐝 Рrimary \ud800 0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣4️⃣6️⃣1️⃣ \0 k.ward@oakfieldprimary.example",
    "",
    " \n\t",
]


def play(module, example):
    example = Example(text=example) if isinstance(example, str) else example
    text = Text("1", example.kind, example.text, example.author)
    snapshot = Snapshot("1", example.platform, texts=(text,))
    return list(module.read(text, _language.parse([text.value])[0], snapshot, SCHOOL))


@pytest.mark.parametrize("name", MODULES)
def test_a_detector_lists_checks_we_know(name):
    assert MODULES[name].CHECKS
    assert set(MODULES[name].CHECKS) <= set(checks())


@pytest.mark.parametrize("name", MODULES)
def test_a_detector_has_a_rule_file_of_its_name_for_its_checks(name):
    assert {rules()[rule].check for rule in RULES_OF[name]} == set(MODULES[name].CHECKS)


@pytest.mark.parametrize("name", MODULES)
def test_a_detector_has_a_hook(name):
    assert any(hasattr(MODULES[name], hook) for hook in ("read", "look", "weigh", "join", "link"))


@pytest.mark.parametrize("name", READERS)
def test_every_rule_of_a_text_detector_has_examples(name):
    silent = {rule for rule in RULES_OF[name] if not rules()[rule].hits}
    assert not silent


@pytest.mark.parametrize(("name", "rule", "example", "hit"), EXAMPLES)
def test_hits_hit_and_misses_miss(name, rule, example, hit):
    reported = {f.rule for f in play(READERS[name], example) if rules()[f.rule].level(f.score) != "candidate"}
    assert (rule in reported) is hit


@pytest.mark.parametrize("value", TEXTS)
@pytest.mark.parametrize("name", READERS)
def test_findings_are_true_to_their_text(name, value):
    found = play(READERS[name], value)
    assert found == play(READERS[name], value)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes
    for finding in found:
        assert finding.rule in RULES_OF[name]
        assert finding.check == rules()[finding.rule].check
        assert 0 <= finding.score <= 1
        assert finding.reasons
        start, end = finding.location.span
        assert 0 <= start < end <= len(value)
        assert value[start:end] == finding.excerpt
        assert finding.location.where == "1"


def test_an_empty_profile_has_nothing_to_say():
    outcome = detectors.read(Snapshot("1", "web"), SCHOOL)
    assert outcome.findings == ()
    assert outcome.not_run == {}
    assert detectors.join([Snapshot("1", "web")], SCHOOL).findings == ()
