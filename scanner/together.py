"""One profile from several kinds of evidence as one snapshot, so that each thing is found once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from detectors import Coverage, Image, Location, Snapshot, Text
from scanner.model import Assessment, was_read
from scanner.platforms import in_words

ORIGINS = ("visit", "page", "export")
"""Kinds of evidence, that which a stranger sees first."""

SETTINGS, SIGN_IN = "flags", "sign-in"
LOOSE = "page"
"""The place of words on a page that are not told apart."""
ENOUGH = 40
"""Characters from which on the beginning of a text tells which one it is."""
_CUT = ("…", "...", "… more", "… See more")
_POSTED = frozenset({"post", "caption"})
_WORST = ("complete", "unsure", "capped")


@dataclass(slots=True)
class _Whole:
    texts: list[Text] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    origins: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    wheres: set[str] = field(default_factory=set)


def from_one(snapshot: Snapshot, origin: str) -> Snapshot:
    """A snapshot that says of each of its places which kind of evidence it comes from."""
    wheres = {t.where for t in snapshot.texts} | {i.where for i in snapshot.images}
    wheres |= {SETTINGS} if snapshot.flags else set()
    wheres |= {SIGN_IN} if snapshot.sign_in else set()
    return replace(snapshot, origins={where: ((origin, where),) for where in sorted(wheres)})


def together(parts: Sequence[tuple[str, Snapshot]]) -> Snapshot:
    """The parts of one profile as one, each with its origin out of `ORIGINS`.

    What stands in several parts stays once, as the stranger sees it, and knows its twins. A part that could
    not be read adds only the sentence that says so. Later settings give way to what was seen.
    """
    ordered = sorted(parts, key=lambda part: ORIGINS.index(part[0]))
    read = [(origin, part) for origin, part in ordered if was_read(part.result)]
    if not read:
        return ordered[0][1]
    if len(read) == len(ordered) == 1:
        return read[0][1] if read[0][0] == "visit" else from_one(read[0][1], read[0][0])
    whole = _Whole()
    for origin, part in read:
        _add(whole, origin, part)
    base = read[0][1]
    flags: dict[str, bool] = {}
    counts: dict[str, int] = {}
    for _, part in reversed(read):
        flags |= part.flags
        counts |= part.counts
    return replace(
        base,
        handle=_first(part.handle for _, part in read),
        display_name=_first(part.display_name for _, part in read),
        texts=tuple(whole.texts),
        images=tuple(whole.images),
        flags=flags,
        counts=counts,
        exemptions=frozenset().union(*(part.exemptions for _, part in read)),
        coverage=_coverage([part for _, part in ordered], read=[part for _, part in read], whole=whole),
        result=_result(base.result, missing=len(read) < len(ordered)),
        origins=whole.origins,
        sign_in=tuple(dict.fromkeys(address for _, part in read for address in part.sign_in)),
    )


def _add(whole: _Whole, origin: str, part: Snapshot) -> None:
    """Take in a part: its texts that are new, under names that are free, and the twins of the others."""
    twins = _twins(whole.texts, part.texts)
    cut_off = _cut_off(whole.texts)
    renamed: dict[str, str] = {}
    for text in part.texts:
        if text.where not in renamed:
            renamed[text.where] = twins.get(text.where) or _free(text.where, text.kind, whole.wheres)
    for image in part.images:
        renamed.setdefault(image.where, _free(image.where, "", whole.wheres))
    known = {_same(t) for t in whole.texts}
    moved = [replace(text, where=renamed[text.where]) for text in part.texts]
    whole.texts += [text for text in moved if _same(text) not in known and not _begun(text, cut_off)]
    _pictures(whole, [replace(image, where=renamed[image.where]) for image in part.images])
    renamed |= {SETTINGS: SETTINGS} if part.flags else {}
    renamed |= {SIGN_IN: SIGN_IN} if part.sign_in else {}
    for old, new in renamed.items():
        whole.origins[new] = tuple(dict.fromkeys((*whole.origins.get(new, ()), (origin, old))))
        whole.wheres.add(new)


def _twins(have: Iterable[Text], new: Iterable[Text]) -> dict[str, str]:
    """Which places of the new part are posts that we have, told by their words; each post is a twin once."""
    waiting: dict[str, list[Text]] = defaultdict(list)
    begun: list[tuple[str, Text]] = []
    for text in have:
        if text.where != LOOSE and (text.kind in _POSTED or text.kind == "comment"):
            plain = _plain(text.value)
            waiting[plain].append(text)
            if text.value.rstrip().endswith(_CUT) and len(plain) > ENOUGH:
                begun.append((_uncut(plain), text))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in new:
        if text.kind not in _POSTED and text.kind != "comment":
            continue
        plain = _plain(text.value)
        fitting = [t for t in waiting.get(plain, ()) if t.where not in taken]
        fitting += [t for start, t in begun if plain.startswith(start) and t.where not in taken]
        fitting = [t for t in fitting if (t.kind == "comment") == (text.kind == "comment")]
        if fitting and text.where not in found:
            best = min(fitting, key=lambda t: t.date[:10] != text.date[:10])
            found[text.where] = best.where
            taken.add(best.where)
    return found


def _pictures(whole: _Whole, images: Iterable[Image]) -> None:
    """Take in pictures, but for those of which the copy that visitors see is there."""
    pictured = Counter(image.where for image in whole.images)
    bodies = {image.data for image in whole.images}
    for image in images:
        if pictured[image.where] > 0:
            pictured[image.where] -= 1
        elif image.data not in bodies:
            whole.images.append(image)


def _cut_off(texts: Iterable[Text]) -> dict[tuple[str, str], str]:
    """Of each place and kind, the beginning of its text where the text ends before its end."""
    found = {}
    for text in texts:
        plain = _plain(text.value)
        if text.value.rstrip().endswith(_CUT) and len(plain) > ENOUGH:
            found[text.where, _sort(text.kind)] = _uncut(plain)
    return found


def _begun(text: Text, cut_off: Mapping[tuple[str, str], str]) -> bool:
    """Whether the beginning of a text stands in its place already."""
    start = cut_off.get((text.where, _sort(text.kind)))
    return start is not None and _plain(text.value).startswith(start)


def _free(where: str, kind: str, taken: set[str]) -> str:
    """A name for a place that does not stand for another one yet; the profile's own places keep theirs."""
    of_profile = where in ("avatar", "banner") or kind not in {*_POSTED, "comment", ""}
    return where if of_profile or where not in taken else f"download-{where}"


