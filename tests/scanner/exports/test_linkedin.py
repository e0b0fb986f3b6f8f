"""LinkedIn's tables: the profile and its parts, posts, comments, quoting, preambles, what stays shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import UsageError
from scanner.exports import Export, find, open_archive, read
from tests.exports import make_zip, read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

CAPTURES = Path(__file__).parents[4] / "shared" / "captures" / "exports" / "linkedin"
HEADER = "First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,Twitter Handles,Websites,Instant Messengers"
PROFILE = (
    HEADER
    + '\nJo,Lee,,"1 Elm Street",Jan 1,"Teacher &amp; coach","Twenty years\nof maths",Education,AB1 2CD,"Harfield, England",[jo_lee],"[PORTFOLIO:https://jo.example,BLOG:https://blog.example/a]",[]\n'
)
PREAMBLE = 'Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing."\n\n'
CONNECTIONS = (
    PREAMBLE
    + "First Name,Last Name,URL,Email Address,Company,Position,Connected On\nSam,Okoro,https://www.linkedin.com/in/sam,sam@private.example,Acme,Boss,01 Jan 2024\n"
)
SHARES = (
    "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
    '2024-05-01 10:00:00,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7190000000000000001,"First line""\n""\n""second ""quoted"" line",,,MEMBER_NETWORK\n'
    '2024-05-02 10:00:00,https://www.linkedin.com/feed/update/urn%3Ali%3Ashare%3A7190000000000000002,"=HYPERLINK(""https://bad.example"",""x"")",https://news.example/a,https://media.example/p.jpg,CONNECTIONS\n'
)
COMMENTS = 'Date,Link,Message\n2024-05-03 10:00:00,https://www.linkedin.com/feed/update/1,"He said \\"well, done\\" and\nleft"\n2024-05-04 10:00:00,https://www.linkedin.com/feed/update/2,Plain\n'


def members(**more: Any) -> dict[str, Any]:
    return {"Profile.csv": PROFILE, "Shares.csv": SHARES, "Comments.csv": COMMENTS, **more}


def texts(export: Export, where: str) -> list[str]:
    return [text.value for text in export.snapshot.texts if text.where == where]


def test_the_profile_holds_what_its_page_shows(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert (found.account.platform, found.snapshot.display_name) == ("linkedin", "Jo Lee")
    assert (texts(found, "headline"), texts(found, "bio"), texts(found, "location")) == (
        ["Teacher & coach"],
        ["Twenty years\nof maths"],
        ["Harfield, England"],
    )
    assert [text.value for text in found.snapshot.texts if text.where.startswith("link-")] == [
        "https://jo.example",
        "https://blog.example/a",
        "https://x.com/jo_lee",
    ]


def test_home_address_and_birthday_are_not_taken_for_shown(tmp_path: Path) -> None:
    told = repr(read_zip(tmp_path, members()).snapshot.texts)
    assert "Elm Street" not in told
    assert "AB1 2CD" not in told


def test_posts_keep_their_lines_quotes_and_audience(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    posts = {
        text.where: (text.value, text.audience, text.date)
        for text in found.snapshot.texts
        if text.kind == "post"
    }
    assert posts == {
        "7190000000000000001": ('First line\n\nsecond "quoted" line', "", "2024-05-01T10:00:00Z"),
        "7190000000000000002": ('=HYPERLINK("https://bad.example","x")', "friends", "2024-05-02T10:00:00Z"),
    }
    assert (found.items["post"], found.items["comment"]) == (2, 2)
    assert "https://news.example/a" in texts(found, "7190000000000000002")


@pytest.mark.parametrize("between", ['""\n""', '""\n""\n""', '""\n""""\n""', "\n"])
def test_lines_of_a_post_are_put_together_again(tmp_path: Path, between: str) -> None:
    head = SHARES.splitlines()[0]
    found = read_zip(
        tmp_path,
        members(**{"Shares.csv": f'{head}\n2024-05-01 10:00:00,https://l.example,"One{between}Two",,,\n'}),
    )
    assert [t.value.replace("\n\n", "\n") for t in found.snapshot.texts if t.kind == "post"] == ["One\nTwo"]


def test_comments_with_backslashes_stay_whole(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members())
    assert [text.value for text in found.snapshot.texts if text.kind == "comment"] == [
        "Plain",
        'He said "well, done" and\nleft',
    ]


def test_parts_of_the_profile_say_from_when_to_when(tmp_path: Path) -> None:
    positions = "Company Name,Title,Description,Location,Started On,Finished On\nOakfield Primary School,Teacher,Year 4,Harfield,Sep 2020,\nElm Park School,Trainee,,,Sep 2019,Jul 2020\n"
    education = (
        "School Name,Start Date,End Date,Notes,Degree Name,Activities\nNorth College,2015,2018,,BEd,Choir\n"
    )
    found = read_zip(
        tmp_path,
        members(
            **{
                "Positions.csv": positions,
                "Education_12345678.csv": education,
                "Skills.csv": "Name\nPhonics\n",
            }
        ),
    )
    assert texts(found, "experience") == [
        "Teacher\nOakfield Primary School\nHarfield\nYear 4\nSep 2020 - Present",
        "Trainee\nElm Park School\nSep 2019 - Jul 2020",
    ]
    assert texts(found, "education") == ["North College\nBEd\nChoir\n2015 - 2018"]
    assert texts(found, "skills") == ["Phonics"]


