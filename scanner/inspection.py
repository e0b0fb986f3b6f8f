"""Files to inspect: items, profiles, pictures and videos, read into snapshots one after the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from detectors import Coverage, Image, Snapshot, Text
from scanner.errors import UsageError

MAX_LINE = 4_000_000
"""Characters one JSON line may have; the text checks read 1 MB without trouble."""
MAX_PROFILE_BYTES = 50_000_000
MAX_PICTURE_BYTES = 60_000_000

KINDS = frozenset(
    (
        "bio",
        "post",
        "comment",
        "caption",
        "display_name",
        "headline",
        "link",
        "hashtags",
        "alt_text",
        "location",
    )
)
PROFILE_TEXTS = ("bio", "display_name", "handle", "location")
POST_KEYS = frozenset(("id", "kind", "author", "date", "text", "images"))
PICTURE_STARTS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"\x1aE\xdf\xa3")
FLAGS = frozenset(
    (
        *(
            "private",
            "discoverable",
            "indexable",
            "followers_visible",
            "following_visible",
            "friends_visible",
        ),
        *("comments_open", "messages_open", "tagging_open", "downloads_open", "duets_open", "location_on"),
        *("contact_button", "birthday_visible", "email_visible", "phone_visible", "professional_account"),
        *("likes_visible", "signed_out_visible"),
    )
)
EXEMPTIONS = frozenset(
    (
        *("own_child", "family_pupil", "family_friend", "governor", "public_role", "union_officer"),
        "official_account",
    )
)
COUNTS = frozenset(("posts", "followers", "following", "images"))
PROFILE_KEYS = frozenset(
    (
        *("platform", "url", "handle", "display_name", "bio", "location", "counts", "flags"),
        *("posts", "avatar", "banner", "exemptions"),
    )
)

Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to judge. `kind` says what `snapshot` was made from; `problem` that it could not be."""

    item: str | int
    kind: Literal["item", "profile", "picture", "problem"]
    snapshot: Snapshot | None = None
    problems: tuple[tuple[str, str], ...] = ()


def jobs(paths: Sequence[Path], *, warn: Warn) -> Iterator[Job]:
    """What the paths hold, in order; a folder is walked in sorted order.

    Pictures that a profile in the same folder names are judged with it and not again.

    Raises:
        UsageError: a path does not exist, or two profile files share a stem.
    """
    files = [(file, path.is_dir()) for path in paths for file in _walk(path)]
    profiles = [file for file, _ in files if file.suffix.lower() == ".json" and not _shows_a_picture(file)]
    _no_repeated_stems(profiles)
    named = {picture for file in profiles for picture in _pictures_named_by(file)}
    for file, walked in files:
        suffix = file.suffix.lower()
        if file in profiles:
            yield _profile(file, warn)
        elif suffix == ".jsonl" and not _shows_a_picture(file):
            yield from _items(file, warn)
        elif not (walked and file.resolve() in named):
            yield _picture(file)


