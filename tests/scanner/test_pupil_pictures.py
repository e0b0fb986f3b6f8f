"""Possible pupils on the way through the house: what becomes of them, and that they are never shown."""

import asyncio
from dataclasses import replace

import pytest

from data import Pack, School, rules
from detectors import Finding, Image, Location, Outcome, Snapshot, place_in
from scanner.gathering import Looked, gather
from scanner.pipeline import _picture, _with_crops, weigh

SCHOOL = School(Pack(name="Harfield Green School"))
BOX = (10, 10, 50, 50)


class Detect:
    """Sees the same in every picture, and counts what it was asked to cut out."""

    def __init__(self, *found: Finding) -> None:
        self.found, self.cut, self.things = found, 0, set()

    async def look(self, image: Image, item: str) -> Outcome:
        return Outcome(self.found)

    async def crop(self, image: Image, box: object, *, thing: bool) -> bytes:
        self.cut += 1
        self.things |= {box} if thing else set()
        return b"jpeg"


def people(count: int = 2) -> Finding:
    faces = tuple(Location("", box=BOX) for _ in range(count))
    return Finding(
        "pupil-image", "people-seen", 0.1, Location("", box=BOX), evidence=faces, reasons=("seen",)
    )


def profile(*found: Finding, pictures: int = 3) -> Looked:
    images = tuple(Image(f"p{i}", f"{i}.jpg", b"") for i in range(pictures))
    read = Snapshot("https://me.example/", "web", url="https://me.example/", images=images)
    return gather(read, Outcome(), [(image, Outcome(found)) for image in images])


def test_pictures_of_people_become_one_question_about_all_of_them():
    one = profile(people())

    (question,) = weigh(one, one.findings, SCHOOL)

    assert (question.check, question.level, question.band) == ("pupil-image", "question", "worth-a-look")
    assert [place.image for place in question.evidence] == ["0.jpg", "1.jpg", "2.jpg"]
    assert question.advice.summary == "Some of your pictures show people. Is a pupil in one of them?"


def test_people_beside_the_logo_are_asked_about_picture_by_picture():
    logo = Finding("school-logo", "logo-in-picture", 0.95, Location("", box=(200, 10, 40, 40)), ref="crest")
    one = profile(people(4), logo, pictures=2)

    told = [a for a in weigh(one, one.findings, SCHOOL) if a.check == "pupil-image"]

    assert [a.location.where for a in told] == ["p0", "p1"]
    assert all(a.band == "today" and a.crop is None for a in told)


def test_a_picture_that_may_show_pupils_is_not_shown_for_the_logo_in_it():
    logo = Finding("school-logo", "logo-in-picture", 0.95, Location("", box=(200, 10, 40, 40)), ref="crest")
    plain = Image("p9", "9.jpg", b"")
    one = profile(people(4), logo, pictures=1)
    alone = replace(logo, location=place_in(logo.location, plain, one.snapshot.id))
    weighed = weigh(one, (*one.findings, alone), SCHOOL)

    shown = _with_crops(weighed, {(name, logo.location.box): b"jpeg" for name in ("0.jpg", "9.jpg")}, 60)

    assert {a.location.image: a.crop for a in shown if a.check == "school-logo"} == {
        "0.jpg": None,
        "9.jpg": b"jpeg",
    }


def test_a_picture_that_may_show_pupils_is_not_cut_out():
    detect = Detect(people())

    asyncio.run(_picture(Image("p1", "a.jpg", b""), "me", detect))

    assert detect.cut == 0


@pytest.mark.parametrize(("rule", "shown"), [("pupil-names", 0), ("screen", 0), ("way-in", 2)])
def test_a_picture_with_pupils_names_is_not_shown_for_anything_else_in_it(rule, shown):
    place = Location("", box=BOX)
    name = Finding("school-text", "school-name-in-picture", 0.97, Location("", box=(1, 1, 9, 9)))
    detect = Detect(Finding("school-text", rule, 0.9, place), name)

    _, crops = asyncio.run(_picture(Image("p1", "a.jpg", b""), "me", detect))

    assert len(crops) == detect.cut == shown
    assert rules()[rule].no_picture is (shown == 0)


@pytest.mark.parametrize(("score", "sharp"), [(0.99, {BOX}), (0.6, set())], ids=["sure", "asked about"])
def test_figures_stay_sharp_only_in_a_logo_that_is_sure(score, sharp):
    logo = Finding("school-logo", "logo-in-picture", score, Location("", box=BOX), ref="crest")
    name = Finding("school-text", "school-name-in-picture", 0.97, Location("", box=(1, 1, 9, 9)))
    detect = Detect(logo, name)

    asyncio.run(_picture(Image("p1", "a.jpg", b""), "me", detect))

    assert (detect.cut, detect.things) == (2, sharp)
