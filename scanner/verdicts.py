"""One answer per check and profile. Silence must mean clear, so every answer says what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import data
from data import School
from detectors import Coverage, Snapshot
from scanner.checklist import PLACE
from scanner.model import Assessment, Strength, Verdict, was_read
from scanner.policy import ILLEGAL

LINKAGE = "account-linkage"
LISTING = ("indexable", "discoverable")
ADVISORY = frozenset({"signed_out_visible"})
"""Flags whose closed state is a request that others may ignore; never shown as a strength."""


def verdicts(
    snapshot: Snapshot,
    assessments: Sequence[Assessment],
    *,
    not_run: Mapping[str, str],
    built: Collection[str],
    school: School,
    asked: Mapping[str, str] | None = None,
    alone: bool = False,
) -> dict[str, Verdict]:
    """The verdict on every public check for one profile.

    `not_run` gives the reason per check that could not run, `built` the checks some detector
    reports, `asked` what the person answered to the checklist, per check: it is the verdict where nothing
    was seen, and beside it where answers show something. `alone`: no other profile of
    the person was read, so that nothing could be joined.
    """
    of_mine = [a for a in assessments if a.location.item == snapshot.id]
    mine = [a for a in of_mine if a.location.where != PLACE]
    answered = {a.check for a in of_mine} - {a.check for a in mine}
    found = {
        check: _verdict(check, snapshot, mine, not_run=not_run, built=built, school=school)
        for check in data.checks()
    }
    if alone and found[LINKAGE].verdict == "nothing-seen":
        found[LINKAGE] = Verdict("could-not-check", _words()["why"]["alone"])
    stopped = any(a.rule == ILLEGAL for a in mine)
    for check, answer in ({} if stopped else asked or {}).items():
        if found[check].verdict == "could-not-check" or check in answered:
            found[check] = Verdict("asked", answer)
    return found


def strengths(snapshot: Snapshot) -> tuple[Strength, ...]:
    """What was positively read as closed. A wall, an absent flag or an empty page is no strength."""
    if not was_read(snapshot.result):
        return ()
    settings = data.facts(snapshot.platform).settings
    why = _words()["strength_why"]
    return tuple(
        Strength(settings[flag].closed, why.get(flag, why["other"]))
        for flag, value in sorted(snapshot.flags.items())
        if value is (flag == "private")
        and flag not in ADVISORY
        and flag in settings
        and settings[flag].closed
    )


def _verdict(
    check: str,
    snapshot: Snapshot,
    mine: Sequence[Assessment],
    *,
    not_run: Mapping[str, str],
    built: Collection[str],
    school: School,
) -> Verdict:
    why = _words()["why"]
    if any(a.rule == ILLEGAL for a in mine):
        return Verdict("could-not-check", why["stopped"])
    levels = [a.level for a in mine if a.check == check]
    partly = f" {why['partly']}" if check in not_run else ""
    if "finding" in levels:
        return Verdict("exposed", f"We saw this in {_count(levels.count('finding'), 'place')}.{partly}")
    if "question" in levels:
        return Verdict("please-look", f"{_count(levels.count('question'), 'question')} for you.{partly}")
    if reason := _unable(check, snapshot, not_run=not_run, built=built, school=school):
        return Verdict("could-not-check", reason)
    if data.checks()[check].looks_at == "settings":
        return _setting(check, snapshot, levels)
    return Verdict("nothing-seen", _looked(check, snapshot, levels, school))


def _unable(
    check: str, snapshot: Snapshot, *, not_run: Mapping[str, str], built: Collection[str], school: School
) -> str:
    """Why this check says nothing about this profile; empty when it does."""
    why = _why(snapshot)
    if not was_read(snapshot.result):
        results = _words()["results"]
        return str(results.get(snapshot.result, results["other"]))
    if check not in built:
        return str(why["not_built"])
    if check in not_run:
        return _sentence(not_run[check])
    if data.checks()[check].looks_at == "settings":
        return ""
    if check == "wikipedia-editing" and "edits" not in snapshot.counts:
        return str(why["no_edits"])
    blind = (
        _no_pictures(check, snapshot, school)
        if data.checks()[check].looks_at == "pictures"
        else _no_words(snapshot)
    )
    return str(why[blind]) if blind else ""


def _no_pictures(check: str, snapshot: Snapshot, school: School) -> str:
    """Why no picture could have shown it, as a key of the texts; empty when we could look."""
    seen = snapshot.coverage
    if check == "school-logo" and not school.logos:
        return "no_logo"
    if check == "known-photo" and not school.photos:
        return "no_photos"
    if seen.images_seen:
        return ""
    if seen.pictures_unreadable:
        return "no_pictures_read"
    return "no_pictures_reached" if snapshot.counts.get("images") or _posts_missed(seen) else ""


def _no_words(snapshot: Snapshot) -> str:
    if not snapshot.texts:
        return "no_texts"
    private = snapshot.flags.get("private") or snapshot.result == "private_confirmed"
    return "no_posts_reached" if _posts_missed(snapshot.coverage) and not private else ""


def _posts_missed(seen: Coverage) -> bool:
    return not seen.posts_seen and bool(seen.posts_claimed)


def _setting(check: str, snapshot: Snapshot, levels: Sequence[str]) -> Verdict:
    why = _why(snapshot)
    facts = data.facts(snapshot.platform)
    flags = snapshot.flags
    if check == "search-listing":
        read = [flag for flag in LISTING if flag in flags]
        if not read:
            return Verdict("could-not-check", why["no_listing"])
        if not any(flags[flag] for flag in read):
            return Verdict("shown-safe", why["unlisted"])
        return Verdict("nothing-seen", _settings_read(len(read)) + _notes(levels))
    read = [flag for flag in flags if flag not in LISTING]
    if (flags.get("private") or snapshot.result == "private_confirmed") and not levels:
        return Verdict("shown-safe", why["private"])
    if not read:
        return Verdict("could-not-check", " ".join(filter(None, (why["no_settings"], facts.visibility))))
    said = _settings_read(len(read)) + _notes(levels)
    return Verdict("nothing-seen", " ".join(filter(None, (said, facts.visibility))))


def _looked(check: str, snapshot: Snapshot, levels: Sequence[str], school: School) -> str:
    """How much "nothing seen" rests on."""
    why = _why(snapshot)
    seen = snapshot.coverage
    said = [_amount(check, snapshot) + _notes(levels)]
    if data.checks()[check].looks_at == "pictures" and seen.pictures_unreadable:
        said.append(f"{_count(seen.pictures_unreadable, 'picture')} could not be read.")
    if seen.posts_claimed and seen.posts_claimed > seen.posts_seen:
        said.append(why["claims"].format(posts=_count(seen.posts_claimed, "post")))
    if snapshot.flags.get("private") or snapshot.result == "private_confirmed":
        said.append(why["behind_private"])
    elif snapshot.result == "ok_partial":
        said.append(why["stopped_short"])
    elif seen.complete != "complete":
        said.append(why["capped" if seen.complete == "capped" else "unsure"])
    if check == "photo-metadata" and seen.images_seen:
        said.append(why["as_sent"])
    told = data.policy(school.pack.policy).exemptions
    heard = set(snapshot.exemptions)
    if school.may_be_named_on(platform=snapshot.platform, url=snapshot.url):
        heard.add("professional_site")
    said += [e.says for name, e in told.items() if name in heard and check in e.allow]
    return " ".join(said)


def _amount(check: str, snapshot: Snapshot) -> str:
    seen = snapshot.coverage
    if check == "wikipedia-editing":
        return f"We looked at {_count(snapshot.counts['edits'], 'page')} you edited."
    pictures = _count(seen.images_seen, "picture")
    if data.checks()[check].looks_at == "pictures":
        videos = f" and {_count(seen.videos_seen, 'video')}" if seen.videos_seen else ""
        partly = ", at a few moments of each video" if videos else ""
        return f"We looked at {pictures}{videos}{partly}."
    return f"We looked at {_count(seen.posts_seen, 'post')} and {pictures}."


def _notes(levels: Sequence[str]) -> str:
    notes = levels.count("note")
    return f" {_count(notes, 'thing')} for your information." if notes else ""


def _settings_read(number: int) -> str:
    return f"We could read {_count(number, 'setting')}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _sentence(reason: str) -> str:
    said = reason.strip()
    return said[:1].upper() + said[1:] + ("" if said.endswith((".", "!", "?")) else ".")


def _why(snapshot: Snapshot) -> Mapping[str, str]:
    """The reasons in words that fit what was read: a page, the person's own download, or both."""
    words = _words()
    evidence = {origin for places in snapshot.origins.values() for origin, _ in places}
    if evidence == {"export"}:
        return {**words["why"], **words["download"]}
    if "export" in evidence:
        return {**words["why"], "behind_private": words["download"]["behind_private"]}
    return cast("Mapping[str, str]", words["why"])


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return data.read_toml("texts/verdicts.toml")
