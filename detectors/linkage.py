"""The walk a curious pupil could take: from a profile that leads to the person to one that shows more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from data import School, facts, rules
from detectors._bonds import Bond, bonds, known, linked
from detectors._lexicon import lexicon
from detectors._model import Finding, Location, Seen, Snapshot
from detectors._rarity import pieces

CHECKS = ("account-linkage",)
NOTE = "accounts-joined"

MOST_PROFILES = 40
LEAST_PICTURES, MOST_PICTURES = 10, 400
"""Posted pictures compared of each profile, and of all of them together."""
MOST_STEPS = 3
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
NAME_WORDS = range(2, 5)
SURE = ("finding",)
REPORTED = ("finding", "question")


@dataclass(frozen=True, slots=True)
class _Start:
    """Why a stranger would stand at this profile: the school is there, or the real name."""

    kind: str
    place: Location
    sure: bool


@dataclass(frozen=True, slots=True)
class _Walk:
    start: _Start
    steps: tuple[Bond, ...]
    end: Finding

    @property
    def score(self) -> float:
        """As sure as its weakest part."""
        sure = self.start.sure and rules()[self.end.rule].level(self.end.score) in SURE
        return min([step.score for step in self.steps] + ([] if sure else [_figure("likely")]))


def link(seen: Sequence[Seen], school: School) -> Iterator[Finding]:
    """For each profile that shows something, the surest walk there; for other pairs that join, a note.

    The evidence holds the walk in order: where it begins, both ends of every step, and what shows at the
    end. The reasons say the same in words, one for the beginning, one for each step, one for the end.
    """
    profiles = {one.snapshot.id: one for one in seen[:MOST_PROFILES]}
    steps = _steps(profiles, school)
    names = _names([one.snapshot for one in profiles.values()])
    joined: set[frozenset[str]] = set()
    for name in profiles:
        walk = _best_walk(name, profiles, steps)
        if walk:
            joined |= {_pair(step) for step in walk.steps}
            yield _finding(walk, names)
    for pair, step in steps.items():
        if frozenset(pair) not in joined:
            joined.add(frozenset(pair))
            yield _note(step, names)


def _steps(profiles: Mapping[str, Seen], school: School) -> dict[tuple[str, str], Bond]:
    """The surest step between each two profiles that is sure enough to be told, each way."""
    pictures = max(LEAST_PICTURES, MOST_PICTURES // max(1, len(profiles)))
    ready = {name: known(one, school, most_pictures=pictures) for name, one in profiles.items()}
    steps = {}
    for a, b in combinations(ready, 2):
        shared = list(bonds(ready[a], ready[b]))
        for name, other, ways in ((a, b, shared), (b, a, [bond.back() for bond in shared])):
            link = linked(ready[name], ready[other])
            best = max([*([link] if link else []), *ways], key=lambda bond: bond.score, default=None)
            if best and rules()[best.rule].level(best.score) in REPORTED:
                steps[name, other] = best
    return steps


def _best_walk(end: str, profiles: Mapping[str, Seen], steps: Mapping[tuple[str, str], Bond]) -> _Walk | None:
    """The surest walk to a profile that shows something its beginning does not; then the shortest."""
    best: _Walk | None = None
    for begin, one in profiles.items():
        start = _start(one, profiles[end])
        shown = start and begin != end and _shown(profiles[end], one)
        if not start or not shown:
            continue
        for taken in _ways(begin, end, steps, MOST_STEPS):
            walk = _Walk(start, taken, shown)
            if rules()[taken[-1].rule].level(walk.score) in REPORTED and _better(walk, best):
                best = walk
    return best


def _better(walk: _Walk, best: _Walk | None) -> bool:
    return best is None or _rank(walk) > _rank(best)


def _rank(walk: _Walk) -> tuple[float, bool, int]:
    return walk.score, walk.start.kind != "starts_name", -len(walk.steps)


def _ways(
    begin: str, end: str, steps: Mapping[tuple[str, str], Bond], most: int, been: frozenset[str] = frozenset()
) -> Iterator[tuple[Bond, ...]]:
    """Every way from one profile to another in at most so many steps, none visited twice."""
    for (a, b), step in steps.items():
        if a != begin or b in been:
            continue
        if b == end:
            yield (step,)
        elif most > 1:
            for rest in _ways(b, end, steps, most - 1, been | {begin}):
                yield (step, *rest)


def _start(one: Seen, end: Seen) -> _Start | None:
    """What leads a stranger to a profile and would not lead to the end of the walk by itself."""
    if not _names_school(end):
        order = lexicon("linkage")["walk"]["school"]
        told = [f for f in one.findings if f.check in order and _level(f) in REPORTED]
        if told:
            best = min(told, key=lambda f: (_level(f) not in SURE, order.index(f.check)))
            kind = "starts_school" if best.check != "employer-inferable" else "starts_clues"
            return _Start(kind, best.location, sure=_level(best) in SURE)
    mine, theirs = _real_name(one.snapshot), _real_name(end.snapshot)
    if mine and mine[-1] not in theirs:
        return _Start("starts_name", Location(one.snapshot.id, "display_name"), sure=True)
    return None


def _names_school(one: Seen) -> bool:
    order = lexicon("linkage")["walk"]["school"]
    return any(f.check in order and _level(f) in SURE for f in one.findings)


def _real_name(snapshot: Snapshot) -> tuple[str, ...]:
    """The words of a display name that looks like a person's: a title or a first name, then a family name."""
    names = lexicon("linkage")["names"]
    words = snapshot.display_name.split()
    parts = pieces(snapshot.display_name)
    if len(words) not in NAME_WORDS or len(parts) not in NAME_WORDS:
        return ()
    if not all(word[:1].isupper() for word in words) or any(part.isdigit() for part in parts):
        return ()
    called = parts[0] in names["titles"] or parts[0] in names["given"] or parts[-1] in names["family"]
    common = set(names["generic"]) | set(names["common"])
    plain = set(parts) & common - set(names["titles"]) - set(names["family"])
    return parts if called and not plain else ()


