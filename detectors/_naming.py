"""How surely a naming of the school says that the writer works there, from the signs around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from data import School
from detectors._language import Doc
from detectors._lexicon import lexicon, phrases
from detectors._model import Text
from detectors._names import TAG, Hit, around_core, compile_names, says_school
from detectors._statements import (
    PRESENT,
    PROFILE_CONTEXT_WORDS,
    Setting,
    Situation,
    else_named,
    namesake,
    school_words_near,
    titled,
)
from detectors._tokens import everyday

PROFILE_KINDS = frozenset({"bio", "headline", "display_name", "handle", "location"})
NAME_KINDS = frozenset({"display_name", "handle"})
WORDED_FORMS = frozenset({"name", "risky", "typo", "acronym"})
CLOSE = 28
NEIGHBOUR = 24
NEXT_CAPITAL = re.compile(r"(?:['’]s)? ([A-Z][a-z]{2,})")  # noqa: RUF001 - as written
SHORT_TEXT = 30
CLOSED = re.compile(r"\s?(?:,|\||•|·|\n|$)")
GIVEN_NAMES = re.compile(r"\s*[A-Z][a-z]+(?:[ -][A-Z][a-z]+)? ")
WORDED = re.compile(r"[^\W_]")
WORDED_NAME = re.compile(r"[^\W_]+")


def signs(
    text: Text, doc: Doc, hit: Hit, found: Sequence[Hit], scene: Setting, reading: Situation, school: School
) -> Iterator[str]:
    """The names of all signs that speak for or against the writer working at the school."""
    profile = text.kind in PROFILE_KINDS
    group = "profile" if profile else "post"
    yield group
    yield f"kind:{text.kind}"
    yield f"form:{hit.form}" if hit.sure else f"form:{hit.form}?"
    for name in (reading, *_said(scene)):
        if name == "ended" and reading == "own" and PRESENT.search(scene.before):
            continue  # "taught in Leeds, now I teach at ..."
        yield name
        yield f"{group}:{name}"
    yield from _shape(doc, hit, found, school)
    rare = not all(map(everyday, WORDED_NAME.findall(doc.text[hit.start : hit.end])))
    if hit.form in {"name", "risky", "joined", "typo"}:
        rarity = "rare name" if rare else "everyday name"
        yield rarity
        yield f"{group}:{rarity}"
    if not hit.sure:
        near = school_words_near(doc, hit, words=PROFILE_CONTEXT_WORDS if profile else 8)
        yield "near" if near else "not near"
        if rare and not near:
            yield "rare name, not near"
    if text.kind in NAME_KINDS and titled(doc):
        yield "titled"
    if hit.form in {"name", "risky", "typo", "acronym"} and namesake(doc, hit, own_kinds(school)):
        yield "namesake"
    if hit.form in {"name", "risky"} and else_named(scene):
        yield "else named"


def own_kinds(school: School) -> str:
    """What the school calls itself, in small letters."""
    pack = school.pack
    return " ".join(
        (pack.name, *pack.aliases, *pack.former_names, *pack.handles, pack.type, pack.phase)
    ).lower()


def surname(text: Text, doc: Doc, hit: Hit) -> bool:
    """Whether the name stands as a family name: `Sam Oakfield`, and nothing else, as a display name."""
    start, end = doc.folded.original(hit.start, hit.end)
    before, after = doc.value[:start], doc.value[end:]
    alone = GIVEN_NAMES.fullmatch(before) is not None and not WORDED.search(after)
    working = any(phrases("naming", sign).search(before.lower()) for sign in ("role", "department"))
    return text.kind == "display_name" and hit.form == "risky" and alone and not working


def homes(school: School) -> frozenset[str]:
    """The words of the places a school is in; a name followed by another place is another school's."""
    pack = school.pack
    if not pack.address.town:
        return frozenset()
    places = f"{pack.address.town} {pack.local_authority} {pack.nation}"
    return frozenset(places.lower().replace("-", " ").split())


def _said(scene: Setting) -> Iterator[str]:
    parts = {
        "before": scene.before,
        "after": scene.after,
        "close": f"{scene.before[-CLOSE:]}§{scene.after[:CLOSE]}",
        "segment": scene.segment,
        "sentence": scene.sentence,
        "around": scene.around,
    }
    for name, part in lexicon("naming")["parts"].items():
        if phrases("naming", name).search(parts[part]):
            yield name


def _shape(doc: Doc, hit: Hit, found: Sequence[Hit], school: School) -> Iterator[str]:
    """What the naming looks like: capitals, its place, official tags, others beside it."""
    written = doc.value[slice(*doc.folded.original(hit.start, hit.end))]
    if written.islower() and not doc.value.islower():
        yield "small among capitals"
    if hit.form in {"tag", "handle"}:
        yield from _tag_shape(doc, hit, school)
    elif says_school(written):
        yield "says school"
    if hit.form in WORDED_FORMS and _goes_on(doc, hit):
        yield "capital after"
    places = {
        "first": not WORDED.search(doc.text[: hit.start]),
        "last": not WORDED.search(doc.text[hit.end :]),
        "little else": len(doc.text) - (hit.end - hit.start) < SHORT_TEXT,
        "closed": bool(CLOSED.match(doc.text[hit.end : hit.end + 2])),
        "several": len(found) > 1,
    }
    yield from (name for name, true in places.items() if true)


def _goes_on(doc: Doc, hit: Hit) -> bool:
    """Whether a capital right behind the name makes it part of another thing's longer name."""
    _, end = doc.folded.original(hit.start, hit.end)
    after = NEXT_CAPITAL.match(doc.value[end : end + NEIGHBOUR])
    return after is not None and not says_school(after[1].lower())


def _tag_shape(doc: Doc, hit: Hit, school: School) -> Iterator[str]:
    names = compile_names(school)
    match = TAG.match(doc.text, hit.start)
    if doc.text[hit.start : hit.end].strip("#@.").replace("_", "").replace(".", "") in names.tags:
        yield "official tag"
    elif match and around_core(match[1].replace("_", ""), names):
        yield "telling tag"
