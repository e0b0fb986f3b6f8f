"""A school's pack is checked in words its writer understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import PackError, load_school, parse_pack

WRONG = [
    ({"nmae": "A School"}, "unknown key 'nmae'; did you mean 'name'"),
    ({"Name": "A School"}, "unknown key 'Name'; did you mean 'name'"),
    ({"name": "A School", "dsl": "x"}, "it belongs under [contacts]"),
    ({"name": "A School", "contacts": {"DSL": "x"}}, "unknown key 'contacts.DSL'; did you mean 'dsl'"),
    ({"name": "A School", "address": {"post_code": "x"}}, "did you mean 'postcode'"),
    ({}, "the key 'name' must be there"),
    ({"name": "A School", "domains": "school.example"}, '\'domains\': write a list, such as ["one", "two"]'),
    ({"name": "A School", "phase": "university"}, "it must be one of 'nursery'"),
    ({"name": 7}, "'name': write it in quotation marks"),
    ({"name": "A School", "retention": {"report": 31}}, "'retention.report'"),  # may only be shortened
]


@pytest.mark.parametrize(("raw", "says"), WRONG)
def test_a_wrong_pack_is_one_sentence_that_names_the_key(raw: dict, says: str) -> None:
    with pytest.raises(PackError) as told:
        parse_pack(raw, "school.toml")
    assert says in str(told.value)
    assert "\n" not in str(told.value)


DOUBTS = [
    ({"domains": ["https://www.x.example/"]}, "no bare domain"),
    ({"handles": ["@x school"]}, "no account name"),
    ({"phones": ["01632 960"]}, "too few digits"),
    ({}, "no logo is given"),
]


@pytest.mark.parametrize(("keys", "says"), DOUBTS)
def test_entries_that_can_never_match_are_doubted(keys: dict, says: str) -> None:
    assert any(says in doubt for doubt in parse_pack({"name": "A School", **keys}, "x").doubts())


def test_a_reference_may_not_leave_the_pack(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (tmp_path / "secret.png").write_bytes(b"x")
    (pack / "link.png").symlink_to(tmp_path / "secret.png")
    for name in ("../secret.png", "link.png", "/etc/hostname"):
        (pack / "school.toml").write_text(f'name = "A School"\n[references]\nlogos = ["{name}"]\n')
        with pytest.raises(PackError, match="outside the pack"):
            load_school(pack)


def test_phase_and_nation_are_read_as_people_write_them() -> None:
    pack = parse_pack({"name": "A School", "phase": "Sixth Form", "nation": "Northern Ireland"}, "x")
    assert (pack.phase, pack.nation) == ("sixth-form", "northern-ireland")
