"""TikTok's download: both JSON layouts, text files, settings that mean their opposite, what stays shut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner.exports import Export, read
from scanner.platforms import Account
from tests.exports import read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

VIDEO = "https://www.tiktokv.com/share/video/7123456789012345678/"
SETTINGS = {
    "Private Account": "Disabled",
    "Allow Others to Find Me": "Enabled",
    "Allow DownLoad": "disabled",
    "Who Can Post Comments": "Everyone",
    "Who Can Send Me Message": "No One",
    "Who Can Duet With Me": "Off",
    "Who Can Stitch with your videos": "Everyone",
    "Who Can View Videos I Liked": "Only me",
    "Suggest your account to Facebook friends": "disabled",
    "Push Notification": {"New Fans": "Default"},
    "Interests": "",
}
FLAGS = {
    "private": False,  # "Disabled" means that everyone can see the account
    "discoverable": True,
    "downloads_open": False,
    "comments_open": True,
    "messages_open": False,
    "duets_open": True,  # stitches are open, duets are not
    "likes_visible": False,
    "location_on": True,
}
PROFILE = {
    "userName": "jo.lee",
    "displayName": "Jo",
    "bioDescription": "I teach",
    "emailAddress": "jo@private.example",
    "telephoneNumber": "07700 900123",
    "birthDate": "01-Jan-1990",
    "instagramLink": "jo_on_insta",
    "youtubeLink": "N/A",
    "PlatformInfo": [{"Name": "x"}],
}
POST = {
    "Date": "2024-05-01 10:00:00",
    "Link": VIDEO,
    "Likes": "3",
    "WhoCanView": "Friends",
    "AllowComments": "Yes",
    "Sound": "a song",
    "Location": "Harfield",
    "Title": "Sports day #run",
    "AlternateText": "N/A",
    "AddYoursText": "None",
}


def newer() -> dict[str, Any]:
    """The layout since about 2024."""
    return {
        "Ads and data": {"Ad Interests": {"AdInterestCategories": CANARY}},
        "Comment": {
            "Comments": {
                "App": 1,
                "CommentsList": [
                    {"date": "2024-05-02 10:00:00", "comment": "Well done!", "photo": "N/A", "url": "N/A"}
                ],
            }
        },
        "Direct Message": {
            "Direct Messages": {
                "ChatHistory": {
                    "Chat History with sam:": [
                        {"Date": "2024-01-01 10:00:00", "From": "sam", "Content": CANARY}
                    ]
                }
            }
        },
        "Post": {"Posts": {"VideoList": [POST]}, "Recently Deleted Posts": {"PostList": [{"Title": CANARY}]}},
        "Profile And Settings": {
            "Autofill": {"PhoneNumber": CANARY},
            "Follower": {
                "App": 1,
                "FansList": [
                    {"Date": "2023-01-01 10:00:00", "UserName": "fan1"},
                    {"Date": "2023-01-01 10:00:00", "UserName": "fan2"},
                ],
            },
            "Following": {"App": 1, "Following": [{"Date": "2023-01-01 10:00:00", "UserName": "star"}]},
            "Profile Info": {"App": 1, "ProfileMap": PROFILE},
            "Settings": {"App": 1, "SettingsMap": SETTINGS},
        },
        "Tiktok Live": {
            "Go Live Settings": {"SettingsMap": {"Private Account": "Enabled"}},
            "Watch Live History": {"WatchLiveMap": {"1": {"Link": CANARY}}},
        },
        "TikTok Shop": {"Order History": {"OrderHistories": {"1": {"receiver": CANARY}}}},
        "Your Activity": {
            "Login History": {"LoginHistoryList": [{"IP": CANARY}]},
            "Searches": {"SearchList": [{"SearchTerm": CANARY}]},
            "Watch History": {"VideoList": [{"Date": "2024-01-01 10:00:00", "Link": CANARY}]},
        },
    }


def older() -> dict[str, Any]:
    """The layout of 2020 to 2023, with its capitals, and null for lists without anything in them."""
    return {
        "Activity": {
            "Favorite Effects": {"FavoriteEffectsList": None},
            "Follower List": {
                "FansList": [
                    {"Date": "2021-01-01 10:00:00", "UserName": "fan1"},
                    {"Date": "2021-01-01 10:00:00", "UserName": "fan2"},
                ]
            },
            "Following List": {"Following": [{"Date": "2021-01-01 10:00:00", "UserName": "star"}]},
            "Like List": {"ItemFavoriteList": None},
            "Login History": {"LoginHistoryList": [{"IP": CANARY}]},
            "Search History": {"SearchList": [{"SearchTerm": CANARY}]},
            "Video Browsing History": {"VideoList": [{"Date": "2021-01-01 10:00:00", "VideoLink": CANARY}]},
        },
        "App Settings": {"Block": {"BlockList": None}, "Settings": {"SettingsMap": SETTINGS}},
        "Comment": {"Comments": {"CommentsList": [{"Date": "2021-05-02 10:00:00", "Comment": "Well done!"}]}},
        "Direct Messages": {
            "Chat History": {"ChatHistory": {"Chat History with sam:": [{"Content": CANARY}]}}
        },
        "Profile": {"Profile Information": {"ProfileMap": PROFILE}},
        "Video": {"Videos": {"VideoList": [POST]}},
    }


def texts(export: Export, kind: str) -> list[str]:
    return [text.value for text in export.snapshot.texts if text.kind == kind]


@pytest.mark.parametrize("layout", [newer, older])
@pytest.mark.parametrize(
    "name", ["user_data_tiktok.json", "some/folder/user_data.json", "user_data (1).json"]
)
def test_both_layouts_give_the_same(tmp_path: Path, layout: Any, name: str) -> None:
    found = read_zip(tmp_path, {name: layout()}, name="holiday.zip")
    assert found.account == Account("tiktok", "jo.lee", "https://www.tiktok.com/@jo.lee")
    assert found.snapshot.flags == FLAGS
    assert (texts(found, "bio"), texts(found, "comment"), texts(found, "location"), texts(found, "link")) == (
        ["I teach"],
        ["Well done!"],
        ["Harfield"],
        ["instagram jo_on_insta"],
    )
    assert [(t.where, t.value, t.audience) for t in found.snapshot.texts if t.kind == "caption"] == [
        ("7123456789012345678", "Sports day #run", "friends")
    ]
    assert found.items == {"caption": 1, "comment": 1, "pictures": 0, "videos": 1}
    assert (found.snapshot.counts["followers"], found.snapshot.counts["following"]) == (2, 1)
    assert found.people == {"followers": ("fan1", "fan2"), "following": ("star",)}


@pytest.mark.parametrize("layout", [newer, older])
def test_private_parts_of_the_same_file_are_not_kept(tmp_path: Path, layout: Any) -> None:
    _, told = opened_and_told(tmp_path, {"user_data.json": layout()}, {})
    assert "Sports day" in told
    assert CANARY not in told
    assert "07700" not in told


TEXT_FILES = {
    "TikTok/Profile/Profile Info.txt": "Username: jo.lee\nProfile Photo: https://p16.example/a.jpg\nBio: I teach\nand run\nBirthdate: 01-Jan-1990\nEmail Address: jo@private.example\n",
    "TikTok/App Settings/Settings.txt": "Private Account: Disabled\r\nWho Can Post Comments: Everyone\r\nWho Can Send Me Message: No One\r\n",
    "TikTok/Posts/Posts.txt": f"Date: 2024-05-01 10:00:00 UTC\nLink: {VIDEO}\nLike(s): 3\nWho can view: Everyone\nTitle: Sports day\nat last\n\nDate: 2024-05-02 10:00:00 UTC\nLink: https://v16.tiktokcdn.example/x\nLike(s): 0\nWho can view: Only me\nTitle: N/A\n",
    "TikTok/Comment/Comments.txt": "Date: 2024-05-02 10:00:00 UTC\nComment: Well done: all of you\nPhoto: N/A\n\nDate: 2024-05-03 10:00:00 UTC\nComment: Hi\n",
    "TikTok/Activity/Follower.txt": "Date: 2021-01-01 10:00:00\nUsername: fan1\n\nDate: 2021-01-01 10:00:00\nUsername: fan2\n",
}


def test_text_files_are_read_record_by_record(tmp_path: Path) -> None:
    found = read_zip(tmp_path, dict(TEXT_FILES))
    assert found.account.handle == "jo.lee"
    assert found.snapshot.flags == {"private": False, "comments_open": True, "messages_open": False}
    assert texts(found, "bio") == ["I teach\nand run"]
    assert sorted(texts(found, "comment")) == ["Hi", "Well done: all of you"]
    assert [(t.value, t.audience) for t in found.snapshot.texts if t.kind == "caption"] == [
        ("Sports day\nat last", "public")
    ]
    assert (found.items["caption"], found.items["comment"]) == (2, 2)


def test_dutch_text_files_are_read(tmp_path: Path) -> None:
    members = {
        "Profiel/Profielinformatie.txt": "Gebruikersnaam: jo.lee\nBio: ik geef les\n",
        "App/Instellingen.txt": "Privéaccount: Uitgeschakeld\n",
        "Bericht/Berichten.txt": f"Datum: 2024-05-01 10:00:00\nLink: {VIDEO}\nWie kan bekijken: Iedereen\nTitel: Sportdag\n",
        "Reactie/Reacties.txt": "Datum: 2024-05-01 10:00:00\nReactie: mooi\n",
        "Activiteit/Volger.txt": "Dit gedeelte bevat geen gegevens\n",
    }
    found = read_zip(tmp_path, members)
    assert (found.account.handle, found.snapshot.flags, found.items["caption"], texts(found, "comment")) == (
        "jo.lee",
        {"private": False},
        1,
        ["mooi"],
    )


def test_a_page_with_the_same_labels_is_read(tmp_path: Path) -> None:
    rows = (
        "<tr><td>Date</td><td>2021-05-01 10:00:00</td></tr><tr><td>Comment</td><td>Well &amp; good</td></tr>"
    )
    members = {
        **TEXT_FILES,
        "TikTok/Comment/Comments.html": f"<html><head><style>p{{}}</style></head><body><table>{rows}</table></body></html>",
    }
    del members["TikTok/Comment/Comments.txt"]
    assert texts(read_zip(tmp_path, members), "comment") == ["Well & good"]


def test_text_files_with_private_parts_stay_shut(tmp_path: Path) -> None:
    shut = {
        f"TikTok/{name}.txt": f"Date: 2024-01-01 10:00:00\nContent: {CANARY}\n"
        for name in (
            "Direct Messages/Chat History with sam",
            "Direct Message/Direct Messages",
            "Activity/Login History",
            "Activity/Searches",
            "Activity/Most Recent Location Data",
            "Profile/Autofill",
            "Activity/Watch History",
            "Activity/Purchases",
            "TikTok Shopping/Order History",
            "Video/Recently Deleted Posts",
        )
    }
    opened, told = opened_and_told(tmp_path, dict(TEXT_FILES), shut)
    assert not opened & set(shut)
    assert CANARY not in told


@pytest.mark.parametrize(
    ("label", "value", "flags"),
    [
        ("Private Account", "Enabled", {"private": True}),
        ("private account", "ENABLED", {"private": True}),
        ("Private Account", "enabled", {"private": True}),
        ("Private Account", True, {"private": True}),
        ("Private Account", "", {}),
        ("Private Account", "N/A", {}),
        ("Private Account", None, {}),
        ("Who Can Post Comments", "Friends", {"comments_open": False}),
        ("Who Can Post Comments", "Followers that you follow back", {"comments_open": False}),
        ("Who Can Post Comments", "Suggestible", {}),  # not known, so not claimed
        ("Privates Konto", "Deaktiviert", {"private": False}),
    ],
)
def test_a_setting_is_read_or_left_unread(
    tmp_path: Path, label: str, value: Any, flags: dict[str, bool]
) -> None:
    data = {
        "App Settings": {"Settings": {"SettingsMap": {label: value}}},
        "Profile": {"Profile Information": {"ProfileMap": {"userName": "jo.lee"}}},
    }
    assert read_zip(tmp_path, {"user_data.json": data}).snapshot.flags == flags


def test_a_setting_with_an_unknown_word_is_said(tmp_path: Path) -> None:
    data = {
        "App Settings": {"Settings": {"SettingsMap": {"Who Can Post Comments": "Suggestible"}}},
        "Profile": {"Profile Information": {"ProfileMap": {"userName": "jo.lee"}}},
    }
    assert any(
        "Who Can Post Comments" in note
        for note in read_zip(tmp_path, {"user_data.json": data}).snapshot.coverage.not_seen
    )


def test_times_that_cannot_be_are_left_out(tmp_path: Path) -> None:
    rows = [
        {**POST, "Date": date, "Link": f"https://x.example/{n}"}
        for n, date in enumerate(
            ["1601-01-01 00:00:00", "33658-01-01 00:00:00", "soon", None, 1714557600, 1714557600000]
        )
    ]
    data = {
        "App Settings": {"Settings": {"SettingsMap": {}}},
        "Tiktok Live": {},
        "Video": {"Videos": {"VideoList": rows}},
    }
    found = read_zip(tmp_path, {"user_data.json": data})
    assert sorted(t.date for t in found.snapshot.texts if t.kind == "caption") == [
        "",
        "",
        "",
        "",
        "2024-05-01T10:00:00Z",
        "2024-05-01T10:00:00Z",
    ]


@pytest.mark.parametrize("list_", [None, [], "", {}, [None], ["a"], [{}], [[1]], 7])
def test_odd_lists_do_no_harm(tmp_path: Path, list_: Any) -> None:
    data = {
        **older(),
        "Video": {"Videos": {"VideoList": list_}},
        "Comment": {"Comments": {"CommentsList": list_}},
    }
    assert read_zip(tmp_path, {"user_data.json": data}).items == {"pictures": 0, "videos": 0}


def test_the_file_may_come_without_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text(json.dumps(newer()), encoding="utf-8-sig")
    (found,) = read(file)
    assert (found.account.platform, found.items["comment"]) == ("tiktok", 1)


def test_a_long_first_list_does_not_hide_the_platform(tmp_path: Path) -> None:
    comments = [{"date": "2024-05-02 10:00:00", "comment": f"number {n} of many"} for n in range(3000)]
    data = {
        "Comment": {"Comments": {"CommentsList": comments}},
        "Profile": {"Profile Info": {"ProfileMap": PROFILE}},
    }
    found = read_zip(tmp_path, {"user_data.json": data})
    assert (found.account.handle, found.items["comment"]) == ("jo.lee", 3000)


def test_a_file_that_ends_early_gives_what_came_before(tmp_path: Path) -> None:
    found = read_zip(tmp_path, {"user_data.json": json.dumps(newer())[:-400]})
    assert found.items["comment"] == 1
    assert any("user_data.json" in sentence for sentence in found.trouble)
