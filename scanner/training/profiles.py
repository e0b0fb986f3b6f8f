"""Writes one made-up person's profiles: their own voice, the lessons in them, and quiet days between."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from scanner.practice.draw import Picture
from scanner.practice.people import Link, Person, Post, Reply
from scanner.training.place import PHOTOS, Place

Fields = dict[str, Any]
NEWEST = date(2026, 6, 14)
PICTURED = frozenset({"pixelpatch"})
"""Platforms on which every post is a picture."""
QUIET_DAYS = 3
"""Posts about nothing much on every open profile."""
LATER = frozenset({"offensive"})
"""Lessons that stand in very old posts."""
SMALL = (1080, 810)
QUIET_WORDS, QUIET_ENDS = ("fern", "slate", "otter", "plum", "quill"), ("moss", "oak", "rain", "tide")
NOW = 2026
MONTHS = ("March", "May", "October")


@dataclass
class Writer:
    """One member of staff while their profiles are written; `talk` is shared, so that no post comes twice."""

    key: str
    name: str
    nick: str
    row: Mapping[str, Any]
    place: Place
    rng: random.Random
    lessons: Mapping[str, Any]
    talk: Mapping[str, list[str]]
    scenes: Mapping[str, str]
    lures: list[str]
    names: Mapping[str, Any]
    _plants: list[Fields] = field(default_factory=list)

    def profile(self, number: int) -> tuple[Person, list[Fields]]:
        """Profile `number` of the person, and what is planted on it as the fields of `Plant`."""
        row, self._plants = self.row["profiles"][number], []
        name = f"{self.key}-{number + 1}"
        state = row.get("state", "open")
        lessons = {key: self.lessons[key] for key in row.get("lessons", ())}
        about = self._bio(name, row, lessons)
        posts = self._posts(name, row, lessons) if state == "open" else ()
        person = Person(
            name=name,
            about=f"{self.row['role']}, {self.row['age']}. {self.row['story']}",
            platform=row["platform"],
            handle=self._handle(row, number),
            display_name=self._display(row),
            headline=self._fill(row.get("headline", "")),
            bio=about,
            robots=row.get("robots", "noindex, nofollow"),
            state=state,
            followers=self.rng.randint(40, 400),
            following=self.rng.randint(40, 400),
            open=tuple(row.get("open", ())),
            avatar=self._face(name, number),
            banner=self._picture(name, "cover", self._scene(), size=(1200, 300)),
            links=self._links(row),
            posts=posts,
            extra=self._extra(row, lessons),
        )
        self._settings(person)
        return person, self._plants

    def _bio(self, name: str, row: Mapping[str, Any], lessons: Mapping[str, Any]) -> str:
        told = [row["bio"]] if row.get("bio") else []
        for key, lesson in lessons.items():
            if lesson["where"] == "bio":
                at = self.rng.randrange(len(lesson["texts"]))
                told = [self._fill(lesson["texts"][at])]
                self._plant(key, lesson, name, "bio", told[0], lesson["safe"][at], also=("headline",))
        return " ".join(told)

    def _posts(self, name: str, row: Mapping[str, Any], lessons: Mapping[str, Any]) -> tuple[Post, ...]:
        if row["platform"] in {"linkposy", "wikiwold"}:
            return ()
        drafts: list[tuple[str, Fields]] = [
            (key, self._lesson(name, key, lesson, row))
            for key, lesson in lessons.items()
            if lesson["where"] not in {"bio", "edit"}
        ]
        drafts += [("", self._quiet(name, n, row)) for n in range(QUIET_DAYS)]
        drafts += [("", {"text": _next(self.lures)}) for _ in range(row.get("lures", 0))]
        self.rng.shuffle(drafts)
        drafts.sort(key=lambda one: one[0] in LATER)
        day, posts = NEWEST, []
        for number, (key, draft) in enumerate(drafts, 1):
            day -= timedelta(days=self.rng.randint(2, 9) if key not in LATER else 3100)
            post = f"p{number:02}"
            pictures = draft.pop("pictures", ())
            if not pictures and row["platform"] in PICTURED:
                pictures = (self._picture(name, f"day{number}", self._scene()),)
            title = "A few lines" if row["platform"] == "pagewright" else ""
            posts.append(
                Post(
                    id=post,
                    date=f"{day}T{self.rng.randint(8, 20):02}:30:00+01:00",
                    title=title,
                    pictures=pictures,
                    **draft,
                )
            )
            for plant in self._plants:
                if key and plant["lesson"] == key and plant["where"] == "":
                    plant["where"] = post
        return tuple(posts)

    def _lesson(self, name: str, key: str, lesson: Mapping[str, Any], row: Mapping[str, Any]) -> Fields:
        at = self.rng.randrange(len(lesson["texts"]))
        text = self._fill(lesson["texts"][at])
        draft: Fields = {"text": text}
        if lesson["where"] == "reply":
            author, said = (self._fill(part) for part in self.rng.choice(lesson["replies"]))
            draft["replies"] = (Reply(author=author, text=said),)
            text = f"{author}: {said}"
        if "picture" in lesson and (lesson["where"] == "picture" or row["platform"] in PICTURED):
            draft["pictures"] = (self._planted_picture(name, key, lesson["picture"]),)
        self._plant(key, lesson, name, "", text, self._fill(lesson["safe"][at]))
        return draft

    def _quiet(self, name: str, number: int, row: Mapping[str, Any]) -> Fields:
        interest = self.row["interests"][number % len(self.row["interests"])]
        said = self.talk[interest]
        draft: Fields = {"text": _next(said)}
        if number == 0 and row["platform"] not in PICTURED:
            draft["pictures"] = (self._picture(name, "quiet", self.scenes[interest]),)
        return draft

    def _plant(
        self,
        key: str,
        lesson: Mapping[str, Any],
        profile: str,
        where: str,
        shows: str,
        safe: str,
        *,
        also: tuple[str, ...] = (),
    ) -> None:
        self._plants.append(
            {
                "lesson": key,
                "check": lesson["check"],
                "level": lesson["level"],
                "profile": profile,
                "where": where,
                "title": lesson["title"],
                "fix": lesson["fix"],
                "shows": shows,
                "safe": safe,
                "also": also,
            }
        )

    def _settings(self, person: Person) -> None:
        """What the switches show: open lists and search engines."""
        if person.state != "open" or self.row.get("clean"):
            return
        settings = self.lessons["settings"]
        for key in settings["order"]:
            if key in person.open or (key == "listed" and person.robots.startswith(("index", "all"))):
                told = settings[key]
                if person.platform in told.get("not_on", ()):
                    continue
                lesson = {**told, "check": told["check"]}
                self._plant("settings", lesson, person.name, "flags", key, "")

    def _extra(self, row: Mapping[str, Any], lessons: Mapping[str, Any]) -> Fields:
        extra: Fields = {"friends": self.rng.sample(self.names["friends"], 5), "batch": 6}
        if row["platform"] == "linkposy":
            extra["theme"] = self.rng.choice(["#335c4a", "#4a3a6a", "#6a3a3a", "#2d4a6a"])
        if row.get("named"):
            extra["experience"] = [
                {
                    "role": self.row["role"],
                    "employer": self.place.words["school"],
                    "dates": "September 2019 to present",
                    "text": "Part of a good team.",
                }
            ]
            extra["skills"] = ["Patience", "Listening", "Tea"]
        for key, lesson in lessons.items():
            if lesson["where"] == "edit":
                title = self._fill(lesson["texts"][0])
                extra["edits"] = [title, "Emperor moth", "Canal lock", "Apostrophe"]
                self._plant(key, lesson, f"{self.key}-{self._at(row)}", "any", title, "")
        return extra

    def _at(self, row: Mapping[str, Any]) -> int:
        return int(self.row["profiles"].index(row)) + 1

    def _links(self, row: Mapping[str, Any]) -> tuple[Link, ...]:
        made = []
        first = self.row["profiles"][0]
        for number, kind in enumerate(row.get("links", ()), 1):
            if kind == "first":
                href = f"/{first['platform']}/{self._handle(first, 0)}"
                made.append(Link(label=f"My {first['platform'].capitalize()}", href=href))
                continue
            lesson = self.lessons[f"link-{kind}"]
            shows = self._words[kind if kind == "mail" else "phone"]
            scheme = "mailto:" if kind == "mail" else "tel:"
            made.append(Link(label=lesson["texts"][0], href=scheme + shows.replace(" ", "")))
            self._plant(
                f"link-{kind}",
                lesson,
                f"{self.key}-{self._at(row)}",
                f"link-{number}",
                shows,
                "",
                also=("bio", "links"),
            )
        return tuple(made)

    def _handle(self, row: Mapping[str, Any], number: int) -> str:
        kind = row["handle"]
        own = self.name.lower().replace(" ", ".").replace("-", "")
        if row["platform"] == "wikiwold":
            return f"wiki/User:{self.nick.capitalize()}"
        if kind == "quiet":
            word = random.Random(f"{self.nick} {number}").choice(QUIET_WORDS)  # noqa: S311
            return f"{word}.and.{QUIET_ENDS[number % 4]}{len(self.name) + number * 7}"
        return own if kind == "own" else self.nick

    def _display(self, row: Mapping[str, Any]) -> str:
        if row["platform"] == "wikiwold":
            return self.nick.capitalize()
        return {"own": self.name, "nick": self.name.split()[0], "quiet": self.nick.rstrip("0123456789")}[
            row["handle"]
        ]

    def _face(self, name: str, number: int) -> Picture:
        shared = self.row.get("shared_face")
        seed = self._seed("face" if shared else f"face {number}")
        scene = "person" if shared or number == 0 else self.scenes[self.row["interests"][0]]
        return Picture(f"{name}-me", scene, seed, (420, 420), words=_dish(scene, seed))

    def _picture(self, name: str, what: str, scene: str, *, size: tuple[int, int] = SMALL) -> Picture:
        seed = self._seed(f"{name} {what}")
        return Picture(f"{name}-{what}", scene, seed, size, words=_dish(scene, seed))

    def _planted_picture(self, name: str, key: str, told: Mapping[str, Any]) -> Picture:
        fields: Fields = {k: self._fill(v) if isinstance(v, str) else v for k, v in told.items()}
        if fields.get("like"):
            fields["like"] = self.rng.choice(sorted(PHOTOS))
        fields["size"] = tuple(fields.get("size", SMALL))
        return Picture(name=f"{name}-{key}", seed=self._seed(f"{name} {key}"), **fields)

    def _scene(self) -> str:
        return self.scenes[self.rng.choice(self.row["interests"])]

    def _seed(self, what: str) -> int:
        return random.Random(f"{self.place.words['school']} {self.nick} {what}").randrange(1, 2**31)  # noqa: S311

    def _fill(self, text: str) -> str:
        return text.format_map(self._words) if "{" in text else text

    @cached_property
    def _words(self) -> Mapping[str, str]:
        rng = random.Random(f"{self.nick} words")  # noqa: S311
        pupil, other = rng.sample(self.names["pupils"], 2)
        given, family = self.name.lower().replace("-", "").split()
        return {
            **self.place.words,
            "role": self.row["role"],
            "role_low": _low(self.row["role"]),
            "name": self.name,
            "first": self.name.split()[0],
            "friend": rng.choice(self.names["friends"]),
            "pupil": pupil,
            "other": other,
            "year": f"Year {rng.randint(3, 6)}",
            "class": f"{rng.randint(3, 9)}{rng.choice('BKMR')}",
            "day": rng.choice(["Tuesday", "Thursday"]),
            "phone": f"07700 900{rng.randint(100, 999)}",
            "home": f"01632 960{rng.randint(300, 699)}",
            "mail": f"{given}.{family}@postbox.example",
            "code": f"{rng.randint(2000, 8999)}",
            "number": str(rng.randint(3, 88)),
            "birth": f"{rng.randint(2, 27)} {rng.choice(MONTHS)} {NOW - self.row['age']}",
            "short_one": self.place.words["short"].split()[0],
        }


def _next(said: list[str]) -> str:
    """The post that was not used for longest."""
    said.append(said.pop(0))
    return said[-1]


def _low(role: str) -> str:
    """The role inside a sentence; letters that stand for words stay large."""
    return role if role[1:2].isupper() else role[:1].lower() + role[1:]


def _dish(scene: str, seed: int) -> str:
    """Stew or cake: two drawn biscuits on a plate look like a face to the finder of faces."""
    return ("stew", "cake")[seed % 2] if scene == "food" else ""