def _walk(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
    elif path.is_file():
        yield path
    else:
        raise UsageError(f"there is no file or folder {path}")


def _no_repeated_stems(profiles: Sequence[Path]) -> None:
    seen: dict[str, Path] = {}
    for file in profiles:
        if file.stem in seen:
            raise UsageError(f"two profile files are named '{file.stem}': {seen[file.stem]} and {file}")
        seen[file.stem] = file


def _shows_a_picture(file: Path) -> bool:
    """Files go by content: a picture or video may be called .json."""
    try:
        with file.open("rb") as handle:
            head = handle.read(12)
    except OSError:
        return False
    return head.startswith(PICTURE_STARTS) or head[4:8] == b"ftyp"


def _pictures_named_by(file: Path) -> set[Path]:
    try:
        if file.stat().st_size > MAX_PROFILE_BYTES:
            return set()
        raw = _decode(file.read_text(encoding="utf-8-sig", errors="surrogateescape"))
    except (OSError, ValueError):
        return set()
    names = [name for _, name in _picture_names(raw)] if isinstance(raw, dict) else []
    return {place for name in names if (place := _resolved(file.parent / name))}


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # a loop of links, or a name no system allows
        return None


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _items(file: Path, warn: Warn) -> Iterator[Job]:
    try:
        lines = file.open(encoding="utf-8-sig", errors="surrogateescape")
    except OSError as error:
        yield _problem(str(file), f"the file cannot be read: {error.strerror}")
        return
    with lines:
        number = 0
        while line := lines.readline(MAX_LINE):
            number += 1
            if line.strip():
                yield _item(line, f"{file.name}:{number}", warn)


def _item(line: str, place: str, warn: Warn) -> Job:
    try:
        raw = _decode(line)
    except ValueError:
        return _problem(place, "this line is not JSON")
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        return _problem(place, "this line has no text")
    given = raw.get("id")
    item = given if isinstance(given, str | int) else place
    kind = raw.get("kind") or "post"
    if not isinstance(kind, str) or kind not in KINDS:
        warn(f"{place}: unknown kind {kind!r:.40}, read as a post")
        kind = "post"
    platform = str(raw.get("platform") or "")
    author = "other" if raw.get("author") == "other" else "self"
    text = Text("", kind, raw["text"], author, str(raw.get("date") or ""))
    coverage = Coverage(posts_seen=1, complete="complete")
    return Job(item, "item", Snapshot(str(item), platform, texts=(text,), coverage=coverage))


def _profile(file: Path, warn: Warn) -> Job:
    try:
        if file.stat().st_size > MAX_PROFILE_BYTES:
            return _problem(file.stem, "the profile file is larger than 50 MB")
        raw = _decode(file.read_text(encoding="utf-8-sig", errors="surrogateescape"))
    except OSError as error:
        return _problem(file.stem, f"the file cannot be read: {error.strerror}")
    except ValueError:
        return _problem(file.stem, "the file is not JSON")
    if not isinstance(raw, dict) or not isinstance(raw.get("platform"), str):
        return _problem(file.stem, "the file is not a profile: the key 'platform' must be there")
    for key in sorted(set(raw) - PROFILE_KEYS):
        warn(f"{file.name}: unknown key '{key}' is ignored")
    images, problems = _images(raw, file.parent)
    posts = [post for post in _list(raw.get("posts")) if isinstance(post, dict)]
    for key in sorted({key for post in posts for key in post} - POST_KEYS):
        warn(f"{file.name}: unknown key 'posts.{key}' is ignored")
    snapshot = Snapshot(
        id=file.stem,
        platform=raw["platform"],
        url=_str(raw.get("url")),
        handle=_str(raw.get("handle")),
        display_name=_str(raw.get("display_name")),
        texts=tuple(_texts(raw, posts)),
        images=images,
        flags=_known(raw, "flags", FLAGS, warn=lambda said: warn(f"{file.name}: {said}")),
        counts=_known(raw, "counts", COUNTS, warn=lambda said: warn(f"{file.name}: {said}")),
        exemptions=_exemptions(raw, file.name, warn),
        coverage=Coverage(len(posts), None, len(images), len(problems), complete="complete"),
    )
    return Job(file.stem, "profile", snapshot, problems)


def _texts(raw: Mapping[str, Any], posts: Sequence[Mapping[str, Any]]) -> Iterator[Text]:
    for where in PROFILE_TEXTS:
        if value := _str(raw.get(where)):
            yield Text(where, where, value)
    for number, post in enumerate(posts, 1):
        if value := _str(post.get("text")):
            kind = post.get("kind")
            kind = kind if isinstance(kind, str) and kind in KINDS else "post"
            author = "other" if post.get("author") == "other" else "self"
            yield Text(_post_id(post, number), str(kind), value, author, _str(post.get("date")))


def _images(raw: Mapping[str, Any], folder: Path) -> tuple[tuple[Image, ...], tuple[tuple[str, str], ...]]:
    images, problems = [], []
    for where, name in _picture_names(raw):
        data, problem = _read_picture(folder, name)
        if problem:
            problems.append((name, problem))
        else:
            images.append(Image(where, name, data))
    return tuple(images), tuple(problems)


def _picture_names(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for where in ("avatar", "banner"):
        if isinstance(raw.get(where), str) and raw[where]:
            yield where, raw[where]
    for number, post in enumerate(_list(raw.get("posts")), 1):
        if isinstance(post, dict):
            for name in _list(post.get("images")):
                if isinstance(name, str) and name:
                    yield _post_id(post, number), name


def _read_picture(folder: Path, name: str) -> tuple[bytes, str]:
    try:
        file = _resolved(folder / name)
        if file is None or not file.is_relative_to(folder.resolve()):
            return b"", "the picture lies outside the profile's folder"
        if file.stat().st_size > MAX_PICTURE_BYTES:
            return b"", "the picture file is larger than 60 MB"
        return file.read_bytes(), ""
    except FileNotFoundError:
        return b"", "the picture is not there"
    except (OSError, ValueError):
        return b"", "the picture cannot be read"


def _picture(file: Path) -> Job:
    data, problem = _read_picture(file.parent, file.name)
    if problem:
        return _problem(str(file), problem)
    coverage = Coverage(images_seen=1, complete="complete")
    return Job(
        str(file), "picture", Snapshot(str(file), "", images=(Image("", str(file), data),), coverage=coverage)
    )


def _exemptions(raw: Mapping[str, Any], name: str, warn: Warn) -> frozenset[str]:
    given = raw.get("exemptions")
    listed = [key for key, value in given.items() if value] if isinstance(given, dict) else _list(given)
    keys = [key for key in listed if isinstance(key, str)]
    for key in keys:
        if key not in EXEMPTIONS:
            warn(f"{name}: unknown exemption '{key}' is ignored")
    return EXEMPTIONS & set(map(str, keys))


def _known(raw: Mapping[str, Any], part: str, names: frozenset[str], *, warn: Warn) -> dict[str, Any]:
    given = raw.get(part)
    kept = {}
    for key, value in (given if isinstance(given, dict) else {}).items():
        if key not in names:
            warn(f"unknown key '{part}.{key}' is ignored")
        elif isinstance(value, int) and isinstance(value, bool) == (part == "flags"):
            kept[key] = value
        elif value is not None:
            warn(f"'{part}.{key}' is not {'true or false' if part == 'flags' else 'a whole number'}; ignored")
    return kept


def _post_id(post: Mapping[str, Any], number: int) -> str:
    return str(post.get("id") or f"post-{number}")


def _problem(item: str, reason: str) -> Job:
    return Job(item, "problem", problems=(("", reason),))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""
