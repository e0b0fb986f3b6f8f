"""The way through the house: consent, acquire, detect, assess, report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

import data
import detectors
from data import School
from detectors import Finding, Image, Location, Outcome, Seen, Snapshot
from scanner.checklist import Answers, hear
from scanner.errors import ConsentError
from scanner.gathering import Box, Crops, Looked, gather
from scanner.model import Assessment, NotRun, ProfileReport, Report, Submission, was_read
from scanner.ownership import hide, narrow, shown_by, weakest
from scanner.platforms import Account, unread
from scanner.policy import assess
from scanner.stances import old_facts
from scanner.together import one_each, sources, twin
from scanner.verdicts import strengths, verdicts

MAX_CROPS = 60
"""Pictures shown in one report; the others are described in words."""

GRACE = 10.0
"""Seconds after a stop in which profiles in hand may still say what they hold."""

LOGO = "school-logo"
"""Where one is found for sure, the figures in it are no faces and stay sharp."""

OnStep = Callable[[str, str, int], None]
"""Called with the profile's address, "pages", "pictures" or "detectors", and the count so far."""


class Acquire(Protocol):
    """Where snapshots come from: a browser session, saved pages, an export."""

    async def __call__(
        self,
        account: Account,
        *,
        on_picture: Callable[[str, bytes], None],
        on_step: Callable[[str, int], None],
        stop: asyncio.Event | None = None,
    ) -> Snapshot: ...


class Detect(Protocol):
    """Where findings come from: the worker pool, or a fake in tests."""

    async def look(self, image: Image, item: str) -> Outcome: ...

    async def read(self, snapshot: Snapshot) -> Outcome: ...

    async def join(self, snapshots: Sequence[Snapshot]) -> Outcome: ...

    async def crop(self, image: Image, box: Box | None, *, thing: bool = False) -> bytes | None: ...


class Ask(Protocol):
    """Who puts the checklist to the person: a terminal, a web page, or a fake in tests."""

    async def __call__(self, snapshots: Sequence[Snapshot], /) -> Answers: ...


async def scan(
    submissions: Sequence[tuple[Account, Submission]],
    *,
    at: datetime,
    school: School,
    acquire: Acquire,
    detect: Detect,
    on_step: OnStep = lambda *_: None,
    stop: asyncio.Event | None = None,
    ask: Ask | None = None,
    at_once: int = 4,
    strict: bool = False,
) -> Report:
    """Look at one person's profiles and say what they may want to change.

    `ask` puts the checklist to the person once all profiles were looked at, so that nothing is asked
    which was read; its answers live in this report only.

    `strict`: a profile that is only said to be the person's own gets no more than the few checks that
    anyone may have, and is not joined with others.

    Setting `stop` ends the scan early: what is done so far is reported, marked "interrupted".

    Raises:
        ConsentError: a submission has no consent that covers `at`; nothing was opened.
    """
    for account, submission in submissions:
        if not submission.consent.covers(at):
            raise ConsentError(f"no consent covers {account.url} on {at:%d %B %Y}; nothing was opened")

    slots = asyncio.Semaphore(at_once)
    stop = stop or asyncio.Event()

    async def one(account: Account) -> Looked:
        async with slots:
            if stop.is_set():
                return Looked(_untouched(account))
            return await look_at(account, acquire=acquire, detect=detect, on_step=on_step, stop=stop)

    looked = await _until(stop, [(account, one(account)) for account, _ in submissions])
    if ask and not stop.is_set():
        looked = listen(looked, await ask([one.snapshot for one in looked]))
    given = [submission for _, submission in submissions]
    if strict:
        looked = [narrow(one, submission) for one, submission in zip(looked, given, strict=True)]
    seen = [one for one in looked if was_read(one.snapshot.result) and not one.narrowed]
    joined = await detect.join([one.snapshot for one in seen]) if seen else Outcome()
    joined = link(seen, joined, school)
    return compose(
        looked,
        joined,
        at=at,
        school=school,
        submissions=given,
        status="interrupted" if stop.is_set() else "complete",
    )


