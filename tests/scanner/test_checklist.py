"""The checklist: what is asked, and what an answer is worth."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import click
import pytest
from click.testing import CliRunner
from rich.console import Console

import data
from data import Pack, School
from detectors import Coverage, Outcome, Snapshot
from scanner.checklist import ANSWERS, MOST, PERSON, PLACE, answer, hear, sheets
from scanner.cli.asking import ask
from scanner.errors import UsageError
from scanner.pipeline import scan
from scanner.platforms import Account
from scanner.report import to_html
from scanner.report.terminal import summary
from tests.builders import AT, submission
from tests.data.test_data import NEVER, reading

SCHOOL = School(Pack(name="Harfield Green School"))
FACEBOOK = "https://www.facebook.com/robin.vale.example"
WALL = Snapshot(FACEBOOK, "facebook", FACEBOOK, result="login_wall")
READ = replace(WALL, result="ok", coverage=Coverage(posts_seen=1, complete="complete"))
PLATFORMS = (*data.stems("platforms"), "gruntle")
TABLE = tuple(f"FB-{number:02}" for number in range(1, 17))


class Detect:
    """Finds nothing."""

    async def look(self, image, item):
        return Outcome()

    async def read(self, snapshot):
        return Outcome()

    async def join(self, snapshots):
        return Outcome()

    async def crop(self, image, box):
        return None


def asked_of(snapshot: Snapshot) -> tuple[str, ...]:
    found = [sheet for sheet in sheets([snapshot]) if sheet.profile == snapshot.id]
    return tuple(question.id for sheet in found for question in sheet.questions)


def report(answers, *snapshots: Snapshot):
    pages = {one.url: one for one in snapshots or (WALL,)}

    async def acquire(account, **_):
        return pages[account.url]

    async def put(_snapshots):
        return answers

    pairs = [(Account(one.platform, "", one.url), submission(one.url)) for one in pages.values()]
    return asyncio.run(
        scan(pairs, at=AT, school=SCHOOL, acquire=acquire, detect=Detect(), ask=put if answers else None)
    )


def only(told):
    (found,) = told.findings
    return found


def test_every_row_of_the_unions_table_is_on_the_facebook_list():
    assert asked_of(WALL)[:16] == TABLE


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nobody_is_asked_more_than_twenty_questions_about_one_profile(platform):
    one = Snapshot("x", platform, "https://gruntle.example/me")
    for sheet in sheets([one]):
        assert 1 <= sum(not question.tip for question in sheet.questions) <= MOST


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_profile_is_asked_about_sign_in_and_each_social_one_about_pupils_and_parents(platform):
    asked = set(asked_of(Snapshot("x", platform, "https://gruntle.example/me")))
    assert {"two-step", "school-email"} <= asked
    assert ({"pupils", "parents"} <= asked) is (data.facts(platform).kind == "social")


@pytest.mark.parametrize(
    ("flags", "answered"),
    [
        ({"friends_visible": True}, {"FB-02"}),
        ({"friends_visible": False}, {"FB-02"}),
        ({"private": False}, {"FB-06"}),
        ({"phone_visible": True}, {"FB-14"}),
        ({"phone_visible": False}, set()),  # the email may still show
        ({"phone_visible": False, "email_visible": False}, {"FB-14"}),
        ({"private": True}, {"FB-06", "FB-12", "FB-13"}),  # behind a closed door these do not matter
        ({"duets_open": True}, set()),
    ],
)
def test_what_a_page_or_export_showed_is_not_asked_again(flags, answered):
    assert set(asked_of(WALL)) - set(asked_of(replace(READ, flags=flags))) == answered


def test_a_school_address_that_a_download_named_is_not_asked_about():
    seen = replace(READ, sign_in=("robin@school.example",))
    assert set(asked_of(WALL)) - set(asked_of(seen)) == {"school-email"}


def test_questions_about_the_person_come_once_and_first():
    other = Snapshot("t", "tiktok", "https://www.tiktok.com/@robinvale")
    assert [sheet.profile for sheet in sheets([WALL, other])] == [PERSON, FACEBOOK, "t"]


def test_an_exemption_that_is_known_is_not_asked_about():
    told = replace(WALL, exemptions=frozenset({"own_child"}))
    assert "own-child" not in [question.id for question in sheets([told])[0].questions]


def test_no_profile_no_questions():
    assert sheets([]) == ()


def test_beliefs_and_votes_are_never_asked_about_and_an_answer_is_dropped():
    told = report({FACEBOOK: {"FB-10": "yes"}})
    assert told.findings == ()
    assert "asked" not in {verdict.verdict for verdict in told.profiles[0].verdicts.values()}


@pytest.mark.parametrize(
    ("question", "said", "check", "rule", "level"),
    [
        ("FB-02", "yes", "weak-privacy", "flag-friends-visible", "finding"),
        ("FB-02", "not sure", "weak-privacy", "flag-friends-visible", "question"),
        ("FB-06", "no", "weak-privacy", "flag-private", "finding"),  # here a no is what tells
        ("FB-03", "yes", "employer-inferable", "asked-work", "finding"),
        ("FB-07", "yes", "weak-privacy", "asked-intro", "question"),  # the top is public for everyone
        ("FB-15", "yes", "search-listing", "flag-indexable", "finding"),
        ("school-email", "yes", "official-contact", "asked-school-email", "finding"),
        ("two-step", "no", "weak-privacy", "asked-two-step", "finding"),
        ("pupils", "yes", "pupil-contact", "asked-pupils", "finding"),
        ("pupils", "not sure", "pupil-contact", "asked-pupils-maybe", "question"),
        ("parents", "yes", "pupil-contact", "asked-parents", "finding"),
    ],
)
def test_a_telling_answer_is_reported_under_its_check(question, said, check, rule, level):
    told = report({FACEBOOK: {question: said}})
    found = only(told)
    assert (found.check, found.rule, found.level, found.ref) == (check, rule, level, question)
    assert found.location.where == PLACE
    assert found.reasons[0].startswith(f'you answered "{said}"')
    assert told.profiles[0].verdicts[check].verdict == "asked"


@pytest.mark.parametrize(
    ("question", "said"), [("FB-02", "no"), ("FB-06", "yes"), ("two-step", "yes"), ("pupils", "no")]
)
def test_a_good_answer_is_a_strength_that_says_whose_word_it_is(question, said):
    told = report({FACEBOOK: {question: said}})
    assert told.findings == ()
    (good,) = told.profiles[0].strengths
    assert good.why == "You told us so. We could not see it ourselves."


def test_an_answer_is_never_shown_as_something_that_was_read():
    told = report({FACEBOOK: {"FB-06": "yes"}})
    assert told.profiles[0].flags == {}
    assert told.profiles[0].verdicts["weak-privacy"].verdict == "asked"


@pytest.mark.parametrize("said", ["skip", None])
def test_a_question_left_out_changes_nothing(said):
    without = report({}).profiles[0]
    assert report({FACEBOOK: {"FB-02": said} if said else {"FB-99": "yes"}}).profiles[0] == without


def test_the_verdict_counts_answers_and_what_was_left_out():
    told = report({FACEBOOK: {"FB-02": "yes", "FB-11": "no", "FB-06": "not sure"}})
    assert (
        told.profiles[0]
        .verdicts["weak-privacy"]
        .reason.startswith("We asked you: 1 to look at, 1 not sure, 1 as it should be, ")
    )


def test_an_open_setting_on_a_page_stays_exposed_whatever_was_answered():
    read = replace(READ, flags={"friends_visible": True})

    class Sees(Detect):
        async def read(self, snapshot):
            import detectors

            return detectors.read(snapshot, SCHOOL)

    async def acquire(account, **_):
        return read

    async def put(_snapshots):
        return {FACEBOOK: {"FB-11": "no"}}

    told = asyncio.run(
        scan(
            [(Account("facebook", "", FACEBOOK), submission(FACEBOOK))],
            at=AT,
            school=SCHOOL,
            acquire=acquire,
            detect=Sees(),
            ask=put,
        )
    )
    assert told.profiles[0].verdicts["weak-privacy"].verdict == "exposed"


@pytest.mark.parametrize(
    ("question", "said", "lines"),
    [
        ("FB-02", "yes", {"SM-17", "SM-19", "SM-24", "DX-04", "FB-02"}),
        ("FB-15", "yes", {"SM-20", "SM-24", "FB-15"}),
        ("pupils", "yes", {"SM-02", "SM-06", "IE-05"}),
        ("parents", "yes", {"SM-04"}),  # parents are not pupils
        ("two-step", "no", {"DX-11", "SM-21"}),
        ("school-email", "yes", {"SM-13"}),
    ],
)
def test_each_answer_cites_its_own_lines_of_the_policy(question, said, lines):
    assert set(only(report({FACEBOOK: {question: said}})).clauses) == lines


@pytest.mark.parametrize("row", [row for row in TABLE if row != "FB-10"])
def test_each_row_of_the_table_cites_itself_and_the_line_that_asks_for_the_table(row):
    found = only(report({FACEBOOK: {row: "no" if row == "FB-06" else "yes"}}))
    assert {row, "SM-24"} <= set(found.clauses)


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("tell", {"SM-03"}),
        ("device-shared", {"DX-11", "SM-21", "CN-03"}),
        ("device-lock", {"DX-11", "CN-05"}),
    ],
)
def test_what_is_said_about_the_person_stands_once_in_the_first_profile(question, lines):
    other = Snapshot("https://www.tiktok.com/@rv", "tiktok", "https://www.tiktok.com/@rv")
    said = "no" if question == "device-lock" else "yes"
    found = only(report({PERSON: {question: said}}, WALL, other))
    assert found.profile == FACEBOOK
    assert set(found.clauses) == lines


def test_pupils_among_contacts_are_for_today_and_the_safeguarding_lead():
    found = only(report({FACEBOOK: {"pupils": "yes"}}))
    assert found.band == "today"
    assert "safeguarding lead" in found.advice.help


def test_not_being_sure_about_pupils_is_no_alarm():
    assert only(report({FACEBOOK: {"pupils": "not sure"}})).band != "today"


def test_an_own_child_at_the_school_turns_the_finding_into_a_question():
    found = only(report({PERSON: {"own-child": "yes"}, FACEBOOK: {"pupils": "yes"}}))
    assert found.level == "question"
    assert found.band != "today"
    assert "Your own child, or another of your family, is a pupil." in found.reasons


def test_not_sure_is_no_exemption():
    found = only(report({PERSON: {"own-child": "not sure"}, FACEBOOK: {"pupils": "yes"}}))
    assert found.level == "finding"


def test_what_only_matters_on_an_open_account_is_dropped_when_it_is_said_to_be_closed():
    (heard,) = hear([WALL], {FACEBOOK: {"FB-06": "yes", "FB-12": "yes"}})
    assert heard.findings == ()


def test_an_answer_that_is_none_is_refused_by_name():
    with pytest.raises(
        UsageError, match="'maybe' is no answer to question FB-02; say yes, no, not sure, skip"
    ):
        hear([WALL], {FACEBOOK: {"FB-02": "maybe"}})


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_answer_that_tells_has_advice(platform):
    url = "https://gruntle.example/me"
    one = Snapshot(url, platform, url, result="login_wall")
    for said in ("yes", "no", "not sure"):
        answers = {
            sheet.profile: {question.id: said for question in sheet.questions} for sheet in sheets([one])
        }
        for found in report(answers, one).findings:
            assert found.advice.summary, found.ref
            assert 2 <= len(found.advice.steps) <= 4, found.ref
            assert "{" not in f"{found.advice}", found.ref
            assert found.clauses, found.ref


@pytest.mark.parametrize("platform", PLATFORMS)
def test_questions_can_be_read_at_the_age_of_eleven(platform):
    for sheet in sheets([Snapshot("x", platform, "https://gruntle.example/me")]):
        words = [text for q in sheet.questions for text in (q.ask, q.hint) if text]
        grade, _, longest = reading(words)
        assert grade <= 6
        assert longest <= 25
        for question in sheet.questions:
            said = " ".join((question.ask, question.hint, question.means, question.why, *question.steps))
            assert reading([question.ask])[0] <= 9, question.ask
            assert not [word for word in NEVER if word in said.lower()]


def test_a_report_of_answers_alone_says_that_nothing_was_read():
    told = report({FACEBOOK: {"FB-02": "yes"}})
    for shown in (terminal(told), to_html(told, pack=SCHOOL.pack, card={}, version="1")):
        assert "hold only what you told us" in shown
        assert "the lists below are empty" not in shown
        assert "your answer" in shown
    assert "the lists below are empty" in terminal(report({}))


def terminal(told) -> str:
    console = Console(width=400, record=True, file=io.StringIO())
    console.print(summary(told))
    return console.export_text()


def test_an_answer_may_be_short():
    written = {
        "Y": "yes",
        " no ": "no",
        "?": "not sure",
        "Not-Sure": "not sure",
        "S": "skip",
        "": None,
        "perhaps": None,
    }
    assert {text: answer(text) for text in written} == written


def at_the_terminal(written: str, *snapshots: Snapshot):
    answers = {}

    @click.command()
    def command():
        answers.update(ask(snapshots or (WALL,)))

    shown = CliRunner().invoke(command, input=written, catch_exceptions=False)
    assert shown.exit_code == 0
    return answers, shown.output


def test_the_terminal_takes_answers_until_the_person_stops():
    answers, _ = at_the_terminal("n\nn\nyes\n?\nskip\ny\nwhat\nno\nstop\n")
    assert answers[PERSON] == dict(
        zip(
            ("own-child", "family-friend", "tell", "device-lock", "device-shared"),
            ("no", "no", "yes", "not sure", "skip"),
            strict=True,
        )
    )
    assert answers[FACEBOOK] == {"FB-01": "yes", "FB-02": "no"}  # "what" was asked again


def test_the_end_of_the_input_leaves_the_rest_out():
    answers, _ = at_the_terminal("n\n")
    assert answers == {PERSON: {"own-child": "no"}}


def test_nothing_but_answers_is_asked_for_five_times_at_most():
    answers, _ = at_the_terminal("what\n" * 5 + "yes\nstop\n")
    assert answers[PERSON] == {"own-child": "skip", "family-friend": "yes"}


def test_all_answers_of_the_terminal_are_answers():
    answers, _ = at_the_terminal("yes\n" * 60)
    assert {said for given in answers.values() for said in given.values()} <= set(ANSWERS)
    assert len(answers[FACEBOOK]) == 19
