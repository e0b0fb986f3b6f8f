"""A sweep looks only at people who agreed, were told and did not leave, and loses nothing on the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data import School, school_in
from scanner.errors import PartMissing, StoreError, UsageError
from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.closing import close
from scanner.sweeps.model import BY_MAIL, DONE, Job
from scanner.sweeps.queue import ALONE, GIVE_UP
from scanner.sweeps.running import run

from .people import NOW, WORDS, Clock, Site, join, opened, parts

A, B = "https://one.example/a", "https://two.example/b"


def reports(book: Book, person: str) -> list[dict]:
    return list(book.store.held(person, book.store.open(person, WORDS)).reports)


def test_a_person_gets_one_sealed_report_about_all_their_profiles(book: Book) -> None:
    person = join(book.store, A, B)
    sweep = opened(book)
    ended = asyncio.run(run(book, parts(Site(), Clock())))
    assert ended.why == "done"
    (told,) = reports(book, person)
    assert sorted(p["url"] for p in told["profiles"]) == [A, B]
    assert [job.state for job in book.jobs(person, sweep.id)] == [DONE, DONE]
    assert asyncio.run(run(book, parts(Site(), Clock()))).why == "done"
    assert len(reports(book, person)) == 1


OUTSIDE = [
    ({"purposes": ("self-check",)}, "agreed to a check of their own, not to sweeps"),
    ({"ownership": "declared"}, "only says that the profile is theirs"),
    ({"lasts": timedelta(hours=2)}, "the consent ran out before"),
    ({"at": NOW - timedelta(days=500), "lasts": timedelta(days=900)}, "older than twelve months"),
]


@pytest.mark.parametrize(("changes", "why"), OUTSIDE, ids=[why for _, why in OUTSIDE])
def test_nobody_else_is_looked_at(book: Book, changes: dict, why: str) -> None:
    join(book.store, A, **changes)
    opened(book)
    site = Site()
    asyncio.run(run(book, parts(site, Clock())))
    assert site.visits == [], why


def test_whoever_was_not_told_is_left_alone_until_seven_days_after_the_mail(book: Book) -> None:
    person = join(book.store, A)
    sweep = opened(book, told=False)
    site, clock = Site(), Clock()
    asyncio.run(run(book, parts(site, clock)))
    assert site.visits == []
    mailed = replace(book.invitation(person, sweep.id), told_at=NOW, told_by=BY_MAIL)
    book.put_invitation(mailed)
    clock.on(days=6.9)
    asyncio.run(run(book, parts(site, clock)))
    assert site.visits == []
    clock.on(days=0.2)
    asyncio.run(run(book, parts(site, clock)))
    assert site.visits == [A]


def test_logging_in_after_the_announcement_is_enough(book: Book) -> None:
    person = join(book.store, A)
    opened(book, told=False)
    book.seen(person, at=NOW)
    site = Site()
    asyncio.run(run(book, parts(site, Clock())))
    assert site.visits == [A]


def test_the_link_of_the_notice_leaves_this_round_out_and_only_this_one(book: Book) -> None:
    person = join(book.store, A)
    sweep = opened(book)
    book.skip(book.shelf.token(person, sweep.id), at=NOW)
    site = Site()
    asyncio.run(run(book, parts(site, Clock())))
    assert site.visits == []
    assert book.consents_to(person, "sweeps", at=NOW)


@pytest.mark.parametrize("token", ["", "x", "ü", "A" * 96])
def test_a_link_that_is_not_ours_skips_nobody(book: Book, token: str) -> None:
    with pytest.raises(StoreError, match="not one of ours"):
        book.skip(token, at=NOW)


def test_withdrawing_in_mid_sweep_ends_the_visit_in_hand_and_leaves_nothing(book: Book) -> None:
    person = join(book.store, A, B)
    sweep = opened(book)
    consent = next(iter(book.store.consents(person)))
    site = Site(takes=30.0, on_visit=lambda _: book.store.withdraw(person, consent, at=NOW))
    asyncio.run(asyncio.wait_for(run(book, parts(site, Clock())), 10))
    assert len(site.visits) == 1
    assert book.jobs(person, sweep.id) == ()
    assert book.invitation(person, sweep.id) is None
    assert reports(book, person) == []


def test_withdrawing_while_the_report_is_made_leaves_no_report(book: Book) -> None:
    person = join(book.store, A)
    opened(book)
    consent = next(iter(book.store.consents(person)))
    site = Site(on_visit=lambda _: book.store.withdraw(person, consent, at=NOW))
    asyncio.run(run(book, parts(site, Clock(), watch=60.0)))
    assert reports(book, person) == []


def test_whoever_is_erased_in_mid_sweep_is_gone_and_the_others_go_on(book: Book) -> None:
    person = join(book.store, A)
    other = join(book.store, B)
    opened(book)
    keyring = book.store._keyring
    site = Site(on_visit=lambda url: keyring.destroy(person) if url == A else None)
    assert asyncio.run(run(book, parts(site, Clock()))).why == "done"
    assert book.people() == (other,)
    assert len(reports(book, other)) == 1


def test_closing_tells_whoever_was_not_reached(book: Book) -> None:
    reached, missed, untold = (join(book.store, f"https://{n}.example/a") for n in range(3))
    sweep = opened(book, told=False)
    book.seen(reached, at=NOW)
    asyncio.run(run(book, parts(Site(), Clock())))
    book.seen(missed, at=NOW)
    close(book, at=NOW + timedelta(days=31), noise=lambda _: 0)
    assert book.notes(reached) == {}
    assert list(book.notes(missed).values()) == ["missed"]
    assert list(book.notes(untold).values()) == ["untold"]
    assert book.current() is None
    assert book.jobs(missed, sweep.id) == ()


def test_an_opening_that_was_cut_short_is_finished_by_opening_again(book: Book) -> None:
    people = [join(book.store, f"https://{n}.example/a") for n in range(3)]
    sweep = opened(book)
    book.change(sweep, "opening")
    book.leave(people[0], sweep.id)  # as if it had not come to them yet
    again = opened(book, told=False)
    assert again.id == sweep.id
    assert all(len(book.jobs(person, sweep.id)) == 1 for person in people)


def test_people_of_many_schools_are_judged_by_their_own_pack(book: Book) -> None:
    for stem in ("beacon", "oakfield"):
        book.set_school(join(book.store, f"https://{stem}.example/a"), stem)
    opened(book, schools=("beacon", "oakfield"))
    asked: list[str] = []

    def school(stem: str) -> School:
        asked.append(stem)
        return school_in(f"schools/{stem}.toml")

    assert asyncio.run(run(book, parts(Site(), Clock(), school=school))).why == "done"
    told = {reports(book, person)[0]["school"] for person in book.people()}
    assert told == {school_in(f"schools/{stem}.toml").pack.name for stem in ("beacon", "oakfield")}
    assert set(asked) == {"beacon", "oakfield"}


def test_a_refusing_host_rests_for_everybody_and_is_tried_once_more(book: Book) -> None:
    urls = [f"https://busy.example/{n}" for n in range(6)]
    for url in urls:
        join(book.store, url)
    other = join(book.store, B)
    opened(book)
    site, clock = Site({url: ["captcha"] for url in urls}), Clock()
    ended = asyncio.run(run(book, parts(site, clock, at_once=1)))
    assert ended.why == "waiting"
    assert ended.until >= NOW + timedelta(minutes=59)
    assert len([one for one in site.visits if "busy" in one]) == 1
    assert len(reports(book, other)) == 1
    clock.on(hours=1.1)
    asyncio.run(run(book, parts(site, clock, at_once=1)))
    assert len([one for one in site.visits if "busy" in one]) == 2


def test_a_page_that_does_not_answer_is_tried_again_and_the_rest_is_not_read_twice(book: Book) -> None:
    person = join(book.store, A, B)
    opened(book)
    site, clock = Site({A: ["timeout", "ok"]}), Clock()
    others = [join(book.store, f"https://fine.example/{n}") for n in range(2)]

    async def both() -> None:
        stop = asyncio.Event()
        assert (await run(book, parts(site, clock), stop=stop)).why == "waiting"

    asyncio.run(both())
    assert reports(book, person) == []
    clock.on(minutes=11)
    asyncio.run(run(book, parts(site, clock)))
    assert site.visits.count(A) == 2
    (told,) = reports(book, person)
    assert {p["result"] for p in told["profiles"]} == {"ok"}
    assert others


def test_a_profile_behind_a_wall_comes_with_a_two_minute_task(book: Book) -> None:
    person = join(book.store, "https://www.instagram.com/robin_vale", "https://www.facebook.com/robin.vale.7")
    opened(book)
    site = Site({"https://www.instagram.com/robin_vale/": ["login_wall"]})
    site.answers["https://www.instagram.com/robin_vale"] = ["login_wall"]
    asyncio.run(run(book, parts(site, Clock())))
    (told,) = reports(book, person)
    said = {p["platform"]: " ".join(p["coverage"]["not_seen"]) for p in told["profiles"]}
    assert "two-minute task" in said["instagram"]
    assert "two-minute task" in said["facebook"]
    assert not any("facebook" in url for url in site.visits)  # its download comes first


def test_the_budget_of_a_host_lasts_for_a_day(book: Book) -> None:
    for n in range(4):
        join(book.store, f"https://busy.example/{n}")
    opened(book, per_host=3)
    site, clock = Site(), Clock()
    assert asyncio.run(run(book, parts(site, clock, at_once=1))).why == "waiting"
    assert len(site.visits) == 3
    clock.on(days=1)
    assert asyncio.run(run(book, parts(site, clock, at_once=1))).why == "done"


def test_nothing_is_opened_in_quiet_hours(book: Book) -> None:
    join(book.store, A)
    begin = NOW.astimezone() - timedelta(hours=1)
    end = begin + timedelta(hours=3)
    opened(book, quiet=f"{begin:%H}:00-{end:%H}:00")
    site, clock = Site(), Clock()
    assert asyncio.run(run(book, parts(site, clock))).why == "waiting"
    assert site.visits == []
    clock.on(hours=4)
    assert asyncio.run(run(book, parts(site, clock))).why == "done"


def test_a_job_left_in_hand_by_a_dead_process_is_done_by_the_next(book: Book) -> None:
    person = join(book.store, A)
    sweep = opened(book)
    (job,) = book.jobs(person, sweep.id)
    book.put_job(replace(job, state="running", run="somebody-else", lease_until=NOW + timedelta(hours=9)))
    asyncio.run(run(book, parts(Site(), Clock())))
    assert len(reports(book, person)) == 1


def test_a_profile_that_keeps_killing_the_process_is_given_up_and_its_owner_told(book: Book) -> None:
    person = join(book.store, A)
    sweep = opened(book)
    (job,) = book.jobs(person, sweep.id)
    book.put_job(replace(job, crashes=GIVE_UP))
    site = Site()
    asyncio.run(run(book, parts(site, Clock())))
    assert site.visits == []
    (told,) = reports(book, person)
    assert told["profiles"][0]["result"] == "unreadable"


def test_what_may_have_killed_the_process_is_looked_at_alone(book: Book) -> None:
    suspects = [join(book.store, f"https://{n}.example/a") for n in range(3)]
    sweep = opened(book)
    for person in suspects:
        (job,) = book.jobs(person, sweep.id)
        book.put_job(replace(job, crashes=ALONE))
    at_once, most = 0, []

    class Counting(Site):
        async def __call__(self, account, **rest):
            nonlocal at_once
            at_once += 1
            most.append(at_once)
            try:
                return await super().__call__(account, **rest)
            finally:
                at_once -= 1

    asyncio.run(run(book, parts(Counting(takes=0.05), Clock(), at_once=4)))
    assert most == [1, 1, 1]


def test_pausing_stops_new_visits_and_resuming_goes_on(book: Book) -> None:
    join(book.store, A)
    sweep = opened(book)
    book.change(sweep, "paused")
    site = Site()
    assert asyncio.run(run(book, parts(site, Clock()))).why == "paused"
    assert site.visits == []
    book.change(sweep, "open")
    assert asyncio.run(run(book, parts(site, Clock()))).why == "done"


def test_without_a_sweep_there_is_nothing_to_run(book: Book) -> None:
    with pytest.raises(UsageError, match="no sweep is open"):
        asyncio.run(run(book, parts(Site(), Clock())))


def test_a_missing_browser_ends_the_run_and_no_job_is_lost(book: Book) -> None:
    person = join(book.store, A)
    sweep = opened(book)
    with pytest.raises(PartMissing):
        asyncio.run(run(book, parts(Site({A: [PartMissing("no browser")]}), Clock())))
    (job,) = book.jobs(person, sweep.id)
    assert (job.state, job.crashes) == ("waiting", 0)


def test_no_file_says_who_takes_part_or_what_is_visited(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        book = Book(store)
        person = join(store, "https://markerqz7.example/me")
        sweep = opened(book)
        asyncio.run(run(book, parts(Site(), Clock())))
        jobs: tuple[Job, ...] = book.jobs(person, sweep.id)
    raw = (tmp_path / "exposure.duckdb").read_bytes()
    for word in ("markerqz7", person, jobs[0].url, "told_by", "lease_until"):
        assert word.encode() not in raw, word
