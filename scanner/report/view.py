"""What was looked at and what came of it, as a reader meets it: in order, in words, profile by profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import data
from scanner import model
from scanner.model import Imported, NotRun, ProfileReport, Report
from scanner.report import places
from scanner.report.words import amount, safe_href, texts, tidy

SPOKEN = ("exposed", "please-look")
MAX_FILES = 12
"""Files of a download that are named; the report's JSON names them all."""


UNSEEN = frozenset({"could-not-check", "asked"})
"""Verdicts that rest on nothing the scanner saw."""


@dataclass(frozen=True, slots=True)
class Row:
    """One profile in the list of what we could and could not see. `state` is fine, part or unread."""

    name: str
    site: str
    url: str
    url_shown: str
    title: str
    says: str
    state: str
    looked_at: tuple[str, ...]
    missed: tuple[str, ...]
    owned: str
    imported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """The checks of one profile that led to no finding, gathered under each verdict by reason."""

    heading: str
    read: bool
    strengths: tuple[tuple[str, str], ...]
    groups: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]


def checked(report: Report) -> str:
    """How many kinds of thing were checked, and how many could not be on any profile."""
    words: Mapping[str, Any] = texts()["checked"]
    said = [_verdicts(profile, report) for profile in report.profiles]
    known = dict.fromkeys(check for answers in said for check in answers)
    done = {check for answers in said for check in answers if answers[check][0] not in UNSEEN}
    told = {check for answers in said for check in answers if answers[check][0] == "asked"}
    unknown = set(known) - done - told
    missing = sorted(unknown, key=lambda check: (_rank(words["telling"], check), _order(check)))
    if not known:
        return ""
    if not done:
        return str(words["done_none"])
    sentence = amount(words, "done", len(done))
    if not missing:
        return sentence
    title = words["names"].get(missing[0]) or check_title(missing[0])
    such = title[:1].lower() + title[1:]
    key = "missing_one" if len(missing) == 1 else "missing_many"
    return f"{sentence} {words[key].format(n=len(missing), such=such)}"


def rows(report: Report, *, practice: bool = False) -> tuple[Row, ...]:
    """What happened at each profile, in words; in `practice` nothing on this computer is linked.

    Where profiles were shown to be the person's in unlike ways, each says how.
    """
    unlike = len({profile.ownership for profile in report.profiles}) > 1
    return tuple(_row(profile, practice, unlike) for profile in report.profiles)


def unchecked(report: Report) -> Mapping[str, tuple[str, ...]]:
    """What could not be checked on any of several profiles that were read, once for them all, by reason."""
    read = [_verdicts(profile, report) for profile in report.profiles if was_read(profile)]
    if len(read) < 2:  # noqa: PLR2004 - one profile says it in its own place
        return {}
    reasons: dict[str, list[str]] = {}
    for check, (verdict, reason) in read[0].items():
        if verdict == "could-not-check" and all(other.get(check) == (verdict, reason) for other in read[1:]):
            reasons.setdefault(_reason(reason), []).append(check_title(check))
    return {reason: tuple(checks) for reason, checks in reasons.items()}


def unread(report: Report) -> str:
    """The key of the words for a report of which no profile was read: its lists may still hold answers."""
    told = any(found.level != "candidate" for found in report.findings)
    return "only_told" if told else "nothing_read"


def answers(report: Report, *, practice: bool = False) -> tuple[Answers, ...]:
    """What was well, silent or not checked, profile by profile, without what `unchecked` says of all."""
    said = {(reason, check) for reason, checks in unchecked(report).items() for check in checks}
    return tuple(_answers(profile, report, said, practice) for profile in report.profiles)


def was_read(profile: ProfileReport) -> bool:
    """Whether the page itself was read, so that silence means something."""
    return model.was_read(profile.result)


def check_title(check: str) -> str:
    """A check's name in words; an unknown one is shown as it is."""
    known = data.checks().get(check)
    return known.title if known else tidy(check, 60)


def _row(profile: ProfileReport, practice: bool, unlike: bool) -> Row:  # noqa: FBT001
    results: Mapping[str, Mapping[str, str]] = texts()["results"]
    whole = profile.coverage.complete == "complete"
    end = "capped" if profile.coverage.complete == "capped" else "unsure"
    state = profile.result if whole or profile.result != "ok" else f"ok_{end}"
    if profile.imported and was_read(profile):
        state = "ok_download"
    result = results.get(state, results["other"])
    address = "" if practice and places.is_local(profile.url) else safe_href(profile.url)
    return Row(
        name=tidy(profile.display_name, 60),
        site=places.site_of(profile),
        url=address,
        url_shown=places.shown(profile.url, practice=practice),
        title=result["title"],
        says=result["says"],
        state="unread" if not was_read(profile) else "part" if state.startswith("ok_") else "fine",
        looked_at=_looked_at(profile),
        missed=_missed(profile),
        owned=str(texts()["ownership"].get(f"row_{profile.ownership}", "")) if unlike else "",
        imported=_imported(profile.imported),
    )


