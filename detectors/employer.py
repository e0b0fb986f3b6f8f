"""The school named as the person's employer, told apart from a child's school, a match or a namesake."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from data import School
from detectors import _language
from detectors._details import emails
from detectors._language import Doc
from detectors._lexicon import lexicon
from detectors._model import Finding, Location, Snapshot, Text
from detectors._names import TAG, Hit, around_core, compile_names, hits, says_school
from detectors._statements import (
    PROFILE_CONTEXT_WORDS,
    Setting,
    Situation,
    addressed,
    else_named,
    in_profile,
    namesake,
    other_place,
    school_words_near,
    setting,
    situation,
    titled,
)

CHECKS = ("employer-mention",)

PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "handle", "location"})
NAME_KINDS = frozenset({"display_name", "handle"})
# kind of answer: the rule that gives it
RULES = {
    "profile_line": "employer-profile",
    "own_words": "employer-stated",
    "work_words": "employer-work-talk",
    "link": "employer-link",
    "bare": "employer-named",
    "typo": "employer-slip",
    "doubtful": "employer-doubtful",
    "other_author": "employer-by-others",
    "past": "employer-past",
    "governor": "employer-governor",
    "exempt": "employer-public-role",
    "nothing": "employer-named",
}
STRENGTH = ("own_words", "profile_line", "work_words", "link")


def warm(school: School) -> None:
    """Compile the school's names and load the pipeline."""
    compile_names(school)
    _language.warm()


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """Where a text names the school, and whether as the person's employer."""
    if "official_account" in snapshot.exemptions or professional(snapshot, school):
        return
    mail = [(e.start, e.end) for e in emails(doc)]  # the contact detector's
    found = [h for h in hits(doc, school) if not any(a <= h.start and h.end <= b for a, b in mail)]
    answers = [(hit, _answer(text, doc, hit, found, school)) for hit in found]
    answers = [(hit, _exempt(answer, snapshot)) for hit, answer in answers]
    surely = any(answer in STRENGTH for _, answer in answers)
    for hit, answer in answers:
        if not (surely and answer in {"bare", "nothing"}):  # the stronger words say it already
            yield _finding(text, doc, hit, answer, snapshot)


def professional(snapshot: Snapshot, school: School) -> bool:
    """Whether the profile is on a site where the school lets people name it."""
    host = (urlsplit(snapshot.url).hostname or "").lower()
    platform = snapshot.platform.lower()
    return any(
        host == site or host.endswith(f".{site}") or platform in {site, site.partition(".")[0]}
        for site in (s.lower().removeprefix("www.") for s in school.pack.professional_sites)
    )


def _answer(text: Text, doc: Doc, hit: Hit, found: list[Hit], school: School) -> str:
    scene = setting(doc, hit, found)
    if _somebody_elses(doc, hit, scene):
        return "nothing"
    profile = text.kind in PROFILE_KINDS
    reading = in_profile(scene) if profile else situation(scene)
    if text.author != "self":
        return _by_others(reading, scene)
    if not hit.sure and not _school_meant(text, doc, hit, reading, school):
        return "nothing"
    if other_place(doc, hit, _homes(school)):
        return "doubtful" if reading in {"own", "job", "work"} else "nothing"
    if hit.form == "typo":
        return "typo" if reading in {"own", "job", "work", "bare"} else "nothing"
    return _profile_answer(reading, hit) if profile else _post_answer(reading, hit, text)


def _somebody_elses(doc: Doc, hit: Hit, scene: Setting) -> bool:
    bare = hit.form in {"name", "risky"} and not says_school(doc.text[hit.start : hit.end])
    if bare and else_named(scene):
        return True
    return hit.form in {"name", "risky", "typo", "acronym"} and namesake(doc, hit)


def _profile_answer(reading: Situation, hit: Hit) -> str:
    if reading in {"past", "governor"}:
        return reading
    if reading in {"own", "job"}:
        return "own_words"
    if reading != "bare":
        return "nothing"
    return "link" if hit.form == "link" else "profile_line"


def _post_answer(reading: Situation, hit: Hit, text: Text) -> str:
    answers: dict[Situation, str] = {
        "own": "own_words",
        "job": "own_words",
        "work": "work_words",
        "past": "past",
        "governor": "governor",
        "bare": "bare",
    }
    if text.kind == "link" and hit.form == "link" and reading == "bare":
        return "link"
    return answers.get(reading, "nothing")


def _by_others(reading: Situation, scene: Setting) -> str:
    return "other_author" if reading in {"own", "job", "work", "bare"} and addressed(scene) else "nothing"


def _school_meant(text: Text, doc: Doc, hit: Hit, reading: Situation, school: School) -> bool:
    """Whether a name that others bear too has a school word or role nearby."""
    if hit.form in {"tag", "handle"}:
        match = TAG.match(doc.text, hit.start)
        if match and around_core(match[1].replace("_", "").replace(".", ""), compile_names(school)):
            return True
    if text.kind in NAME_KINDS and titled(doc):
        return True
    start, end = doc.folded.original(hit.start, hit.end)
    small = hit.form == "risky" and doc.value[start:end].islower() and reading not in {"own", "job"}
    words = PROFILE_CONTEXT_WORDS if text.kind in PROFILE_KINDS else None
    near = school_words_near(doc, hit, words=words) if words else school_words_near(doc, hit)
    return near and not small


def _homes(school: School) -> frozenset[str]:
    pack = school.pack
    if not pack.address.town:
        return frozenset()
    return frozenset(
        f"{pack.address.town} {pack.local_authority} {pack.nation}".lower().replace("-", " ").split()
    )


def _exempt(answer: str, snapshot: Snapshot) -> str:
    told = snapshot.exemptions
    if "public_role" in told and answer not in {"nothing", "past", "governor"}:
        return "exempt"
    if told & {"governor", "own_child", "family_pupil", "family_friend"} and answer in {
        "bare",
        "governor",
        "typo",
        "doubtful",
    }:
        return "nothing"
    return answer


def _finding(text: Text, doc: Doc, hit: Hit, answer: str, snapshot: Snapshot) -> Finding:
    words = lexicon("employer")
    span = (0, len(doc.value)) if text.kind == "handle" else doc.folded.original(hit.start, hit.end)
    reasons = [words["reasons"][answer]]
    if hit.form in {"tag", "handle", "joined"}:
        reasons.append(words["reasons"]["tag"])
    elif not hit.sure and answer != "nothing":
        reasons.append(words["reasons"]["risky"])
    if not doc.value[slice(*span)].isascii():
        reasons.append(words["reasons"]["disguised"])
    return Finding(
        check=CHECKS[0],
        rule=RULES[answer],
        score=words["scores"][answer],
        location=Location(snapshot.id, text.where, span),
        excerpt=doc.value[slice(*span)],
        reasons=tuple(reasons),
    )
