"""The school named as the employer, and the many sentences that only look like it."""

import time

import pytest

from data import School, parse_pack, read_toml, rules
from detectors import Snapshot, Text, _language, employer
from detectors._names import hits

OAKFIELD = School(parse_pack(read_toml("schools/oakfield.toml"), "oakfield"))
BEACON = School(parse_pack(read_toml("schools/beacon.toml"), "beacon"))
WHARF = School(parse_pack(read_toml("schools/kings-wharf.toml"), "kings-wharf"))
BRANNOCK = School(parse_pack(read_toml("schools/st-brannocks.toml"), "st-brannocks"))


def judge(value, kind="post", author="self", school=OAKFIELD, **snapshot):
    text = Text("1", kind, value, author)
    profile = Snapshot("1", snapshot.pop("platform", "web"), texts=(text,), **snapshot)
    found = employer.read(text, _language.parse([value])[0], profile, school)
    levels = [(rules()[f.rule].level(f.score), f.excerpt) for f in found]
    return [(level, excerpt) for level, excerpt in levels if level != "candidate"]


def levels(*args, **kwargs):
    return [level for level, _ in judge(*args, **kwargs)]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("I teach at Oakfield Primary", "Oakfield Primary"),
        ("I teach at oakfield-primary school", "oakfield-primary school"),
        ("I teach at О\u200bakfield Рrimary", "О\u200bakfield Рrimary"),
        ("I teach at O a k f i e l d P r i m a r y", "O a k f i e l d P r i m a r y"),
        ("my class today #OakfieldPrimary", "#OakfieldPrimary"),
        ("my class today #oakfieldprimaryschool!", "#oakfieldprimaryschool"),
        ("I work at @OakfieldPrimary", "@OakfieldPrimary"),
        ("I teach in Oakfield's year 4", "Oakfield"),
        (
            "I teach here: https://www.oakfieldprimary.example/staff?x=1",
            "https://www.oakfieldprimary.example/staff?x=1",
        ),
    ],
)
def test_a_name_is_found_as_it_stands(value, named):
    assert judge(value) == [("finding", named)]


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("Oakfield Primary | tea", "bio", ["finding"]),
        ("Dad to two at Oakfield Primary", "bio", []),
        ("Former teacher at Oakfield Primary", "bio", ["note"]),
        ("Governor at Oakfield Primary", "bio", ["note"]),
        ("Studied at Oakfield Primary", "bio", []),
        ("Sam Oakfield", "display_name", []),
        ("Sam Oakfield 🌻", "display_name", []),
        ("Music Dept Oakfield", "display_name", ["finding"]),
        ("Mr Lee, Oakfield", "display_name", ["finding"]),
        ("Great morning at Oakfield Primary", "post", ["question"]),
        ("I taught at Oakfield Primary until 2019", "post", ["note"]),
        ("Taught in Leeds for years, now I teach at Oakfield Primary", "post", ["finding"]),
        ("My wife teaches at Oakfield Primary", "post", []),
        ("My mum cried when I got the job of TA at Oakfield Primary", "post", ["finding"]),
        ("My son's school, Oakfield Primary, is shut", "post", []),
        ("I don't teach at Oakfield Primary", "post", []),
        ("West Oakfield Primary School is lovely", "post", []),
        ("I teach at Oakfield Primary in Leeds", "post", ["question"]),  # the pack says Harfield
        ("I teach at Oakfield Primary in Harfield", "post", ["finding"]),
        ("I teach at Oakfeild Primary", "post", ["question"]),
        ("Oakfield is my favourite estate", "post", []),  # a risky name alone
    ],
)
def test_who_says_what_decides(value, kind, expected):
    assert levels(value, kind) == expected


@pytest.mark.parametrize(
    ("value", "school", "expected"),
    [
        ("A beacon of light", BEACON, []),
        ("I teach at The Beacon, a special school", BEACON, ["finding"]),
        ("pint at The Beacon, school night or not", BEACON, []),
        ("KWA shares fell again", WHARF, []),
        ("My year 9s at KWA are a delight", WHARF, ["finding"]),
        ("My year 9s kept saying kwa kwa like ducks", WHARF, []),  # small letters are no acronym
        ("St Brannock was a saint", BRANNOCK, []),
        ("My class at St Brannocks sang", BRANNOCK, ["finding"]),
    ],
)
def test_everyday_words_and_acronyms_need_a_school_nearby(value, school, expected):
    assert levels(value, school=school) == expected


@pytest.mark.parametrize(
    "place",
    [
        {"platform": "linkedin"},
        {"platform": "web", "url": "https://uk.linkedin.com/in/jo"},
        {"exemptions": frozenset({"official_account"})},
        {"exemptions": frozenset({"public_role"})},
    ],
)
def test_what_may_be_named_where_is_left_to_the_policy(place):
    line = "Year 4 teacher at Oakfield Primary"
    assert judge(line, "bio", **place) == judge(line, "bio")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("email me at work k.ward@oakfieldprimary.example", ["question"]),
        ("order it from office@oakfieldprimary.example", ["question"]),  # the office's, but on one's own page
        ("email me at work k.ward@oakfieldgardens.example", []),
    ],
)
def test_a_mailbox_at_the_school_is_worth_a_question(value, expected):
    assert levels(value) == expected


def test_others_words_are_never_more_than_a_question():
    assert levels("See you at Oakfield Primary miss", "comment", "other") == ["question"]
    assert levels("I teach at Oakfield Primary", "comment", "other") == []


@pytest.mark.parametrize(
    "value",
    [
        "a" * 1_000_000,
        "\0" * 100_000 + "Oakfield Primary",
        "\ud800Oakfield Primary\ud800" * 1000,
        "\u202eOakfield Primary\u202c " * 1000,
        "#OakfieldPrimary " * 10_000,
        "#x" * 100_000,
        "a b " * 100_000,
        "O" + "\u0301" * 100_000,
    ],
    ids=[
        "no space",
        "null bytes",
        "lone surrogates",
        "right to left",
        "many tags",
        "many others",
        "letters",
        "accents",
    ],
)
def test_odd_text_breaks_nothing_and_takes_linear_time(value):
    began = time.perf_counter()
    doc = _language.parse([value])[0]
    for hit in hits(doc, OAKFIELD):
        start, end = doc.folded.original(hit.start, hit.end)
        assert 0 <= start < end <= len(value)
    judge(value)
    assert time.perf_counter() - began < 20  # about 1 s when the machine is idle; minutes if quadratic
