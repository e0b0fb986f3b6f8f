"""Laying out what was read as a snapshot, with an honest account of what was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from detectors import Coverage, Image, Snapshot, Text
from scanner.platforms import _pictures
from scanner.platforms._parts import Person, Picture, Post
from scanner.platforms._seam import Account

MAX_PICTURES = 2000


def lay_out(
    account: Account,
    person: Person,
    posts: Sequence[Post],
    *,
    loaded: Mapping[str, bytes],
    flags: Mapping[str, bool],
    counts: Mapping[str, int],
    complete: str,
    result: str = "ok",
    not_seen: Sequence[str] = (),
) -> Snapshot:
    """One snapshot of one profile. Pictures are those the page loaded; the others are counted as not seen."""
    images, missing, left = _images(person, posts, loaded)
    clips = _clips(person, posts, loaded)
    claimed = counts.get("posts")
    notes = list(not_seen)
    if missing:
        notes.append(
            f"{missing} picture{_s(missing)} on the page did not load, so {_it(missing)} not looked at."
        )
    if left:
        notes.append(f"{left} picture{_s(left)} in other people's posts {_it(left)} left alone.")
    if claimed is not None and claimed > len(posts):
        notes.append(f"The page says it holds {claimed} posts; {len(posts)} could be read.")
    videos = sum(post.videos for post in posts) + person.videos
    if (unopened := videos - len(clips)) > 0:
        notes.append(
            f"{unopened} video{_s(unopened)} {_it(unopened)} not played; "
            "at most the still picture was looked at."
        )
    texts = tuple(_texts(person, posts))
    if result == "ok" and not images and {text.kind for text in texts} <= {"handle", "display_name"}:
        result = "ok_partial"  # a name alone is a page whose contents did not come
    return Snapshot(
        id=account.url,
        platform=account.platform,
        url=account.url,
        handle=person.handle,
        display_name=person.display_name,
        texts=texts,
        images=(*images, *clips),
        flags=flags,
        counts={**counts, "images": len(images) + missing},
        coverage=Coverage(
            posts_seen=len(posts),
            posts_claimed=claimed,
            images_seen=len(images),
            videos_seen=len(clips),
            complete=complete,
            not_seen=tuple(notes),
        ),
        result=result,
    )


def _clips(person: Person, posts: Sequence[Post], loaded: Mapping[str, bytes]) -> tuple[Image, ...]:
    """The owner's videos whose files came."""
    places = [*person.clips, *((p.id, clip) for p in posts if p.author == "self" for clip in p.clips)]
    found = ((where, clip, _pictures.bytes_of(clip, loaded)) for where, clip in places)
    came = {(where, file[0]): Image(where, file[0], file[1], clip.alt) for where, clip, file in found if file}
    return tuple(came.values())


def unread(account: Account, result: str, sentence: str, flags: Mapping[str, bool] | None = None) -> Snapshot:
    """A profile that could not be read: no texts, and the reason."""
    coverage = Coverage(complete="unsure", not_seen=(sentence,))
    return Snapshot(
        account.url,
        account.platform,
        account.url,
        account.handle,
        flags=flags or {},
        coverage=coverage,
        result=result,
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _it(count: int) -> str:
    return "was" if count == 1 else "were"


def _texts(person: Person, posts: Sequence[Post]) -> Iterator[Text]:
    for where, kind, value in (
        ("display_name", "display_name", person.display_name),
        ("handle", "handle", person.handle),
        ("headline", "headline", person.headline),
        ("bio", "bio", person.bio),
        ("location", "location", person.location),
    ):
        if value:
            yield Text(where, kind, value)
    for where, value in person.sections:
        yield Text(where, "bio", value)
    for number, (label, address) in enumerate(person.links, start=1):
        yield Text(f"link-{number}", "link", f"{label} {address}".strip(), url=address)
    for place, picture in (("avatar", person.avatar), ("banner", person.banner), *person.pictures):
        if picture and picture.alt:
            yield Text(place, "alt_text", picture.alt)
    yield from person.comments
    yield from _post_texts(posts)


def _post_texts(posts: Sequence[Post]) -> Iterator[Text]:
    for post in posts:
        if post.text:
            yield Text(post.id, post.kind, post.text, post.author, post.date, post.url)
        yield from post.extras
        for picture in post.pictures:
            if picture.alt and picture.alt != post.text:
                yield Text(post.id, "alt_text", picture.alt, post.author, post.date, post.url)


def _images(
    person: Person, posts: Sequence[Post], loaded: Mapping[str, bytes]
) -> tuple[tuple[Image, ...], int, int]:
    images: list[Image] = []
    missing = left = 0
    places: list[tuple[str, Picture]] = [
        (where, p) for where, p in (("avatar", person.avatar), ("banner", person.banner)) if p
    ]
    places += person.pictures
    for post in posts:
        if post.author == "self":
            places += [(post.id, picture) for picture in post.pictures]
        else:
            left += len(post.pictures)
    seen: set[tuple[str, str]] = set()
    for where, picture in places[:MAX_PICTURES]:
        found = _pictures.bytes_of(picture, loaded)
        if found is None:
            # a summary's own picture is often none the page shows
            missing += not (where == "avatar" and len(picture.addresses) == 1 and not picture.alt)
            continue
        address, data = found
        name = address if not address.startswith("data:") else f"inline-{len(images) + 1}"
        if (where, name) not in seen and not _pictures.small(data):
            seen.add((where, name))
            images.append(Image(where, name, data, picture.alt))
    return tuple(images), missing + max(0, len(places) - MAX_PICTURES), left