def _imported(imported: Imported | None) -> tuple[str, ...]:
    """What was read of a person's own download, and what was left alone."""
    if imported is None:
        return ()
    words: Mapping[str, str] = texts()["imported"]
    items = [amount(words, kind, number) for kind, number in imported.items.items() if number]
    files = [tidy(name, 60) for name in list(imported.read)[:MAX_FILES]]
    more = len(imported.read) - len(files)
    said = [words["read"].format(what=", ".join(items) or words["nothing"])]
    if files:
        said.append(words["files"].format(files=", ".join(files)) + (f" (+{more})" if more > 0 else ""))
    if imported.left_alone:
        kinds = ", ".join(f"{kind} ({number:,})" for kind, number in imported.left_alone.items())
        said.append(words["left"].format(kinds=kinds))
    return tuple(said)


def _looked_at(profile: ProfileReport) -> tuple[str, ...]:
    words: Mapping[str, str] = texts()["coverage"]
    seen = profile.coverage
    if not was_read(profile) and not (seen.posts_seen or seen.images_seen or seen.videos_seen):
        return (words["nothing"],)
    claimed = seen.posts_claimed
    more = claimed is not None and claimed > seen.posts_seen
    posts = words["posts_of"].format(n=seen.posts_seen, claimed=claimed) if more else ""
    lines = [posts or amount(words, "posts", seen.posts_seen), amount(words, "pictures", seen.images_seen)]
    if seen.videos_seen:
        lines.append(amount(words, "videos", seen.videos_seen))
    if profile.imported and (comments := profile.imported.items.get("comment", 0)):
        lines.append(amount(texts()["imported"], "comment", comments))
    return tuple(lines)


def _missed(profile: ProfileReport) -> tuple[str, ...]:
    words: Mapping[str, str] = texts()["coverage"]
    seen = profile.coverage
    ends: Mapping[str, str] = texts()["complete"]
    lines = [tidy(line, 240) for line in seen.not_seen]
    if was_read(profile) and seen.complete != "complete":
        end = "download" if profile.imported and seen.complete == "unsure" else seen.complete
        lines.insert(0, ends.get(end, ends["unsure"]))
    if seen.pictures_unreadable:
        lines.append(amount(words, "unreadable", seen.pictures_unreadable))
    nothing = words["nothing_missed"] if was_read(profile) else words["everything_missed"]
    return tuple(lines) or (nothing,)


def _answers(
    profile: ProfileReport,
    report: Report,
    said: set[tuple[str, str]],
    practice: bool,  # noqa: FBT001
) -> Answers:
    noted = {f.check for f in report.findings if f.profile == profile.url and f.level == "note"}
    found: dict[str, dict[str, list[str]]] = {}
    for check, (verdict, reason) in _verdicts(profile, report).items():
        title = check_title(check)
        if verdict == "could-not-check" and (_reason(reason), title) in said:
            continue
        heading = "noted" if verdict == "nothing-seen" and check in noted else verdict
        found.setdefault(heading, {}).setdefault(_reason(reason), []).append(title)
    name = tidy(profile.display_name, 60)
    site = places.site_of(profile)
    return Answers(
        heading=", ".join(filter(None, (name, site))) or places.shown(profile.url, practice=practice),
        read=was_read(profile),
        strengths=tuple((tidy(s.text, 200), tidy(s.why, 240)) for s in profile.strengths),
        groups={
            verdict: tuple((reason, tuple(checks)) for reason, checks in reasons.items())
            for verdict, reasons in found.items()
        },
    )


def _verdicts(profile: ProfileReport, report: Report) -> dict[str, tuple[str, str]]:
    """Verdict and reason per check, in the order reports use; silence on an unread page is no answer."""
    said = {check: (answer.verdict, answer.reason) for check, answer in profile.verdicts.items()}
    said |= _stopped(profile, said, report.not_run)
    if not was_read(profile):
        said = {
            check: ("could-not-check" if verdict == "nothing-seen" else verdict, reason)
            for check, (verdict, reason) in said.items()
        }
    return {check: said[check] for check in sorted(said, key=lambda check: (_order(check), check))}


def _stopped(
    profile: ProfileReport, said: Mapping[str, tuple[str, str]], not_run: Sequence[NotRun]
) -> dict[str, tuple[str, str]]:
    return {
        other.check: ("could-not-check", other.reason)
        for other in not_run
        if other.profile == profile.url and said.get(other.check, ("",))[0] not in SPOKEN
    }


def _order(check: str) -> int:
    return _rank(tuple(data.checks()), check)


def _rank(known: Sequence[str], check: str) -> int:
    return known.index(check) if check in known else len(known)


def _reason(reason: str) -> str:
    words = tidy(reason, 240) or str(texts()["fine"]["no_reason"])
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