def test_what_others_wrote_is_theirs_and_hidden_ones_are_marked(tmp_path: Path) -> None:
    head = "First Name,Last Name,Company,Job Title,Text,Creation Date,Status\n"
    more = {
        "Recommendations_Received.csv": head
        + 'Sam,Okoro,Acme,Boss,"Jo is great",01/02/21,VISIBLE\nKim,Ray,Acme,Boss,"Jo was late",01/02/21,HIDDEN\n',
        "Recommendations_Given.csv": head + 'Sam,Okoro,Acme,Boss,"Sam is kind",01/02/21,VISIBLE\n',
    }
    found = read_zip(tmp_path, members(**more))
    assert {
        (t.value, t.author, t.audience) for t in found.snapshot.texts if t.where == "recommendations"
    } == {("Jo is great", "other", ""), ("Jo was late", "other", "only-me")}
    assert ("Sam is kind", "self") in {(t.value, t.author) for t in found.snapshot.texts}


def test_connections_are_for_the_owners_eyes_only(tmp_path: Path) -> None:
    found = read_zip(tmp_path, members(**{"Connections.csv": CONNECTIONS}))
    assert found.people == {"connections": ("Sam Okoro",)}
    assert "Okoro" not in repr(found)
    assert "sam@private" not in repr(found) + repr(found.people)


def test_articles_are_read_as_posts(tmp_path: Path) -> None:
    page = "<html><head><title>x</title></head><body><h1><a href='https://l.example'>On marking</a></h1><p class='created'>Created on 2022-03-04 10:00</p><div><p>Less is more.</p></div></body></html>"
    found = read_zip(tmp_path, members(**{"Articles/Articles/on-marking.html": page}))
    assert [(t.value, t.date) for t in found.snapshot.texts if "marking" in t.where] == [
        ("On marking\nCreated on 2022-03-04 10:00\nLess is more.", "2022-03-04T10:00:00Z")
    ]


def test_only_the_schools_own_sign_in_address_counts(tmp_path: Path) -> None:
    from data import Pack, School

    emails = "Email Address,Confirmed,Primary,Updated On\njo@oakfield.example,Yes,Yes,1/1/21\njo@private.example,Yes,No,1/1/21\n"
    school = School(Pack(name="Oakfield Primary School", domains=["oakfield.example"]))
    found = read_zip(tmp_path, members(**{"Email Addresses.csv": emails}), school=school)
    assert found.snapshot.sign_in == ("jo@oakfield.example",)
    assert not any("@" in text.value for text in found.snapshot.texts)


def test_private_tables_stay_shut(tmp_path: Path) -> None:
    shut = {
        f"{name}.csv": f"A,B\n{CANARY},{CANARY}\n"
        for name in (
            "messages",
            "guide_messages",
            "Contacts",
            "ImportedContacts_1234567",
            "Invitations",
            "Ad_Targeting",
            "Ads Clicked",
            "SearchQueries",
            "Search_Queries",
            "Receipts",
            "Receipts_v2",
            "Registration",
            "Logins",
            "Security Challenges",
            "PhoneNumbers",
            "Whatsapp Phone Numbers",
            "Inferences_about_you",
            "Reactions",
            "Learning",
        )
    }
    opened, told = opened_and_told(tmp_path, members(**{"Connections.csv": CONNECTIONS}), shut)
    assert not opened & set(shut)
    assert CANARY not in told


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Shares.csv", "Date,ShareLink,ShareCommentary\n"),
        ("Comments.csv", "No comments were found for this member."),  # a sentence in place of a table
        ("Positions.csv", ""),
        ("Skills.csv", "\x00\x00\x00"),
        ("Comments.csv", 'Date,Link,Message\n"open quote'),
        ("Profile Summary.csv", "Profile Summary\n\n"),
    ],
)
def test_odd_tables_do_no_harm(tmp_path: Path, name: str, body: str) -> None:
    assert read_zip(tmp_path, members(**{name: body})).snapshot.display_name == "Jo Lee"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    body = PROFILE.replace("Jo,Lee", "Zoë,Łee" if encoding != "cp1252" else "Zoë,Lee").encode(encoding)
    assert read_zip(tmp_path, {"Profile.csv": body}).snapshot.display_name.startswith("Zoë")


def test_one_table_alone_is_known_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "anything"
    file.write_text(SHARES)
    (found,) = read(file)
    assert (found.account.platform, found.items["post"]) == ("linkedin", 2)


def test_tables_of_others_are_not_taken_for_linkedins(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no data download that we know"):
        read(
            make_zip(
                tmp_path / "other.zip",
                {"Comments.csv": "id,body\n1,hello\n", "Profile.csv": "key,value\na,b\n"},
            )
        )


def test_the_captured_headers_are_known(tmp_path: Path) -> None:
    if not CAPTURES.exists():
        pytest.skip("no captures beside this checkout")
    row = "Sam,Okoro,https://www.linkedin.example/in/sam,,Acme,Boss,01 Jan 2024\n"
    captured = {
        "Profile.csv": (CAPTURES / "Profile_header.csv").read_text(),
        "Connections.csv": (CAPTURES / "Connections_preamble.csv").read_text().rstrip("\n") + "\n" + row,
    }
    for name, body in captured.items():
        with open_archive(make_zip(tmp_path / f"{name}.zip", {name: body})) as archive:
            assert [reader.NAME for reader in find(archive)] == ["linkedin"]
    assert read_zip(tmp_path, captured).people == {"connections": ("Sam Okoro",)}
