"""The pieces of an export laid out as a snapshot: the newest first, within bounds, the rest said."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from detectors import Coverage, Snapshot, Text
from scanner.exports._archive import Archive
from scanner.exports._names import last
from scanner.exports._pieces import Count, Flag, Media, Note, Person, Piece, Post, SignIn, Who
from scanner.exports._rules import Sampling
from scanner.exports._sample import Sample, choose
from scanner.platforms import Account

MAX_POSTS = 10_000
"""Posts and comments that are judged, the newest; the others are counted and said."""
STEP = 1_000
"""Pieces between two steps of a progress bar."""
MAX_TEXTS = 2_000
MAX_PEOPLE = 20_000
MAX_MEDIA = 400_000
PROFILE = ("avatar", "banner")


@dataclass(slots=True)
class Gathered:
    """What has come of an export so far."""

    who: Who = field(default_factory=Who)
    posts: list[tuple[str, int, Post]] = field(default_factory=list, repr=False)
    texts: dict[Text, None] = field(default_factory=dict, repr=False)
    media: list[Media] = field(default_factory=list, repr=False)
    flags: dict[str, bool] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    people: dict[str, dict[str, None]] = field(default_factory=dict, repr=False)
    sign_in: dict[str, None] = field(default_factory=dict, repr=False)
    notes: dict[str, None] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    pictures: int = 0
    missing: int = 0
    videos: int = 0

    @property
    def items(self) -> int:
        """How many things were read that are about the person; none means that it could not be read."""
        return self.told + bool(self.who.handle or self.who.display_name)

    @property
    def told(self) -> int:
        """The same without the name alone."""
        return self.kinds.total() + len(self.texts) + len(self.flags) + self.pictures + len(self.people)


def gather(pieces: Iterable[Piece], archive: Archive, *, on_step: Callable[[int], None]) -> Gathered:
    """Take in all pieces, keeping no more than the bounds allow. `on_step` hears how many there were."""
    found = Gathered()
    member = name = ""
    for number, piece in enumerate(pieces):
        if number % STEP == 0:
            on_step(number)
        kind = type(piece)
        if isinstance(piece, Post):
            if not (piece.text or piece.media or any(extra.value for extra in piece.extras)):
                continue
            _post(found, piece, number)
        elif _empty(piece):
            continue
        else:
            _TAKES[kind](found, piece)
        if archive.ledger.current != member:
            member = archive.ledger.current
            name = last(member)
        if name and kind not in _SILENT:
            found.files[name] += 1
    return found


def lay_out(
    found: Gathered, account: Account, archive: Archive, sampling: Sampling
) -> tuple[Snapshot, Sample]:
    """The snapshot of what was gathered, with the pictures and videos that the sampling chose."""
    posts = list(_unique(post for _, _, post in sorted(found.posts, key=lambda row: row[:2], reverse=True)))
    media = [m for m in found.media if m.where in PROFILE]
    media += [_of(m, post) for post in posts for m in post.media if m.member]
    media += [m for m in found.media if m.where not in PROFILE]
    sample = choose(media, archive, sampling)
    total = found.kinds["post"] + found.kinds["caption"]
    shown = sum(post.kind != "comment" for post in posts)
    flags = dict(found.flags)
    trouble = archive.ledger.trouble
    short = total > shown or found.kinds["comment"] > len(posts) - shown
    return Snapshot(
        id=account.url,
        platform=account.platform,
        url=account.url,
        handle=found.who.handle or account.handle,
        display_name=found.who.display_name,
        texts=tuple(_texts(found, posts)),
        images=(*sample.images, *sample.videos),
        flags=flags,
        counts={**found.counts, "images": found.pictures},
        coverage=Coverage(
            posts_seen=shown,
            posts_claimed=max(total, found.counts.get("posts", 0)),
            images_seen=len(sample.images),
            pictures_unreadable=sample.unreadable,
            videos_seen=0,
            complete="capped" if short else "unsure",
            not_seen=(*_not_seen(found, sample, len(posts)), *trouble),
        ),
        result=_result(found, whole=not (trouble or short)),
    ), sample


def _empty(piece: Piece) -> bool:
    if isinstance(piece, Person):
        return not piece.name
    return isinstance(piece, Text | SignIn) and not piece.value


def _result(found: Gathered, *, whole: bool) -> str:
    if not found.items:
        return "unreadable"
    return "ok" if whole and found.told else "ok_partial"


def _post(found: Gathered, post: Post, number: int) -> None:
    found.kinds[post.kind] += 1
    for media in post.media:
        _counted(found, media)
    row = (post.date, -number, post)
    if len(found.posts) < MAX_POSTS:
        found.posts.append(row)
        if len(found.posts) == MAX_POSTS:
            heapq.heapify(found.posts)
        return
    *_, out = heapq.heappushpop(found.posts, row)
    for media in out.media:
        if len(found.media) < MAX_MEDIA and media.member:
            found.media.append(_of(media, out))


def _media(found: Gathered, media: Media) -> None:
    _counted(found, media)
    if media.member and len(found.media) < MAX_MEDIA:
        found.media.append(media)


def _text(found: Gathered, text: Text) -> None:
    if len(found.texts) < MAX_TEXTS:
        found.texts[text] = None


def _person(found: Gathered, person: Person) -> None:
    known = found.people.setdefault(person.relation, {})
    if len(known) < MAX_PEOPLE:
        known[person.name] = None


def _flag(found: Gathered, flag: Flag) -> None:
    found.flags[flag.name] = flag.value


def _count(found: Gathered, count: Count) -> None:
    found.counts[count.name] = max(0, count.value)


def _note(found: Gathered, note: Note) -> None:
    found.notes[note.sentence] = None


def _sign_in(found: Gathered, address: SignIn) -> None:
    found.sign_in[address.value] = None


def _who(found: Gathered, other: Who) -> None:
    one = found.who
    also = tuple(dict.fromkeys((*one.also, *other.also, *filter(None, (other.handle,)))))
    found.who = Who(
        one.handle or other.handle, one.display_name or other.display_name, one.url or other.url, also
    )


_SILENT = frozenset({Note, SignIn})
_TAKES: Mapping[type, Callable[[Gathered, Any], None]] = {
    Media: _media,
    Text: _text,
    Person: _person,
    Flag: _flag,
    Count: _count,
    Note: _note,
    SignIn: _sign_in,
    Who: _who,
}


def _counted(found: Gathered, media: Media) -> None:
    if media.video:
        found.videos += 1
    else:
        found.pictures += 1
        found.missing += not media.member


def _of(media: Media, post: Post) -> Media:
    return replace(
        media,
        where=post.id,
        caption=media.caption or post.text,
        date=media.date or post.date,
        audience=media.audience or post.audience,
    )


def _unique(posts: Iterable[Post]) -> Iterator[Post]:
    seen: set[str] = set()
    for number, post in enumerate(posts, start=1):
        named = (
            post if post.id and post.id not in seen else replace(post, id=f"{post.id or post.kind}-{number}")
        )
        seen.add(named.id)
        yield named


def _texts(found: Gathered, posts: Iterable[Post]) -> Iterator[Text]:
    yield from _profile(found)
    for post in posts:
        if post.text:
            yield Text(post.id, post.kind, post.text, "self", post.date, post.url, post.audience)
        for extra in post.extras:
            if extra.value:
                yield replace(
                    extra,
                    where=post.id,
                    date=extra.date or post.date,
                    audience=extra.audience or post.audience,
                )
        for media in post.media:
            if media.caption and media.caption != post.text:
                yield Text(post.id, "caption", media.caption, "self", post.date, post.url, post.audience)
            if media.alt:
                yield Text(post.id, "alt_text", media.alt, "self", post.date, post.url, post.audience)
    for media in found.media:
        if media.caption and media.where and media.where not in PROFILE:
            yield Text(media.where, "caption", media.caption, "self", media.date, "", media.audience)


def _profile(found: Gathered) -> Iterator[Text]:
    wheres = {text.where for text in found.texts}
    for where, value in (("display_name", found.who.display_name), ("handle", found.who.handle)):
        if value and where not in wheres:
            yield Text(where, where, value)
    yield from found.texts


def _not_seen(found: Gathered, sample: Sample, posts: int) -> Iterator[str]:
    if not found.items:
        yield "Your download holds none of the files we know, or they are empty."
    total = found.kinds.total()
    if total > posts:
        yield f"Your download holds {total:,} posts and comments. We read the newest {posts:,}."
    if sample.sentence:
        yield sample.sentence
    if found.missing:
        yield f"{_many(found.missing, 'picture')} that your download names did not come with it."
    if unplayed := found.videos - len(sample.videos):
        were = "was" if unplayed == 1 else "were"
        which = "more video" if sample.videos else "video"
        yield f"{_many(unplayed, which)} in your download {were} not played."
    yield from found.notes


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