def _shown(end: Seen, begin: Seen) -> Finding | None:
    """The weightiest thing the end shows that the beginning does not show as well."""
    walk = lexicon("linkage")["walk"]
    there = {(f.rule, _plain(f)) for f in begin.findings if f.excerpt}
    told = [
        f
        for f in end.findings
        if f.check in walk["shows"] and _level(f) in REPORTED and (f.rule, _plain(f)) not in there
    ]

    def weight(found: Finding) -> tuple[bool, int, int]:
        first = walk["first"]
        rule = first.index(found.rule) if found.rule in first else len(first)
        return _level(found) not in SURE, walk["shows"].index(found.check), rule

    return min(told, key=weight, default=None)


def _plain(found: Finding) -> str:
    return "".join(c for c in found.excerpt.casefold() if c.isalnum())


def _level(found: Finding) -> str:
    return rules()[found.rule].level(found.score)


def _finding(walk: _Walk, names: Mapping[str, str]) -> Finding:
    says, ends = lexicon("linkage")["says"], lexicon("linkage")["ends"]
    last = walk.steps[-1]
    # a link goes where it stands, all else is changed where more shows
    place = last.here if last.rule == "linked" else last.there
    hops = [
        says["like-handle" if step.like else step.rule].format(to=names[step.there.item])
        for step in walk.steps
    ]
    end = ends.get(walk.end.rule) or ends[walk.end.check]
    return Finding(
        check=CHECKS[0],
        rule=last.rule,
        score=walk.score,
        location=place,
        excerpt=last.said[0 if last.rule == "linked" else 1],
        evidence=(
            walk.start.place,
            *(place for step in walk.steps for place in (step.here, step.there)),
            walk.end.location,
        ),
        reasons=(says[walk.start.kind].format(**{"from": names[walk.start.place.item]}), *hops, end),
    )


def _note(step: Bond, names: Mapping[str, str]) -> Finding:
    says = lexicon("linkage")["says"]
    place = step.here if step.rule == "linked" else step.there
    return Finding(
        check=CHECKS[0],
        rule=NOTE,
        score=step.score,
        location=place,
        excerpt=step.said[0 if step.rule == "linked" else 1],
        evidence=(step.here, step.there),
        reasons=(
            says["joined"].format(**{"from": names[step.here.item], "to": names[step.there.item]}),
            says["like-handle" if step.like else step.rule].format(to=names[step.there.item]),
        ),
    )


def _pair(step: Bond) -> frozenset[str]:
    return frozenset((step.here.item, step.there.item))


def _names(snapshots: Sequence[Snapshot]) -> dict[str, str]:
    """What each profile is called, so that no two are called alike."""
    says = lexicon("linkage")["says"]
    plain = {one.id: _called(one) for one in snapshots}
    twice = {name for name in plain.values() if list(plain.values()).count(name) > 1}
    return {
        one.id: says["your_page"].format(site=_exactly(one)) if plain[one.id] in twice else plain[one.id]
        for one in snapshots
    }


def _called(one: Snapshot) -> str:
    says, known_site = lexicon("linkage")["says"], facts(one.platform or "site")
    if known_site.kind == "social" and one.platform:
        return str(says["your"].format(site=known_site.name))
    return str(says["your_page"].format(site=_site(one) or _exactly(one)))


def _exactly(one: Snapshot) -> str:
    """The address without what all addresses have; on this computer without the host, which means nothing."""
    path = urlsplit(one.url).path.strip("/")
    return "/".join(filter(None, (_site(one), path))) or one.id


def _site(one: Snapshot) -> str:
    host = (urlsplit(one.url).hostname or "").removeprefix("www.")
    return "" if host in LOOPBACK else host


def _figure(name: str) -> float:
    return float(lexicon("linkage")["scores"][name])
