import io
import threading

import numpy as np
import PIL.Image
import pytest

import detectors
from data import Pack, School, rules, school_in
from detectors import Image, Unavailable, _lettering, _ocr, reading
from detectors._badges import is_name
from detectors._drawn_papers import papers
from detectors._ocr import Line
from detectors._pictures import decode
from detectors._signage import namings, nearest, squeeze
from scanner.practice.bench import bench
from scanner.practice.draw import Picture, draw
from tests import pictures

OAKFIELD = school_in("schools/oakfield.toml")
OSWIN = school_in("schools/stoswins.toml")
BROOK = school_in("practice/school")


def line(text: str, row: int = 0, *, x: float = 100, height: float = 30) -> Line:
    top, width = 100 + 1.4 * height * row, 0.55 * height * len(text)
    corners = [(x, top), (x + width, top), (x + width, top + height), (x, top + height)]
    return Line(text, 0.99, np.array(corners, np.float32))


def lines(*texts: str) -> list[Line]:
    return [line(text, row) for row, text in enumerate(texts)]


def picture(width: int = 1000, height: int = 800):
    return decode(Image("p", "x.png", pictures.encode(np.full((height, width, 3), 128, np.uint8))))


def said(*texts: str, at: School = OAKFIELD) -> dict[str, str]:
    """The level each rule answers with."""
    found = reading.said(picture(), lines(*texts), at)
    return {f.rule: rules()[f.rule].level(f.score) for f in found}


@pytest.mark.parametrize(
    ("texts", "at", "form"),
    [
        (["OAKFIELD PRIMARY SCHOOL"], OAKFIELD, "sure"),
        (["OAKFIELDPRIMARYSCHOOL"], OAKFIELD, "sure"),  # the reader drops spaces
        (["OAKFIELD", "PRIMARY SCHOOL"], OAKFIELD, "sure"),
        (["Welcome to", "Oakfield", "Primary"], OAKFIELD, "sure"),
        (["Oakf1eld Prlmary Schoo1"], OAKFIELD, "sure"),
        (["Oakfeld Primarv Schoo"], OAKFIELD, "sure"),
        (["www.oakfieldprimary.example"], OAKFIELD, "sure"),
        (["contact office@stoswins", "st-oswins.example"], OSWIN, "domain"),
        (["ST OSWINS CATHOLIC PRIMARY SCHOOL"], OSWIN, "sure"),
        (["St Oswin's Catholic", "Primary School"], OSWIN, "sure"),
        (["HARFIELD BROOK"], BROOK, "risky"),  # a stream has that name too
        (["HARFIELD BROOK", "STAFF"], BROOK, "introduced"),
        (["HBS", "pupils' entrance"], BROOK, "acronym"),
        (["HBS", "parcel service"], BROOK, None),
        (["OAKHURST PRIMARY SCHOOL"], OAKFIELD, None),
        (["Ashfield Primary School"], OAKFIELD, None),
        (["Oakfield"], OAKFIELD, None),  # a short name of one word, alone
        (["Oakfield", "Garden Centre"], OAKFIELD, None),
        (["St Oswald's Catholic Primary School"], OSWIN, None),  # three letters away, and another saint
        (["HARFIELD BROOK", "STABLES"], BROOK, "risky"),
        (["Primary School"], OAKFIELD, None),
        (["OAK", "TREE", "FIELD"], OAKFIELD, None),
    ],
)
def test_the_schools_names_are_found_in_what_was_read(texts, at, form):
    found = namings(lines(*texts), at)

    assert (found[0].form if found else None) == form


def test_a_name_broken_over_distant_lines_is_not_put_together():
    assert namings([line("OAKFIELD", 0), line("PRIMARY SCHOOL", 9)], OAKFIELD) == []


@pytest.mark.parametrize(
    ("needle", "hay", "edits"), [("abc", "xxabcxx", 0), ("abc", "xabxx", 1), ("abc", "", 3), ("ab", "ba", 1)]
)
def test_the_nearest_part_is_counted_in_edits(needle, hay, edits):
    assert nearest(needle, hay)[0] == edits


def test_signs_that_readers_mix_up_are_one():
    assert squeeze("0l1-I5") == squeeze("OLLIS") == "ollls"


@pytest.mark.parametrize(
    ("texts", "level"),
    [
        (["Oakfield Primary School", "Jo Lathbury", "Teaching Assistant"], "finding"),
        (["OAKFIELD PRIMARY", "STAFF", "Jo Lathbury", "No. 00417"], "finding"),
        (["Harshire County Council", "Jo Lathbury", "Staff", "ID 20417"], "finding"),
        (["STAFF", "Jo Lathbury", "Teaching Assistant"], "question"),  # whose, is not said
        (["Oakfield Primary School", "Open evening"], None),
        (["Oakfield Primary School", "Visitors to reception"], None),
        (["PENNYGATE BANK", "5500 0000 0000 0004", "VALID THRU 08/27", "JO LATHBURY"], None),
        (["Tern Lane Primary School", "Jo Lathbury", "Class Teacher", "STAFF"], None),
        (["Northgate Hospital", "Jo Lathbury", "Staff Nurse", "ID 33871"], None),
        (["TEACH EXPO", "Jo Lathbury", "Delegate", "Day pass"], None),
        (["Brookshire Libraries", "Jo Lathbury", "Library card"], None),
    ],
)
def test_a_staff_badge_is_told_from_other_cards(texts, level):
    assert said(*texts).get("staff-badge") in ({level} if level else {None, "candidate"})


