"""Pictures that may show pupils: people who can be recognised, beside signs of school. No age is guessed.

A picture alone gives only "people are seen", which is never reported. What is reported comes from
the whole profile: the words of the same post, the school's logo or name in the same picture. Pictures
of people without any such sign are gathered into one question.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from data import School, rules
from detectors import _faces
from detectors._lexicon import lexicon, phrases
from detectors._model import Finding, Location, Snapshot
from detectors._normal import fold
from detectors._pictures import Picture

CHECKS = ("pupil-image",)

SEEN, PLACED, UNPLACED = "people-seen", "pupil-in-context", "people-unplaced"
PROFILE_PICTURES = frozenset({"avatar", "banner"})
SEVERAL = 3
WORDS = ("pupils", "class", "scene", "children", "adults", "self")
BESIDE = {"school-logo": "logo", "school-text": "name", "known-photo": "known"}
TELLING = frozenset((*WORDS, *BESIDE.values(), "owner"))
"""Signs that say something of who is shown; clothes and numbers alone do not."""
SAME_COLOUR = 16.0
"""Distance in CIELAB (0 to 255 scale) within which two jumpers are of one colour in one light."""
CLOTHES = "clothes"


def look(picture: Picture, _school: School) -> Iterator[Finding]:
    """How many people can be recognised; below the reporting level, for `combine` to weigh."""
    faces = _faces.clear_faces(picture.rgb, source_width=picture.width)
    if not faces:
        return
    boxes = [picture.source_box(*face) for face in faces]
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, foot = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    yield Finding(
        check="pupil-image",
        rule=SEEN,
        score=_known()["scores"]["seen"],
        location=Location("", box=(left, top, right - left, foot - top)),
        ref=CLOTHES if _dressed_alike(picture.rgb, faces) else None,
        evidence=tuple(Location("", box=box) for box in boxes),
        reasons=(_said("several" if len(faces) >= SEVERAL else "one"),),
    )


def combine(snapshot: Snapshot, findings: Sequence[Finding], _school: School) -> Iterator[Finding]:
    """What the people in each picture are, as far as the rest of the profile tells."""
    unplaced: list[Finding] = []
    for seen in findings:
        if seen.rule != SEEN:
            continue
        signs = tuple(_signs(seen, snapshot, findings))
        if TELLING.isdisjoint(signs):
            unplaced.append(seen)
        else:
            yield _placed(seen, signs)
    if unplaced:
        yield _gathered(unplaced)


def warm(_school: School) -> None:
    """Load the face finder."""
    _faces.warm()


def _signs(seen: Finding, snapshot: Snapshot, findings: Sequence[Finding]) -> Iterator[str]:
    place = seen.location
    if len(seen.evidence) >= SEVERAL:
        yield "several"
    if seen.ref == CLOTHES:
        yield "clothes"
    if place.where in PROFILE_PICTURES and len(seen.evidence) == 1:
        yield "owner"
    beside = {
        BESIDE[found.check]
        for found in findings
        if found.check in BESIDE
        and (found.location.where, found.location.image) == (place.where, place.image)
        and rules()[found.rule].level(found.score) in {"finding", "question"}
    }
    yield from sorted(
        beside - ({"name"} if "logo" in beside else set())
    )  # it may be the logo's own lettering
    words = _words(place, snapshot)
    yield from (sign for sign in WORDS if phrases("people", sign).search(words))


def _words(place: Location, snapshot: Snapshot) -> str:
    """All that the person wrote beside the picture, without idioms."""
    texts = [t.value for t in snapshot.texts if place.where and t.where == place.where and t.author == "self"]
    texts += [i.alt for i in snapshot.images if (i.where, i.name) == (place.where, place.image) and i.alt]
    return phrases("school", "idioms").sub(" ", fold("\n".join(texts)).text)


def _placed(seen: Finding, signs: tuple[str, ...]) -> Finding:
    known = _known()
    total = sum(known["points"][sign] for sign in signs) - known["points"]["bar"]
    score = 1 / (1 + math.exp(-total))
    if "children" in signs:
        score = min(score, known["scores"]["own_child"])
    reasons = [*seen.reasons, *(_said(sign) for sign in signs if sign != "several")]
    return Finding("pupil-image", PLACED, round(score, 4), seen.location, reasons=tuple(reasons))


def _gathered(unplaced: Sequence[Finding]) -> Finding:
    """One question for all of them: it stands with the first, and points to each."""
    places = tuple(Location(f.location.item, f.location.where, image=f.location.image) for f in unplaced)
    count = "1 picture" if len(places) == 1 else f"{len(places)} pictures"
    reason = _said("unplaced").format(count=count)
    if len(places) == 1:
        reason = reason.replace(" show ", " shows ").replace("beside them say", "beside it say")
    return Finding(
        check="pupil-image",
        rule=UNPLACED,
        score=_known()["scores"]["unplaced"],
        location=places[0],
        evidence=places if len(places) > 1 else (),
        reasons=(reason,),
    )


def _dressed_alike(rgb: np.ndarray, faces: Sequence[_faces.Box]) -> bool:
    """Whether at least three people, and most of them, wear one colour below the neck."""
    tones = [tone for tone in (_chest(rgb, face) for face in faces) if tone is not None]
    if len(tones) < SEVERAL:
        return False
    gaps = np.linalg.norm(np.array(tones)[:, None] - np.array(tones)[None], axis=2)
    most = int((gaps < SAME_COLOUR).sum(axis=1).max())
    return most >= SEVERAL and 2 * most > len(faces)


def _chest(rgb: np.ndarray, face: _faces.Box) -> np.ndarray | None:
    """The middle colour of the clothes below a face, if that much is in the picture."""
    x, y, width, height = face
    cut = rgb[y + int(1.7 * height) : y + int(2.4 * height), max(0, x - width // 4) : x + width + width // 4]
    if cut.shape[0] < height // 3 or not cut.size:
        return None
    lab = cv2.cvtColor(np.ascontiguousarray(cut), cv2.COLOR_RGB2LAB)
    return np.asarray(np.median(lab.reshape(-1, 3), axis=0), np.float32)


def _known() -> dict[str, dict[str, float]]:
    return lexicon("people")


def _said(sign: str) -> str:
    return str(lexicon("people")["reasons"][sign])
