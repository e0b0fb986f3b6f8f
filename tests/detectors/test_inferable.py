"""Facts of one person that together point to one school, though none of them names it."""

import time

import pytest

from data import School, parse_pack, rules
from detectors import Snapshot, Text, inferable

PACK = {
    "name": "Ysgol Gyfun Morwen",
    "risky_names": ["Morwen"],
    "phase": "secondary",
    "nation": "wales",
    "local_authority": "Tresilian County Council",
    "trust": "Lanternfish Trust",
    "uniqueness": [
        "only Welsh-medium secondary in Porthlas",
        "new building on the old slate wharf, opened January 2023",
        "keeps its own flock of Herdwick sheep",
    ],
    "address": {"street": "Heol y Glannau", "town": "Porthlas", "postcode": "ZX4 7QP"},
}
SCHOOL = School(parse_pack(PACK, "morwen"))


def profile(*posts, bio="", location="", id="me", platform="bluesky", author="self"):  # noqa: A002 - the field
    lines = [("bio", bio), ("location", location)]
    texts = [Text(kind, kind, value) for kind, value in lines if value]
    texts += [Text(f"{id}{n}", "post", value, author) for n, value in enumerate(posts)]
    return Snapshot(id, platform, texts=tuple(texts))


def judge(*profiles):
    found = inferable.join(profiles, SCHOOL)
    return [f for f in found if rules()[f.rule].level(f.score) != "candidate"]


@pytest.mark.parametrize(
    ("one", "evidence"),
    [
        (profile(bio="Head of science, Welsh-medium secondary", location="Porthlas"), {"bio", "location"}),
        (
            profile("you can see the slate wharf from our lab", bio="chemistry teacher", location="Porthlas"),
            {"bio", "location", "me0"},
        ),
        (
            profile(
                "Our flock won best Herdwick at the show", "our new hall by the old slate wharf", bio="cook"
            ),
            {"bio", "me0", "me1"},
        ),
        (
            profile(
                "half the town was at my work for the slate wharf opening",
                "Herdwick number nine had twins and my year tens named them",
                location="Porthlas",
            ),
            {"location", "me0", "me1"},
        ),
    ],
)
def test_what_points_to_one_school_is_found_with_the_places_it_stands_in(one, evidence):
    (found,) = judge(one)
    assert {place.where for place in found.evidence} == evidence
    assert found.location in found.evidence
    assert rules()[found.rule].level(found.score) in {"finding", "question"}
    for place in found.evidence:
        value = next(t.value for t in one.texts if t.where == place.where)
        assert 0 <= place.span[0] < place.span[1] <= len(value)


def test_profiles_of_one_person_are_read_together():
    work = profile(bio="I teach chemistry, in Welsh", id="a")
    home = profile("fog on the old slate wharf again, our new building hums", location="Porthlas", id="b")
    assert judge(work) == judge(home.__class__("b", "x")) == []
    (found,) = judge(work, home)
    assert {place.item for place in found.evidence} == {"a", "b"}


def test_the_reason_is_in_plain_words():
    (found,) = judge(
        profile("our flock of Herdwick sheep got out", bio="Year 9 teacher", location="Porthlas")
    )
    assert found.reasons == (
        (
            "your role, the kind of school you work in, your town and "
            "'keeps its own flock of Herdwick sheep' together point to one school"
        ),
    )


@pytest.mark.parametrize(
    "one",
    [
        profile(bio="chemistry teacher", location="Leeds"),  # many schools
        profile("rain again", bio="maths teacher", location="Porthlas"),  # no more than role and town
        profile(
            "The slate wharf is lovely at dusk", "Herdwick sheep everywhere", location="Porthlas"
        ),  # no job
        profile("my son's school has a flock of Herdwick sheep, by the slate wharf", bio="Nurse. Porthlas"),
        profile("I went to school by the old slate wharf, Herdwick sheep and all", bio="Baker, Porthlas"),
        profile(
            "our flock of Herdwick sheep", "the slate wharf is our home", bio="Year 9 teacher", author="other"
        ),
        profile(bio="Parent governor, Welsh-medium secondary, Porthlas"),
        profile(),
    ],
)
def test_what_points_to_many_schools_or_to_nobodys_job_is_left_alone(one):
    assert judge(one) == []


def test_where_the_school_is_named_there_is_nothing_to_infer():
    one = profile("our flock of Herdwick sheep", bio="I teach at Ysgol Gyfun Morwen", location="Porthlas")
    assert judge(one) == []


def test_what_other_people_write_is_no_fact_about_the_person():
    told = profile(
        "love your school by the slate wharf with the Herdwick sheep", bio="teacher", author="other"
    )
    assert judge(told) == []


def test_a_school_that_calls_nothing_unique_is_never_inferred():
    plain = School(parse_pack({"name": "Harfield Green School"}, "plain"))
    one = profile("our flock of Herdwick sheep", bio="Year 9 teacher", location="Porthlas")
    assert list(inferable.join([one], plain)) == []


@pytest.mark.parametrize("unit", ["slate ", "a", "our flock ", "#wharf", "\0", "\ud800"])
def test_long_profiles_take_linear_time(unit):
    one = profile(*[unit * 2000] * 200, bio="teacher", location="Porthlas")
    began = time.perf_counter()
    judge(one)
    assert time.perf_counter() - began < 20  # about 2 s when the machine is idle