async def look_at(
    account: Account,
    *,
    acquire: Acquire,
    detect: Detect,
    on_step: OnStep = lambda *_: None,
    stop: asyncio.Event | None = None,
) -> Looked:
    """Acquire one profile and judge it; pictures are judged while the page is still being read."""
    early: dict[str, asyncio.Task[tuple[Outcome, Crops]]] = {}

    def on_picture(name: str, data_: bytes) -> None:
        if name not in early:
            early[name] = asyncio.create_task(_picture(Image("", name, data_), account.url, detect))

    try:
        snapshot = await acquire(
            account,
            on_picture=on_picture,
            on_step=lambda kind, done: on_step(account.url, kind, done),
            stop=stop,
        )
        text = asyncio.create_task(detect.read(snapshot))
        for image in snapshot.images:
            on_picture(image.name, image.data)
        pictures = []
        crops: dict[tuple[str, Box | None], bytes | None] = {}
        for done, image in enumerate(snapshot.images, 1):
            outcome, shown = await early[image.name]
            pictures.append((image, outcome))
            crops |= shown
            on_step(account.url, "detectors", done)
        return replace(gather(snapshot, await text, pictures), crops=crops)
    finally:
        for task in early.values():
            task.cancel()


def listen(looked: Sequence[Looked], answers: Answers) -> list[Looked]:
    """Put what the person answered beside what was seen."""
    heard = hear([one.snapshot for one in looked], answers)
    return [
        replace(
            one,
            heard=said,
            findings=(*one.findings, *said.findings),
            snapshot=replace(one.snapshot, exemptions=one.snapshot.exemptions | said.exemptions),
        )
        for one, said in zip(looked, heard, strict=True)
    ]


async def _picture(image: Image, item: str, detect: Detect) -> tuple[Outcome, Crops]:
    """Judge a picture, and cut out what will be shown of it while there is still time."""
    outcome = await detect.look(image, item)
    rules, checks = data.rules(), data.checks()
    told = [found for found in outcome.findings if rules[found.rule].level(found.score) != "candidate"]
    if any(rules[found.rule].no_picture for found in told):
        return outcome, {}
    places = {_spot(found.location) for found in told if not checks[found.check].no_picture}
    logos = {_spot(found.location) for found in told if found.check == LOGO and _is_sure(found)}
    return outcome, {
        (_named(image.name, second), box): await detect.crop(
            replace(image, second=second), box, thing=(box, second) in logos
        )
        for box, second in sorted(places, key=str)
    }


def _spot(place: Location) -> tuple[Box | None, float | None]:
    return place.box, place.second


def _named(image: str, second: float | None) -> str:
    """A picture's name, and for one moment of a video a name of its own."""
    return image if second is None else f"{image}#t={second:g}"


def _is_sure(found: Finding) -> bool:
    return data.rules()[found.rule].level(found.score) == "finding"


def link(looked: Sequence[Looked], joined: Outcome, school: School) -> Outcome:
    """What profiles give together, and besides how one leads to another."""
    seen = [
        Seen(
            one.snapshot,
            (*one.findings, *(f for f in joined.findings if f.location.item == one.snapshot.id)),
            one.marks,
        )
        for one in looked
    ]
    linked = detectors.link(seen, school)
    return replace(
        joined,
        findings=(*joined.findings, *linked.findings),
        not_run={**joined.not_run, **linked.not_run},
    )


def weigh(
    one: Looked,
    findings: Sequence[Finding],
    school: School,
    *,
    at: date | None = None,
    candidates: bool = False,
) -> tuple[Assessment, ...]:
    """Weigh findings about one profile, and what they show together, against its policy."""
    policy = data.policy(school.pack.policy)
    together = detectors.combine(one.snapshot, findings, school).findings
    return assess(
        (*findings, *together),
        snapshot=one.snapshot,
        school=school,
        policy=policy,
        at=at,
        candidates=candidates,
    )


async def _until(stop: asyncio.Event, jobs: Sequence[tuple[Account, Awaitable[Looked]]]) -> list[Looked]:
    tasks = [asyncio.ensure_future(job) for _, job in jobs]
    stopped = asyncio.create_task(stop.wait())
    try:
        everything = asyncio.ensure_future(asyncio.gather(*tasks))
        waiting: set[asyncio.Future[Any]] = {everything, stopped}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not everything.done():
            await asyncio.wait({everything}, timeout=GRACE)
        if everything.done():
            return list(everything.result())
        everything.cancel()
        await asyncio.gather(everything, *tasks, return_exceptions=True)
        return [
            task.result() if _finished(task) else Looked(_untouched(account))
            for task, (account, _) in zip(tasks, jobs, strict=True)
        ]
    finally:
        stopped.cancel()
        for task in tasks:
            task.cancel()


