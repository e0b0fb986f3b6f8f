"""Files become snapshots exactly as the contract says; what cannot be read is said, never skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.inspection import Job, jobs


def read(*paths: Path) -> tuple[list[Job], list[str]]:
    warnings: list[str] = []
    return list(jobs(paths, warn=warnings.append)), warnings


def profile(folder: Path, name: str = "jo.json", **keys: object) -> Path:
    file = folder / name
    file.write_text(json.dumps({"platform": "microblog", **keys}), encoding="utf-8")
    return file


def test_each_line_of_items_is_one_text(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(
        '{"id":"a","platform":"x","kind":"bio","author":"self","text":"one"}\n\n'
        '{"id":"b","kind":"comment","author":"other","text":"two"}\n',
        encoding="utf-8",
    )
    found, _ = read(file)
    texts = [(j.item, j.kind, t.kind, t.author, t.value) for j in found for t in j.snapshot.texts]
    assert texts == [("a", "item", "bio", "self", "one"), ("b", "item", "comment", "other", "two")]
    assert found[0].snapshot.platform == "x"


BAD_LINES = [
    ("not json", "not JSON"),
    ("[1]", "no text"),
    ('{"id":"a"}', "no text"),
    ('{"id":"a","text":7}', "no text"),
]


@pytest.mark.parametrize(("line", "says"), BAD_LINES)
def test_a_bad_line_is_reported_and_the_others_go_on(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text(line + '\n{"id":"ok","text":"fine"}\n', encoding="utf-8")
    found, _ = read(file)
    assert says in found[0].problems[0][1]
    assert found[1].item == "ok"


def test_odd_bytes_and_lone_surrogates_are_text_too(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_bytes(b'\xef\xbb\xbf{"id":"a","text":"\\ud800 x"}\n{"id":"b","text":"caf\xe9"}\n')
    found, _ = read(file)
    assert [job.item for job in found] == ["a", "b"]
    assert found[0].snapshot.texts[0].value == "\ud800 x"


def test_a_profile_keeps_its_places(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"png")
    file = profile(
        tmp_path,
        handle="jo",
        bio="I teach",
        avatar="a.png",
        posts=[{"id": "p1", "text": "hi", "images": ["a.png"]}, {"text": "no id", "author": "other"}],
        flags={"private": False, "sparkly": True, "indexable": 1},
        counts={"posts": 12, "followers": True},
        exemptions=["governor", "astronaut"],
    )
    found, warnings = read(file)
    snapshot = found[0].snapshot
    assert [(t.where, t.kind, t.author) for t in snapshot.texts] == [
        ("bio", "bio", "self"),
        ("handle", "handle", "self"),
        ("p1", "post", "self"),
        ("post-2", "post", "other"),
    ]
    assert [(i.where, i.name) for i in snapshot.images] == [("avatar", "a.png"), ("p1", "a.png")]
    assert snapshot.flags == {"private": False}
    assert snapshot.counts == {"posts": 12}
    assert snapshot.exemptions == {"governor"}
    assert any("sparkly" in w for w in warnings)
    assert any("astronaut" in w for w in warnings)


def test_pictures_may_not_leave_the_profiles_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "link.png").symlink_to(tmp_path / "secret.png")
    file = profile(inner, avatar="../secret.png", banner="link.png", posts=[{"images": ["gone.png"]}])
    found, _ = read(file)
    assert found[0].snapshot.images == ()
    assert [reason for _, reason in found[0].problems] == [
        "the picture lies outside the profile's folder",
        "the picture lies outside the profile's folder",
        "the picture is not there",
    ]


def test_a_folder_is_walked_in_order_and_named_pictures_are_not_judged_twice(tmp_path: Path) -> None:
    for name in ("b.png", "a.png", "z.jpg"):
        (tmp_path / name).write_bytes(b"x")
    profile(tmp_path, "m.json", avatar="b.png")
    found, _ = read(tmp_path)
    assert [(job.kind, Path(job.item).name) for job in found] == [
        ("picture", "a.png"),
        ("profile", "m"),
        ("picture", "z.jpg"),
    ]


NOT_PROFILES = [("[]", "not a profile"), ('{"bio":"x"}', "'platform' must be there"), ("{", "not JSON")]


@pytest.mark.parametrize(("content", "says"), NOT_PROFILES)
def test_a_file_that_is_no_profile_is_reported(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    found, _ = read(tmp_path / "x.json")
    assert says in found[0].problems[0][1]


def test_deeply_nested_json_is_reported_and_does_not_crash(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[" * 200_000, encoding="utf-8")
    found, _ = read(tmp_path / "x.json")
    assert "not JSON" in found[0].problems[0][1]


def test_a_repeated_stem_is_a_usage_error(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        profile(tmp_path / folder)
    with pytest.raises(UsageError, match="named 'jo'"):
        read(tmp_path)


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        read(tmp_path / "nothing")


def test_the_same_profile_twice_is_a_usage_error(tmp_path: Path) -> None:
    file = profile(tmp_path)
    with pytest.raises(UsageError, match="named 'jo'"):
        read(file, file)


def test_a_picture_called_json_is_a_picture(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_bytes(b"\x89PNG\r\n\x1a\n....")
    found, _ = read(tmp_path)
    assert [job.kind for job in found] == ["picture"]


def test_a_picture_given_by_name_is_judged_though_a_profile_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    file = profile(tmp_path, avatar="a.png")
    found, _ = read(file, tmp_path / "a.png")
    assert [job.kind for job in found] == ["profile", "picture"]


def test_odd_keys_and_types_are_warned_about_and_ignored(tmp_path: Path) -> None:
    file = profile(
        tmp_path,
        id="x",
        posts=[{"text": "a", "likes": 4}],
        flags={"private": "yes"},
        counts={"posts": "many"},
    )
    found, warnings = read(file)
    assert found[0].snapshot.flags == {}
    assert found[0].snapshot.counts == {}
    for word in ("'id'", "posts.likes", "flags.private", "counts.posts"):
        assert any(word in warning for warning in warnings), word


def test_numbers_are_ids_too(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"id":7,"text":"x"}\n{"id":null,"text":"y"}\n', encoding="utf-8")
    found, _ = read(file)
    assert [job.item for job in found] == [7, "items.jsonl:2"]