@pytest.mark.parametrize(
    ("texts", "rule", "level"),
    [
        (["Register 4B", "Zara Qureshi", "Leo Whitby", "Isla Penrose"], "pupil-names", "finding"),
        (["Seating plan Year 8", "Zara Qureshi /", "Leo Whitby N", "Isla Penrose"], "pupil-names", "finding"),
        (["Seating plan", "Zara Qureshi", "Leo Whitby", "Isla Penrose"], "pupil-names", None),  # a wedding
        (["Pub quiz", "The Know It Owls", "Quizzy Rascals", "Late Arrivals"], "pupil-names", None),
        (["Name: Zara", "Class 3B", "My holiday"], "pupil-names", "question"),
        (["Oakfield Primary School", "Staff portal", "User name"], "screen", "finding"),
        (["Log in", "User name"], "screen", None),
        (["Side gate 4471"], "way-in", "question"),
        (["Gate 14", "Seat 22C"], "way-in", None),
    ],
)
def test_papers_and_screens_are_told_by_their_words(texts, rule, level):
    assert said(*texts).get(rule) == level


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Zara Qureshi", True),
        ("JO LATHBURY", True),
        ("Mary-Ann O'Hara", True),
        ("Main Entrance", False),
        ("Zara", False),
    ],
)
def test_lines_shaped_like_names_are_told(text, name):
    assert is_name(text) is name


def test_lettering_is_read_from_a_picture_and_boxed_in_source_pixels():
    drawn = next(p for p in papers("tune") if p.name.endswith("0-board"))
    upright = np.array(PIL.Image.open(io.BytesIO(drawn.image.data)))
    large = np.repeat(np.repeat(upright, 2, axis=0), 2, axis=1)
    found = list(
        reading.look(decode(Image("", "x", pictures.encode(large, "JPEG", quality=85))), drawn.school)
    )

    (name,) = [f for f in found if f.rule == "school-name-in-picture"]
    x, y, width, height = name.location.box
    left, top, wide, high = (2 * v for v in drawn.box)
    assert left - 20 <= x
    assert x + width <= left + wide + 20
    assert top - 20 <= y
    assert y + height <= top + high + 20
    assert name.score > rules()[name.rule].finding_at


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_lettering_that_stands_on_its_side_or_head_is_read(turns):
    drawn = next(p for p in papers("tune") if p.name.endswith("0-board"))
    pixels = decode(drawn.image).rgb
    turned = decode(
        Image("", "x", pictures.encode(np.ascontiguousarray(np.rot90(pixels, turns)), "JPEG", quality=88))
    )

    assert "school-text" in {f.check for f in reading.look(turned, drawn.school)}


def test_drawn_papers_are_read_about_as_well_as_recorded():
    """A sample; `scanner evaluate pictures` measures all, and data/rules/reading.toml holds the figures."""
    right = wrong = missed = 0
    for number, paper in enumerate(papers("heldout")):
        if number % 4:
            continue
        found = reading.look(decode(paper.image), paper.school)
        answers = {f.check for f in found if rules()[f.rule].level(f.score) in {"finding", "question"}}
        right += len(answers & paper.checks)
        wrong += len(answers - paper.checks)
        missed += len(paper.checks - answers)

    assert wrong == 0
    assert right >= 4 * missed


def _scenery() -> list[Picture]:
    posts = [post for post in bench().posts if post.pictures]
    return [
        p.pictures[0] for p in posts if p.pictures[0].scene in {"park", "food", "dog", "water", "person"}
    ][::2]


def _scenery() -> list[np.ndarray]:
    scenes = {"park", "food", "dog", "water", "person"}
    shown = [post.pictures[0] for post in bench().posts if post.pictures]
    return [decode(Image("", "x", draw(p).data)).gray for p in shown if p.scene in scenes][::2]


def test_scenes_without_lettering_are_seldom_read():
    """Reading costs a tenth of a second and more; grass, leaves and cloth must not ask for it."""
    plain = np.full((720, 1280), 90, np.uint8)
    slope = np.tile(np.linspace(0, 255, 1280).astype(np.uint8), (720, 1))
    noise = np.random.default_rng(1).integers(0, 255, (720, 1280)).astype(np.uint8)
    pixels = [sum(a.width * a.height * a.scale**2 for a in _lettering.areas(gray)) for gray in _scenery()]

    assert all(not _lettering.areas(gray) for gray in (plain, slope, noise))
    assert np.mean(pixels) < 75_000  # a sign takes 150,000


def test_tiny_and_plain_pictures_say_nothing():
    for pixels in (np.zeros((20, 20, 3), np.uint8), np.full((500, 500, 3), 90, np.uint8)):
        assert list(reading.look(decode(Image("", "x", pictures.encode(pixels))), OAKFIELD)) == []


def test_without_the_weights_the_checks_are_not_run(monkeypatch):
    def missing(weight_id):
        raise Unavailable("the package rapidocr 3.10.0 is not installed")

    monkeypatch.setattr(_ocr, "_local", threading.local())
    monkeypatch.setattr("detectors._weights.verify", missing)
    outcome = detectors.look(
        Image("", "x", pictures.encode(pictures.scene(1))), "1", School(Pack(name="Oakfield School"))
    )

    assert {"id-badge", "school-text", "pupil-image"} & set(outcome.not_run) >= {"id-badge", "school-text"}
    assert "rapidocr" in outcome.not_run["school-text"]


def test_the_same_picture_reads_the_same():
    drawn = next(p for p in papers("tune") if "badge" in p.name)

    assert list(reading.look(decode(drawn.image), drawn.school)) == list(
        reading.look(decode(drawn.image), drawn.school)
    )