def _same(text: Text) -> tuple[str, str, str]:
    return text.where, _sort(text.kind), _plain(text.value)


def _sort(kind: str) -> str:
    """What one kind of evidence calls a caption, another calls a post."""
    return "post" if kind in _POSTED else kind


def _plain(value: str) -> str:
    return " ".join(value.casefold().split())


def _uncut(plain: str) -> str:
    for end in sorted(_CUT, key=len, reverse=True):
        plain = plain.removesuffix(end.casefold())
    return plain.rstrip()


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _result(result: str, *, missing: bool) -> str:
    return "ok_partial" if missing and result == "ok" else result


def _coverage(every: Sequence[Snapshot], *, read: Sequence[Snapshot], whole: _Whole) -> Coverage:
    claims = [part.coverage.posts_claimed for part in read if part.coverage.posts_claimed is not None]
    said = [sentence for part in read for sentence in part.coverage.not_seen]
    for part in every:
        if not was_read(part.result):
            said += [*part.coverage.not_seen] or [in_words(part.result)]
    posts = {t.where for t in whole.texts if t.kind in _POSTED}
    posts |= {i.where for i in whole.images if i.where not in ("avatar", "banner", "")}
    return Coverage(
        posts_seen=max(len(posts), *(part.coverage.posts_seen for part in read)),
        posts_claimed=max(claims, default=None),
        images_seen=len(whole.images),
        pictures_unreadable=sum(part.coverage.pictures_unreadable for part in read),
        videos_seen=sum(part.coverage.videos_seen for part in read),
        complete=max((part.coverage.complete for part in read), key=_WORST.index),
        not_seen=tuple(dict.fromkeys(said)),
    )


def one_each(told: Sequence[Assessment]) -> list[Assessment]:
    """Findings without those that a page nobody could take apart, such as a screenshot, repeats.

    The same words loose on a page and in a post of the download are one thing, with both as evidence.
    """
    kept = dict(enumerate(told))
    for number, one in enumerate(told):
        if one.location.where != LOOSE or not one.excerpt:
            continue
        alike = (n for n, other in kept.items() if other.location.where != LOOSE and _repeats(one, other))
        if (same := next(alike, None)) is not None:
            other = kept[same]
            twins = (twin(one.location.item, origin, LOOSE) for origin in one.sources)
            kept[same] = replace(
                other,
                evidence=tuple(dict.fromkeys((*other.evidence, *twins))),
                sources=tuple(sorted({*other.sources, *one.sources}, key=ORIGINS.index)),
            )
            del kept[number]
    return list(kept.values())


def _repeats(one: Assessment, other: Assessment) -> bool:
    same = (one.check, one.rule, _plain(one.excerpt)) == (other.check, other.rule, _plain(other.excerpt))
    return same and set(one.sources).isdisjoint(other.sources)


def twin(item: str, origin: str, where: str) -> Location:
    """Where the same thing stands in another kind of evidence."""
    return Location(item, f"{origin}: {where}")


def is_twin(place: Location) -> bool:
    """Whether a place was made by `twin`."""
    return place.where.partition(": ")[0] in ORIGINS


def sources(origins: Mapping[str, tuple[tuple[str, str], ...]], where: str) -> tuple[str, ...]:
    """The kinds of evidence in which a place stands."""
    return tuple(dict.fromkeys(origin for origin, _ in origins.get(where, ())))
