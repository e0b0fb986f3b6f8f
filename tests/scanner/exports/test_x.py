"""X's archive: whose it is, settings, posts with their pictures, and what stays shut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detectors import Image
from scanner.errors import SubmissionError
from scanner.exports import Export, read
from scanner.platforms import Account
from tests.exports import picture, read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

CAPTURES = Path(__file__).parents[4] / "shared" / "captures" / "exports" / "x"
NOON = "Wed Oct 10 12:00:00 +0000 2018"


def ytd(name: str, rows: list[Any], part: int = 0) -> str:
    return f"window.YTD.{name}.part{part} = " + json.dumps(rows, indent=2)


def tweet(ident: str, text: str, **more: Any) -> dict[str, Any]:
    return {"tweet": {"id_str": ident, "full_text": text, "created_at": NOON, **more}}


def photo(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "photo", "media_url_https": f"https://pbs.twimg.example/media/{name}", **more}


def members(*tweets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "data/account.js": ytd(
            "account",
            [{"account": {"username": "jo_lee", "accountId": "77", "accountDisplayName": "Jo Lee"}}],
        ),
        "data/profile.js": ytd(
            "profile",
            [
                {
                    "profile": {
                        "description": {
                            "bio": "Runs &amp; reads",
                            "website": "https://jo.example",
                            "location": "Harfield",
                        },
                        "avatarMediaUrl": "https://pbs.twimg.example/profile_images/1/face.jpg",
                        "headerMediaUrl": "https://pbs.twimg.example/profile_banners/77/1500",
                    }
                }
            ],
        ),
        "data/tweets.js": ytd("tweets", list(tweets) or [tweet("1", "Good morning")]),
        **more,
    }


def values(export: Export, kind: str) -> list[str]:
    return [text.value for text in export.snapshot.texts if text.kind == kind]


def test_the_archive_says_whose_it_is_and_what_the_profile_holds(tmp_path: Path) -> None:
    found = read_zip(
        tmp_path,
        members(
            **{"data/profile_media/77-face.jpg": picture(), "data/profile_media/77-1500.jpg": picture(1)}
        ),
    )
    assert found.account == Account("x", "jo_lee", "https://x.com/jo_lee")
    assert found.ownership == "export"
    assert found.snapshot.display_name == "Jo Lee"
    assert [values(found, kind) for kind in ("bio", "location", "link")] == [
        ["Runs & reads"],
        ["Harfield"],
        ["https://jo.example"],
    ]
    assert {image.where for image in found.snapshot.images} == {"avatar", "banner"}


def test_another_persons_archive_is_refused(tmp_path: Path) -> None:
    sam = Account("x", "sam_okoro", "https://x.com/sam_okoro")
    with pytest.raises(SubmissionError, match="another account"):
        read_zip(tmp_path, members(), submitted=[sam])


@pytest.mark.parametrize("url", ["https://x.com/Jo_Lee", "https://x.com/jo_lee"])
def test_a_profile_is_the_same_whatever_its_case(tmp_path: Path, url: str) -> None:
    assert (
        read_zip(tmp_path, members(), submitted=[Account("x", url.rpartition("/")[2], url)]).ownership
        == "export"
    )


@pytest.mark.parametrize(
    ("rows", "private"),
    [
        ([("2021-01-01T00:00:00.000Z", "Protect")], True),
        ([("2021-01-01T00:00:00.000Z", "Protect"), ("2022-01-01T00:00:00.000Z", "Unprotect")], False),
        (
            [("2022-01-01T00:00:00.000Z", "Unprotect"), ("2021-01-01T00:00:00.000Z", "Protect")],
            False,
        ),  # newest first
        ([("", "Unprotect"), ("", "Protect")], True),  # without times the last row is current
        ([], None),  # nothing was read, so nothing is claimed
    ],
)
def test_the_newest_change_tells_whether_posts_are_protected(
    tmp_path: Path, rows: list[tuple[str, str]], private: bool | None
) -> None:
    history = ytd(
        "protected_history", [{"protectedHistory": {"protectedAt": at, "action": what}} for at, what in rows]
    )
    found = read_zip(tmp_path, members(**{"data/protected-history.js": history}))
    assert found.snapshot.flags.get("private") is private


def test_posts_come_with_their_own_pictures_and_descriptions(tmp_path: Path) -> None:
    posts = [
        tweet(
            "1",
            "Look https://t.co/m",
            entities={"media": [{"url": "https://t.co/m"}]},
            extended_entities={"media": [photo("AA.jpg", ext_alt_text="A bench"), photo("BB.jpg")]},
        ),
        tweet("2", "Not here", extended_entities={"media": [photo("CC.jpg")]}),
    ]
    pictures = {
        "data/tweets_media/1-AA.jpg": picture(1),
        "data/tweets_media/1-BB.jpg": picture(2),
        "data/tweets_media/9-AA.jpg": picture(3),
    }
    snapshot = read_zip(tmp_path, members(*posts, **pictures)).snapshot
    assert {(image.where, image.name) for image in snapshot.images} == {
        ("1", "data/tweets_media/1-AA.jpg"),
        ("1", "data/tweets_media/1-BB.jpg"),
    }
    assert [text.value for text in snapshot.texts if text.where == "1"] == ["Look", "A bench"]
    assert any("1 picture" in sentence or "3 pictures" in sentence for sentence in snapshot.coverage.not_seen)


def test_a_video_is_counted_and_not_taken_for_a_picture(tmp_path: Path) -> None:
    media = {
        "type": "video",
        "media_url_https": "https://pbs.twimg.example/x/still.jpg",
        "video_info": {"variants": [{"url": "https://video.example/clip.mp4?tag=1"}]},
    }
    found = read_zip(
        tmp_path,
        members(
            tweet("5", "Run", extended_entities={"media": [media]}),
            **{"data/tweets_media/5-clip.mp4": b"...."},
        ),
    )
    assert found.items["videos"] == 1
    assert found.snapshot.images == ()


@pytest.mark.parametrize(
    ("row", "kind", "value", "author"),
    [
        (tweet("1", "A &lt;b&gt; &amp; c"), "post", "A <b> & c", "self"),
        (tweet("1", "@sam yes", in_reply_to_screen_name="sam"), "comment", "@sam yes", "self"),
        (
            tweet("1", "one more thing", in_reply_to_screen_name="jo_lee"),
            "post",
            "one more thing",
            "self",
        ),  # a thread
        (tweet("1", "RT @sam: mine"), "post", "RT @sam: mine", "other"),
        (
            {"id_str": "1", "full_text": "layout of 2019", "created_at": NOON},
            "post",
            "layout of 2019",
            "self",
        ),
        (
            tweet(
                "1",
                "see https://t.co/x",
                entities={"urls": [{"url": "https://t.co/x", "expanded_url": "https://blog.example/a"}]},
            ),
            "post",
            "see https://blog.example/a",
            "self",
        ),
        (
            tweet("1", "here", place={"full_name": "Harfield, England"}),
            "location",
            "Harfield, England",
            "self",
        ),
        (tweet("1", "here", geo={"coordinates": ["51.5", "-0.1"]}), "location", "51.5, -0.1", "self"),
    ],
)
def test_each_text_keeps_its_kind_and_author(
    tmp_path: Path, row: dict[str, Any], kind: str, value: str, author: str
) -> None:
    texts = [text for text in read_zip(tmp_path, members(row)).snapshot.texts if text.where == "1"]
    assert (kind, value, author, "2018-10-10T12:00:00Z") in [
        (t.kind, t.value, t.author, t.date) for t in texts
    ]


def test_long_posts_are_put_back_to_their_full_length(tmp_path: Path) -> None:
    full = "It began on a Monday when the kettle broke, and " + "so on and on " * 30 + "to the end."
    notes = ytd(
        "note_tweet",
        [
            {
                "noteTweet": {
                    "noteTweetId": "n1",
                    "createdAt": "2018-10-10T12:00:00.000Z",
                    "core": {"text": full},
                }
            }
        ],
    )
    found = read_zip(tmp_path, members(tweet("1", full[:270] + "…"), **{"data/note-tweet.js": notes}))
    assert values(found, "post") == [full]


def test_all_parts_are_read_in_both_ways_of_splitting(tmp_path: Path) -> None:
    more = {
        "data/tweets-part1.js": ytd("tweets", [tweet("2", "second")], 1),
        "data/community-tweet.js": ytd("community_tweet", [tweet("3", "third")]),
    }
    assert read_zip(tmp_path, members(**more)).items["post"] == 3


def test_a_post_for_a_circle_is_not_public(tmp_path: Path) -> None:
    circle = ytd("twitter_circle_tweet", [tweet("8", "for friends")])
    texts = read_zip(tmp_path, members(**{"data/twitter-circle-tweet.js": circle})).snapshot.texts
    assert {text.where: text.audience for text in texts if text.where in ("1", "8")} == {
        "1": "",
        "8": "custom",
    }


def test_lists_of_numbers_are_counted_and_their_lack_of_names_is_said(tmp_path: Path) -> None:
    rows = [{"follower": {"accountId": str(n)}} for n in range(3)]
    found = read_zip(tmp_path, members(**{"data/follower.js": ytd("follower", rows)}))
    assert found.snapshot.counts["followers"] == 3
    assert any("numbers without names" in sentence for sentence in found.snapshot.coverage.not_seen)


def test_a_broken_part_is_said_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = "window.YTD.tweets.part1 = [" + json.dumps(tweet("2", "whole")) + ', {"tweet": {"id'
    found = read_zip(
        tmp_path, members(**{"data/tweets-part1.js": broken, "data/community-tweet.js": "not a script"})
    )
    assert found.items["post"] == 2
    assert any("tweets-part1.js" in sentence for sentence in found.trouble)
    assert any("community-tweet.js" in sentence for sentence in found.trouble)


def test_messages_log_ins_contacts_and_adverts_stay_shut(tmp_path: Path) -> None:
    kept = (
        "direct-messages",
        "direct-messages-group",
        "ip-audit",
        "contact",
        "ad-engagements",
        "saved-search",
        "grok-chat-item",
        "phone-number",
        "personalization",
        "deleted-tweets",
        "like",
    )
    shut: dict[str, Any] = {f"data/{name}.js": ytd(name.replace("-", "_"), [{"x": CANARY}]) for name in kept}
    shut["data/direct_messages_media/1-a.jpg"] = picture()
    opened, told = opened_and_told(tmp_path, members(), shut)
    assert not opened & set(shut)
    assert "Good morning" in told
    assert CANARY not in told


@pytest.mark.parametrize(
    "row",
    [
        None,
        [],
        "text",
        7,
        {"tweet": None},
        {"tweet": {"entities": None, "extended_entities": [], "place": "", "full_text": None}},
        {"tweet": {"full_text": ["a"], "id_str": {}, "created_at": 12**30}},
    ],
)
def test_odd_rows_do_no_harm(tmp_path: Path, row: Any) -> None:
    assert "after" in values(read_zip(tmp_path, members(row, tweet("2", "after"))), "post")


def test_the_captured_account_is_named_and_its_list_counted(tmp_path: Path) -> None:
    if not CAPTURES.exists():
        pytest.skip("no captures beside this checkout")
    found = read_zip(
        tmp_path, {f"data/{file.name}": file.read_bytes() for file in CAPTURES.iterdir()}, name="mine.zip"
    )
    assert found.account.platform == "x"
    assert found.account.handle
    assert found.snapshot.display_name
    assert found.snapshot.counts["following"] == 2


def test_one_script_alone_is_known_too(tmp_path: Path) -> None:
    file = tmp_path / "anything"
    file.write_text(ytd("tweets", [tweet("1", "alone")]))
    (found,) = read(file)
    assert (found.account.platform, values(found, "post")) == ("x", ["alone"])


def test_pictures_are_given_as_they_lie_in_the_archive(tmp_path: Path) -> None:
    one = tweet("1", "", extended_entities={"media": [photo("AA.jpg")]})
    (image,) = read_zip(tmp_path, members(one, **{"data/tweets_media/1-AA.jpg": picture(4)})).snapshot.images
    assert image == Image("1", "data/tweets_media/1-AA.jpg", picture(4))
