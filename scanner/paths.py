"""The walk from one profile of a person to another, as a value, read from the finding that tells it."""

from __future__ import annotations

from collections.abc import Sequence

from detectors import Location
from scanner.model import Assessment, Path, PathStep

CHECK = "account-linkage"


def path_of(found: Assessment) -> Path | None:
    """The walk a linkage finding tells; None for every other finding, and where it tells of no walk.

    Its evidence is the walk in order: the place where it begins, both ends of every step, and what shows
    at the end. Its reasons are the sentences: the beginning, one for each step, the end.
    """
    if found.check != CHECK:
        return None
    start, *places, end = found.evidence if len(found.evidence) > 1 else (found.location, found.location)
    hops = list(zip(places[::2], places[1::2], strict=False))
    if (
        not hops
        or len(places) % 2
        or not _hang_together(start, hops, end)
        or len(found.reasons) < len(hops) + 2
    ):
        return None
    first, *by = found.reasons[: len(hops) + 1]
    steps = [PathStep(start.item, "", first)]
    steps += [PathStep(there.item, said, "") for (_, there), said in zip(hops, by, strict=True)]
    last = PathStep(steps[-1].profile, steps[-1].by, found.reasons[len(hops) + 1])
    return Path((*steps[:-1], last))


def _hang_together(start: Location, hops: Sequence[tuple[Location, Location]], end: Location) -> bool:
    """Whether each step begins where the one before it ended."""
    stood = start.item
    for here, there in hops:
        if here.item != stood or there.item == stood:
            return False
        stood = there.item
    return end.item == stood
