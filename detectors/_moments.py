"""Which moments of a video are looked at, and what they showed, told once for the whole video."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np

from data import rules
from detectors._model import Finding

T = TypeVar("T")

MOST = 12
"""Moments of one video that are looked at."""
SIDE = 32
"""Blocks along each side of what moments are compared by."""
TELLING_BLOCKS = 8
"""Two moments differ by as much as their most different blocks do, so that a small new thing counts."""
ALIKE = 10.0
"""Levels of gray up to which two moments count as the same picture; compression alone makes about three."""
UNLIKE = 64.0
"""Levels of gray from which two moments are simply different."""
GAP = 3.0
"""How much a moment's distance in time counts beside how unlike the others it is."""
WHOLE_FILE = frozenset({"photo-metadata"})
"""Checks that speak of the file and of no moment in it."""
BY_REFERENCE = frozenset({"school-logo", "known-photo"})
"""Checks whose findings name what they match; two such things in one video are two findings."""
MOST_NAMED = 4
"""Moments named in one reason."""


class Keeper(Generic[T]):
    """Keeps the most different of the moments offered, in one pass and with few of them in memory.

    The first and the last stay unless they are like one that is kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: list[tuple[float, np.ndarray, T]] = []

    def offer(self, second: float, look: np.ndarray, moment: T) -> None:
        """Consider one moment; `look` is what `look_of` made of it."""
        if any(_unlike(look, known) < ALIKE for _, known, _ in self._kept):
            return
        self._kept.append((second, look, moment))
        self._kept.sort(key=lambda one: one[0])
        if len(self._kept) > self._most:
            del self._kept[self._least()]

    def kept(self) -> list[tuple[float, T]]:
        """The moments in the order of time."""
        return [(second, moment) for second, _, moment in self._kept]

    def _least(self) -> int:
        """The place of the moment that is missed least: like another, or close to its neighbours."""
        seconds = [second for second, _, _ in self._kept]
        long = max(seconds[-1] - seconds[0], 1e-9)

        def worth(place: int) -> float:
            others = (look for n, (_, look, _) in enumerate(self._kept) if n != place)
            unlike = min(_unlike(self._kept[place][1], other) for other in others)
            gap = (seconds[place + 1] - seconds[place - 1]) / long
            return min(unlike / UNLIKE, 1.0) + GAP * gap

        return min(range(1, len(self._kept) - 1), key=worth)


def look_of(gray: np.ndarray) -> np.ndarray:
    """What a moment is compared by: its tones in blocks, from a gray copy of `SIDE` pixels square."""
    return gray.astype(np.int16).ravel()


def told_once(moments: Sequence[tuple[float, Iterable[Finding]]]) -> tuple[Finding, ...]:
    """Each thing a video shows once, where it is seen best, with the seconds at which it is seen."""
    seen: dict[tuple[str, str, str | None], list[tuple[float, Finding]]] = {}
    for second, findings in moments:
        for found in findings:
            ref = found.ref if found.check in BY_REFERENCE else None
            seen.setdefault((found.check, found.rule, ref), []).append((second, found))
    return tuple(_told(several) for several in seen.values())


def clock(second: float) -> str:
    """A moment as players show it: 0:07."""
    return f"{int(second) // 60}:{int(second) % 60:02d}"


def _told(several: Sequence[tuple[float, Finding]]) -> Finding:
    second, best = max(several, key=lambda one: (one[1].score, len(one[1].evidence), -one[0]))
    if best.check in WHOLE_FILE:
        return best
    level = rules()[best.rule].level
    when = dict.fromkeys(clock(at) for at, found in several if level(found.score) == level(best.score))
    here = replace(best.location, second=second)
    evidence = tuple(replace(place, second=second) for place in best.evidence)
    return replace(
        best, location=here, evidence=evidence, reasons=(*best.reasons, _at(clock(second), list(when)))
    )


def _at(best: str, when: Sequence[str]) -> str:
    others = [one for one in when if one != best][:MOST_NAMED]
    also = f", also at {' and '.join(filter(None, (', '.join(others[:-1]), others[-1])))}" if others else ""
    return f"in the video at {best}{also}"


def _unlike(one: np.ndarray, other: np.ndarray) -> float:
    """Levels of gray between the blocks that differ most."""
    apart = np.abs(one - other)
    return float(np.partition(apart, -TELLING_BLOCKS)[-TELLING_BLOCKS:].mean())
