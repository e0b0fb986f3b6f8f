"""Reddit's download: posts, comments and settings; messages, votes and addresses of computers stay shut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.errors import SubmissionError, UsageError
from scanner.exports import read
from scanner.platforms import find
from tests.exports import make_zip, read_zip
from tests.scanner.exports.shut import CANARY, opened_and_told

POSTS = (
    "\ufeffid,permalink,date,ip,subreddit,gildings,title,url,body\n"
    f"1a,/r/baking/comments/1a/my_loaf/,2024-03-02 10:11:12 UTC,{CANARY},baking,0,My loaf,/r/baking/comments/1a/my_loaf/,It rose.\n"
    f'1b,/r/teachinguk/comments/1b/hm/,2023-01-05 08:00:00 UTC,{CANARY},teachinguk,0,A plan,https://plans.example/4,"Two lines,\nwith ""quotes"""\n'
    f"1c,/r/baking/comments/1c/x/,2022-01-05 08:00:00 UTC,{CANARY},baking,0,Old,,[deleted]\n"
)
COMMENTS = (
    "id,permalink,date,ip,subreddit,gildings,link,parent,body,media\n"
    f"2a,/r/baking/comments/1a/my_loaf/2a/,2024-03-02 11:00:00 UTC,{CANARY},baking,0,https://www.reddit.com/r/baking/comments/1a/,1a,=HYPERLINK(1) thanks,\n"
    f"2b,/r/baking/comments/1a/my_loaf/2b/,2024-03-02 12:00:00 UTC,{CANARY},baking,0,https://www.reddit.com/r/baking/comments/1a/,1a,[removed],\n"
)
FACTS = f"statistic,value\naccount name,robin_vale\nregistration ip,{CANARY}\nemail address,r.vale@harfieldgreen.example\n"
SETTINGS = "preference,value\naccept_pms,everyone\nhide_from_robots,true\npublic_votes,false\nlang,en\n"
MEMBERS: dict[str, Any] = {
    "posts.csv": POSTS,
    "comments.csv": COMMENTS,
    "statistics.csv": FACTS,
    "user_preferences.csv": SETTINGS,
}


def test_posts_and_comments_are_read_with_their_dates_and_addresses(tmp_path: Path) -> None:
    found = read_zip(tmp_path, MEMBERS)
    assert found.account.platform == "reddit"
    assert found.account.url == "https://www.reddit.com/user/robin_vale"
    assert (found.items["post"], found.items["comment"]) == (3, 1)
    texts = {t.where: t for t in found.snapshot.texts if t.kind in ("post", "comment")}
    assert texts["1a"].value == "My loaf\nIt rose."
    assert texts["1a"].date == "2024-03-02T10:11:12Z"
    assert texts["1a"].url == "https://www.reddit.com/r/baking/comments/1a/my_loaf/"
    assert texts["1b"].value == 'A plan\nTwo lines,\nwith "quotes"'
    assert texts["1c"].value == "Old"  # its words are gone, its title is not
    assert texts["2a"].value == "=HYPERLINK(1) thanks"  # a formula is text
    assert "2b" not in texts


def test_only_links_that_lead_away_are_links(tmp_path: Path) -> None:
    links = [t.value for t in read_zip(tmp_path, MEMBERS).snapshot.texts if t.kind == "link"]
    assert links == ["https://plans.example/4"]


def test_settings_become_flags(tmp_path: Path) -> None:
    assert read_zip(tmp_path, MEMBERS).snapshot.flags == {
        "messages_open": True,
        "indexable": False,
        "likes_visible": False,
    }


def test_it_proves_the_account_it_names_and_no_other(tmp_path: Path) -> None:
    mine = find("https://www.reddit.com/user/Robin_Vale")
    assert read_zip(tmp_path, MEMBERS, submitted=[mine]).ownership == "export"
    with pytest.raises(SubmissionError, match="another account"):
        read_zip(tmp_path, MEMBERS, submitted=[find("https://www.reddit.com/user/someone_else")])


def test_without_its_table_of_facts_nobody_is_proven(tmp_path: Path) -> None:
    found = read_zip(
        tmp_path, {"posts.csv": POSTS}, submitted=[find("https://www.reddit.com/user/robin_vale")]
    )
    assert found.ownership == "declared"


@pytest.mark.parametrize(("table", "kind"), [(POSTS, "post"), (COMMENTS, "comment")])
def test_one_table_alone_under_any_name_is_told_by_its_columns(tmp_path: Path, table: str, kind: str) -> None:
    file = tmp_path / "some file.txt"
    file.write_text(table)
    (found,) = read(file)
    assert found.account.platform == "reddit"
    assert found.items[kind] >= 1


def test_other_tables_of_posts_are_not_taken_for_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no data download that we know"):
        read(
            make_zip(
                tmp_path / "x.zip", {"posts.csv": "id,title,body\n1,a,b\n", "comments.csv": "id,text\n1,a\n"}
            )
        )


def test_messages_votes_and_log_ins_stay_shut(tmp_path: Path) -> None:
    names = (
        "messages",
        "messages_archive",
        "message_headers",
        "chat_history",
        "ip_logs",
        "post_votes",
        "comment_votes",
        "saved_posts",
        "hidden_posts",
        "subscribed_subreddits",
        "purchases",
        "stripe",
        "linked_identities",
        "birthdate",
        "account_gender",
        "drafts",
        "persona",
    )
    shut = {f"{name}.csv": f"id,body\n1,{CANARY}\n" for name in names}
    opened, told = opened_and_told(tmp_path, MEMBERS, shut)
    assert opened <= set(MEMBERS)
    assert "My loaf" in told
    assert CANARY not in told


@pytest.mark.parametrize(
    "broken", ["", "id,permalink,subreddit\n", "\x00\x00\x00", POSTS.partition("\n")[0] + '\n1,"never ends']
)
def test_a_broken_table_takes_nothing_else_with_it(tmp_path: Path, broken: str) -> None:
    assert read_zip(tmp_path, {**MEMBERS, "posts.csv": broken}).items["comment"] == 1
