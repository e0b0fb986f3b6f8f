"""Edits of the person's own wiki account that touch the school's article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data import School
from detectors._language import Doc
from detectors._lexicon import lexicon
from detectors._model import Finding, Location, Snapshot, Text
from detectors._names import Hit, compile_names, hits
from detectors._naming import homes
from detectors._statements import school_words_near

CHECKS = ("wikipedia-editing",)

WIKIS = frozenset({"wikipedia", "mediawiki", "wiki"})
KINDS = frozenset({"link", "post"})
LONGEST_TITLE = 255
"""Bytes of a MediaWiki page title at most (Manual:Page title); what is longer is no title."""

AROUND = re.compile(r"(?:[^:]{1,30}:\s?)?(?:the\s)?\Z", re.IGNORECASE)
PLACE = re.compile(r"\s?(?:,\s?|\()([^,()]{1,60})\)?")
BEHIND = re.compile(r"\s?(?:$|,\s?[^,()]{1,60}$|\([^()]{1,60}\)$|/.{1,120}$)")


def warm(school: School) -> None:
    """Compile the school's names."""
    compile_names(school)


def read(text: Text, doc: Doc, snapshot: Snapshot, school: School) -> Iterator[Finding]:
    """The title of an edited page that is, or holds, the school's name.

    Only `Text` that a wiki account's list of edits gave counts; talk, draft and file pages about the
    school count like its article.
    """
    if snapshot.platform not in WIKIS or text.kind not in KINDS or text.author != "self":
        return
    if len(text.value) > LONGEST_TITLE or "\n" in text.value:
        return
    for hit in hits(doc, school)[:1]:
        start, end = doc.folded.original(hit.start, hit.end)
        rule, sign = _touches(doc, hit, school)
        yield Finding(
            check=CHECKS[0],
            rule=rule,
            score=lexicon("wikipedia")["scores"][sign],
            location=Location(snapshot.id, text.where, (start, end)),
            excerpt=text.value[start:end],
            reasons=(lexicon("wikipedia")["reasons"][sign],),
        )


def _touches(doc: Doc, hit: Hit, school: School) -> tuple[str, str]:
    """The rule, and the sign its score and reason go by."""
    if not _at_home(doc.text[hit.end :], school):
        return "wiki-mention", "elsewhere"  # a school of the same name in another town
    around = AROUND.fullmatch(doc.text[: hit.start]) and BEHIND.fullmatch(doc.text[hit.end :])
    if hit.sure and around:
        return "wiki-article", "article"
    if hit.sure:
        return "wiki-mention", "named"
    near = school_words_near(doc, hit, words=8)
    return "wiki-mention", "risky" if around and near else "chance"


def _at_home(rest: str, school: School) -> bool:
    """Whether a title goes on with nothing, with the school's own place, or with what it is.

    Wikipedia tells schools of one name apart by "Name, Town" or "Name (Town)".
    """
    match = PLACE.fullmatch(rest)
    words = set(re.findall(r"[^\W\d_]+", match[1])) if match else set()
    return not words or bool(words & (homes(school) | set(lexicon("wikipedia")["kinds"])))