def _finished(task: asyncio.Future[Looked]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _untouched(account: Account) -> Snapshot:
    coverage = detectors.Coverage(not_seen=("You stopped the scan before this profile was read to the end.",))
    return Snapshot(account.url, unread(account).platform, account.url, result="timeout", coverage=coverage)


def compose(
    looked: Sequence[Looked],
    joined: Outcome,
    *,
    at: datetime,
    school: School,
    submissions: Sequence[Submission],
    status: str,
) -> Report:
    """Weigh the findings against the school's policy and write down what was and was not seen."""
    built = detectors.built()
    alone = sum(was_read(one.snapshot.result) for one in looked) < 2  # noqa: PLR2004 - one is alone
    every: list[Assessment] = []
    profiles = []
    not_run = []
    crops = MAX_CROPS
    for one, submission in zip(looked, submissions, strict=True):
        snapshot = one.snapshot
        mine = tuple(f for f in joined.findings if f.location.item == snapshot.id)
        told = weigh(one, (*one.findings, *mine), school, at=at.date())
        weighed = _evidenced([a for a in told if not one.narrowed or a.check not in one.not_run], one)
        missing = {**one.not_run, **joined.not_run}
        shown = _with_crops(weighed, one.crops, crops)
        crops -= sum(a.crop is not None for a in shown)
        every += shown
        not_run += [NotRun(check, snapshot.id, reason) for check, reason in sorted(missing.items())]
        profiles.append(
            ProfileReport(
                url=snapshot.url,
                platform=snapshot.platform,
                result=snapshot.result,
                display_name=snapshot.display_name,
                bio=hide(next((t.value for t in snapshot.texts if t.where == "bio"), ""), submission.code),
                coverage=snapshot.coverage,
                flags=dict(snapshot.flags),
                verdicts=verdicts(
                    snapshot,
                    weighed,
                    not_run=missing,
                    built=built,
                    school=school,
                    asked=one.heard.asked,
                    alone=alone,
                ),
                strengths=(*strengths(snapshot), *one.heard.strengths),
                ownership=shown_by(snapshot, submission),
                imported=submission.imported,
                looked_at=at,
            )
        )
    return Report(
        status=status,
        created_at=at,
        school=school.pack.name,
        policy=school.pack.policy,
        ownership=weakest(profile.ownership for profile in profiles),
        profiles=tuple(profiles),
        findings=tuple(every),
        not_run=tuple(not_run),
        notes=old_facts((profile.platform for profile in profiles), on=at.date()),
    )


def _evidenced(weighed: Sequence[Assessment], looked: Looked) -> list[Assessment]:
    """Each with the kinds of evidence it stands in, its places in the others, and its picture's hash."""
    snapshot = looked.snapshot
    prints = {mark.name: mark.whole.hex() for mark in looked.marks}
    told = []
    for one in weighed:
        origins = snapshot.origins.get(one.location.where, ())
        twins = (twin(snapshot.id, origin, where) for origin, where in origins[1:])
        evidence = tuple(dict.fromkeys((*one.evidence, *twins)))
        told.append(
            replace(
                one,
                evidence=evidence,
                sources=sources(snapshot.origins, one.location.where),
                print=prints.get(one.location.image or "", ""),
            )
        )
    return one_each(told)


def _with_crops(weighed: Sequence[Assessment], crops: Crops, budget: int) -> list[Assessment]:
    """The cut-out places, but none of a picture that may show a pupil, whatever else is in it."""
    hidden = {
        place.image
        for assessment in weighed
        if data.checks()[assessment.check].no_picture
        for place in (assessment.location, *assessment.evidence)
    }
    shown = []
    for assessment in weighed:
        image = assessment.location.image or ""
        crop = crops.get((_named(image, assessment.location.second), assessment.location.box))
        if crop is None or image in hidden or budget <= 0:
            shown.append(assessment)
            continue
        budget -= 1
        shown.append(replace(assessment, crop=crop))
    return shown
