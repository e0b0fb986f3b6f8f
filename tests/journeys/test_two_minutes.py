"""Three profiles behind walls: a sweep gives two-minute tasks, the person does them, and what was planted is told."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import data
from scanner.model import Consent, Submission
from scanner.practice.pages import drawn
from scanner.practice.people import Person, Planted, people, planted
from scanner.store import Store
from scanner.sweeps.book import Book
from scanner.sweeps.opening import open_sweep
from scanner.sweeps.running import run
from tests.exports import make_zip
from tests.journeys.command import ROOT, World
from tests.scanner.sweeps.people import Clock, Site, parts

WORDS = "three plain words"
PACK = str(ROOT / "data" / "practice" / "school")
INSTAGRAM = "https://www.instagram.com/dan.whitlow"
FACEBOOK = "https://www.facebook.com/dan.whitlow.7"
LINKEDIN = "https://www.linkedin.com/in/dan-whitlow-1a2b3c"
BY_NAME = {person.name: person for person in people()}
DAN, JAN = BY_NAME["dan"], BY_NAME["jan"]
"""What Dan shows on the practice site stands on his Instagram, what Jan shows on his LinkedIn."""


def test_what_was_planted_behind_walls_is_found_after_the_two_minute_tasks(world: World) -> None:
    home = world.base / "store"
    with Store(home) as store:
        person, _ = store.sign_up(WORDS)
        swept(store, person)
        (told,) = store.held(person, store.open(person, WORDS)).reports
    assert told["findings"] == []
    for profile in told["profiles"]:
        assert profile["result"] in {"login_wall", "skipped_by_terms"}
        assert "two-minute task" in " ".join(profile["coverage"]["not_seen"])
        assert {v["verdict"] for v in profile["verdicts"].values()} == {"could-not-check"}

    download = make_zip(world.base / "download.zip", instagram(DAN))
    for name, page in (("in.html", linkedin(JAN)), ("fb.html", WALL)):
        (world.base / name).write_text(page, encoding="utf-8")
    pages = ("--page", f"{LINKEDIN}=in.html", "--page", f"{FACEBOOK}=fb.html")
    keep = ("--keep", "--home", str(home), "--person", person)
    done = world.run(
        "check",
        "--export",
        str(download),
        *pages,
        *keep,
        "--ask",
        "--yes",
        "--school",
        PACK,
        "--out",
        "r",
        given=ANSWERS,
    )
    assert done.code == 0, done.err
    report = json.loads((world.base / "r" / "report.json").read_text())
    found = {
        (one["profile"], one["check"], one["item"], one["ref"]): one["level"] for one in report["findings"]
    }
    for profile, check, item, ref in PLANTED:
        assert found.get((profile, check, item, ref)) in {"finding", "question"}, (check, item, found)
    assert [profile["url"] for profile in report["profiles"] if profile["result"] == "login_wall"] == [
        FACEBOOK
    ]

    with Store(home) as store:
        held = store.held(person, store.open(person, WORDS))
    assert len(held.reports) == 2
    assert held.changes is not None
    assert set(held.changes.new) == {one["id"] for one in held.reports[0]["findings"]}
    assert held.changes.gone == ()  # nothing was read before, so nothing can have gone


def swept(store: Store, person: str) -> None:
    """A sweep in which Instagram shows its log-in page; the other two ask programs to stay away."""
    now = datetime.now(UTC)
    consent = Consent("sweeps", "1", now - timedelta(minutes=1), now + timedelta(days=30))
    store.add_consent(person, consent)
    for url in (INSTAGRAM, FACEBOOK, LINKEDIN):
        store.add_submission(person, Submission(url, "site", consent, ownership="code"))
    book = Book(store)
    open_sweep(book, at=now, starts_at=now, ends_at=now + timedelta(days=20), notice="")
    book.seen(person, at=now)
    site = Site({INSTAGRAM: ["login_wall"]})
    assert asyncio.run(run(book, parts(site, Clock(now)))).why == "done"
    assert site.visits == [INSTAGRAM]


def instagram(person: Person) -> dict[str, Any]:
    """A practice person's posts and pictures as Instagram's download has them."""
    posts, files = [], {}
    for post in person.posts:
        stamp = int(datetime.fromisoformat(post.date).timestamp())
        media = [
            {"uri": f"media/posts/{one.name}.jpg", "creation_timestamp": stamp, "title": ""}
            for one in post.pictures
        ]
        posts.append({"media": media, "title": post.text, "creation_timestamp": stamp})
        files |= {f"media/posts/{one.name}.jpg": drawn(one).data for one in post.pictures}
    facts = {
        "Username": person.handle,
        "Name": person.display_name,
        "Bio": person.bio,
        "Private Account": "False",
    }
    profile = {"profile_user": [{"string_map_data": {key: {"value": value} for key, value in facts.items()}}]}
    return {
        "personal_information/personal_information/personal_information.json": profile,
        "your_instagram_activity/media/posts_1.json": posts,
        **files,
    }


def linkedin(person: Person) -> str:
    """A practice person's page as LinkedIn shows it and a browser saves it."""
    posts = "".join(
        f'<li><a href="https://www.linkedin.com/posts/{post.id}"><h3>{escape(post.text)}</h3></a></li>'
        for post in person.posts
    )
    about = f'<section class="core-section-container" data-section="summary"><h2>About</h2><div class="core-section-container__content"><p>{escape(person.bio)}</p></div></section>'
    return (
        f'<!doctype html><html lang="en"><head><title>{person.display_name} | LinkedIn</title></head><body><main>'
        f'<section class="top-card-layout"><h1 class="top-card-layout__title">{person.display_name}</h1>'
        f'<h2 class="top-card-layout__headline">{escape(person.headline)}</h2></section>'
        f'{about}<section data-section="posts"><ul>{posts}</ul></section></main></body></html>'
    )


WALL = """<!doctype html><html lang="en"><head><title>Log into Facebook</title></head><body><p>You must log in to
continue.</p><form id="login_form" action="/login/"><input name="email"><input type="password"></form></body></html>"""
ANSWERS = "".join("no\n" for question in data.personal_questions() if not question.tip) + "yes\n" * 60


def place(person: Person, row: Planted) -> str:
    """Where in the download a planted thing stands: posts with a picture are named after it."""
    numbers = {post.id: number for number, post in enumerate(person.posts, 1)}
    if row.where not in numbers:
        return row.where
    pictures = person.posts[numbers[row.where] - 1].pictures
    return f"{pictures[0].name}.jpg" if pictures else f"caption-{numbers[row.where]}"


ON_INSTAGRAM = [row for row in planted() if row.profile == "dan" and row.built and row.where != "flags"]
PLANTED = [
    *(
        (INSTAGRAM, row.check, place(DAN, row), "crest" if row.check == "school-logo" else None)
        for row in ON_INSTAGRAM
    ),
    (LINKEDIN, "personal-contact", "bio", None),
    (LINKEDIN, "confidential-work", "post-2", None),
    (LINKEDIN, "employer-mention", "headline", None),
    (FACEBOOK, "weak-privacy", "checklist", "FB-02"),  # strangers see the list of friends
    (FACEBOOK, "employer-inferable", "checklist", "FB-03"),  # and where one works
    (FACEBOOK, "search-listing", "checklist", "FB-15"),
]
"""Address, check, place and question or reference picture."""
