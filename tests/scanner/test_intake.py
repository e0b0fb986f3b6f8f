from __future__ import annotations

import re
from pathlib import Path

import pytest

from data import read_toml
from scanner.errors import SubmissionError
from scanner.intake import MAX_ADDRESSES, MAX_ON_ONE, canonical, submissions

CASES = Path(__file__).with_name("intake_cases.tsv")
ZERO = "\u200b"

CANONICAL = [
    # as pasted, as kept
    ("https://jo.example/", "https://jo.example/"),
    ("https://jo.example", "https://jo.example/"),
    ("jo.example", "https://jo.example/"),
    ("jo.example/about", "https://jo.example/about"),
    ("  jo.example  ", "https://jo.example/"),
    ("\thttps://jo.example/a\n", "https://jo.example/a"),
    (f"{ZERO}https://jo.example/a{ZERO}", "https://jo.example/a"),
    (f"https://jo.ex{ZERO}ample/a", "https://jo.example/a"),
    ("\ufeffhttps://jo.example/a", "https://jo.example/a"),
    ("https://jo.example/a\u202c", "https://jo.example/a"),
    ("https://jo.example/a.", "https://jo.example/a"),
    ("https://jo.example/a,", "https://jo.example/a"),
    ("https://jo.example/a;", "https://jo.example/a"),
    ("https://jo.example/a!", "https://jo.example/a"),
    ("https://jo.example/a?", "https://jo.example/a"),
    ("(https://jo.example/a)", "https://jo.example/a"),
    ("<https://jo.example/a>", "https://jo.example/a"),
    ("[https://jo.example/a]", "https://jo.example/a"),
    ('"https://jo.example/a"', "https://jo.example/a"),
    ("'https://jo.example/a'", "https://jo.example/a"),
    ("“https://jo.example/a”", "https://jo.example/a"),
    ("`https://jo.example/a`", "https://jo.example/a"),
    ("https://jo.example/a_(b)", "https://jo.example/a_(b)"),  # brackets that belong
    ("(see https://jo.example/a_(b))", "https://jo.example/a_(b)"),
    ("My page: https://jo.example/a thanks!", "https://jo.example/a"),
    ("HTTPS://Jo.Example/About", "https://jo.example/About"),  # a path keeps its letters
    ("Http://JO.EXAMPLE/", "http://jo.example/"),
    ("https:/jo.example/a", "https://jo.example/a"),
    ("https:jo.example/a", "https://jo.example/a"),
    ("https//jo.example/a", "https://jo.example/a"),
    ("https:///jo.example/a", "https://jo.example/a"),
    ("//jo.example/a", "https://jo.example/a"),
    ("http://jo.example:80/a", "http://jo.example/a"),
    ("https://jo.example:443/a", "https://jo.example/a"),
    ("https://jo.example:8443/a", "https://jo.example:8443/a"),
    ("http://jo.example:443/a", "http://jo.example:443/a"),  # not the default of http
    ("jo.example:8080/a", "https://jo.example:8080/a"),
    ("localhost:8000/jo", "https://localhost:8000/jo"),
    ("http://127.0.0.1:8000/jo", "http://127.0.0.1:8000/jo"),
    ("http://[::1]:8000/jo", "http://[::1]:8000/jo"),
    ("https://jo.example./a", "https://jo.example/a"),
    ("https://jo.example/a#top", "https://jo.example/a"),
    ("https://jo.example/#/a", "https://jo.example/"),
    ("https://jo.example/a/../b", "https://jo.example/b"),
    ("https://jo.example/./a", "https://jo.example/a"),
    ("https://jo.example/../../a", "https://jo.example/a"),
    ("https://jo.example/a%20b", "https://jo.example/a%20b"),
    ("https://jo.example/jörg", "https://jo.example/j%C3%B6rg"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
    ("https://straße.example/", "https://xn--strae-oqa.example/"),  # not strasse, which is another site
    ("https://jo。example/", "https://jo.example/"),  # the full stop of other scripts
    ("https://my_page.blogs.example/", "https://my_page.blogs.example/"),
    ("https://jo.example\\a", "https://jo.example/a"),
    # what only tracks
    ("https://jo.example/?utm_source=x&utm_medium=y", "https://jo.example/"),
    ("https://jo.example/?fbclid=abc", "https://jo.example/"),
    ("https://jo.example/?gclid=abc&page=2", "https://jo.example/?page=2"),
    ("https://jo.example/?s=bread", "https://jo.example/?s=bread"),  # may choose the page on one's own site
    ("https://jo.example/?author=2", "https://jo.example/?author=2"),
    ("https://jo.example/?user_id=7&ref=1", "https://jo.example/?user_id=7&ref=1"),
    ("https://jo.example/?a=1&a=2", "https://jo.example/?a=1&a=2"),
    ("https://jo.example/?q=a b".replace(" ", "%20"), "https://jo.example/?q=a%20b"),
    ("https://jo.example/?__cft__[0]=x&k=1", "https://jo.example/?k=1"),
    # one form per platform
    ("https://m.facebook.com/jo.lee?mibextid=Zb", "https://www.facebook.com/jo.lee"),
    ("http://fb.com/jo.lee/", "https://www.facebook.com/jo.lee"),
    ("https://en-gb.facebook.com/jo.lee", "https://www.facebook.com/jo.lee"),
    (
        "https://mbasic.facebook.com/profile.php?v=info&id=100004000000000",
        "https://www.facebook.com/profile.php?id=100004000000000",
    ),
    ("https://www.instagram.com/jo.lee/?igsh=abc==", "https://www.instagram.com/jo.lee"),
    ("instagram.com/jo.lee", "https://www.instagram.com/jo.lee"),
    ("https://instagr.am/jo.lee", "https://www.instagram.com/jo.lee"),
    ("https://mobile.twitter.com/jo_lee?s=21&t=x", "https://x.com/jo_lee"),
    ("twitter.com/jo_lee", "https://x.com/jo_lee"),
    ("https://www.x.com/jo_lee/", "https://x.com/jo_lee"),
    ("https://uk.linkedin.com/in/jo-lee?trk=people", "https://www.linkedin.com/in/jo-lee"),
    ("linkedin.com/mwlite/in/jo-lee", "https://www.linkedin.com/in/jo-lee"),
    ("https://m.tiktok.com/@jo_lee?_t=8x&_r=1", "https://www.tiktok.com/@jo_lee"),
    ("https://youtube.com/@jolee?si=abc", "https://www.youtube.com/@jolee"),
    ("https://www.threads.net/@jo.lee?xmt=1", "https://www.threads.com/@jo.lee"),
    ("https://staging.bsky.app/profile/jo.example", "https://bsky.app/profile/jo.example"),
    ("https://old.reddit.com/user/jo_lee/?rdt=5", "https://www.reddit.com/user/jo_lee"),
    ("https://uk.pinterest.com/jolee/", "https://www.pinterest.com/jolee"),
    ("https://en.m.wikipedia.org/wiki/User:Jo_Lee", "https://en.wikipedia.org/wiki/User:Jo_Lee"),
    ("www.linktr.ee/jolee", "https://linktr.ee/jolee"),
    ("https://open.spotify.com/user/1123?si=abc", "https://open.spotify.com/user/1123"),
    # handles
    ("@jo@social.example", "https://social.example/@jo"),
    ("jo.lee@SOCIAL.example".replace("jo", "@jo", 1), "https://social.example/@jo.lee"),
    ("acct:jo@social.example", "https://social.example/@jo"),
    ("me.bsky.social", "https://bsky.app/profile/me.bsky.social"),
    ("https://me.bsky.social/", "https://bsky.app/profile/me.bsky.social"),
    ("@Me.bsky.social", "https://bsky.app/profile/me.bsky.social"),
    ("@me-too.bsky.social.", "https://bsky.app/profile/me-too.bsky.social"),
    # letter case, where the platform ignores it
    ("https://www.instagram.com/Jo.Lee", "https://www.instagram.com/jo.lee"),
    ("https://www.facebook.com/J%C3%B6rg.Lee", "https://www.facebook.com/j%C3%B6rg.lee"),
    ("https://www.youtube.com/@JoLee", "https://www.youtube.com/@jolee"),
    ("https://www.youtube.com/channel/UCAbCd", "https://www.youtube.com/channel/UCAbCd"),  # matters here
    # wrappers, opened without asking anybody
    (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fjo.example%2Fa%3Ffbclid%3Dx&h=AT0",
        "https://jo.example/a",
    ),
    ("https://lm.facebook.com/l.php?u=https%3A%2F%2Fjo.example%2F", "https://jo.example/"),
    ("https://l.instagram.com/?u=https%3A%2F%2Flinktr.ee%2Fjo&e=AT", "https://linktr.ee/jo"),
    ("https://out.reddit.com/t3_x?url=https%3A%2F%2Fjo.example%2F", "https://jo.example/"),
    ("https://www.google.com/url?q=https%3A%2F%2Fjo.example%2F&sa=D", "https://jo.example/"),
    ("https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fjo.example%2F", "https://jo.example/"),
    ("https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fjo.example", "https://jo.example/"),
    (
        "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fjo.example%2F&urlhash=a",
        "https://jo.example/",
    ),
    ("https://t.umblr.com/redirect?z=https%3A%2F%2Fjo.example%2F&t=x", "https://jo.example/"),
    (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fjo.example%2F&data=05",
        "https://jo.example/",
    ),
    (
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fjo.example%252F",
        "https://jo.example/",
    ),  # one inside another
]

REFUSED = [
    # as pasted, a word of the sentence
    ("", "no address"),
    ("   ", "no address"),
    (ZERO, "no address"),
    ("javascript:alert(1)", "script"),
    ("data:text/html,x", "not an address"),
    ("file:///etc/passwd", "--page"),
    (r"C:\Users\jo\page.html", "--page URL=FILE"),
    (r"C:\Users\Jo Lee\My page.html", "--page URL=FILE"),  # with spaces
    ("C:/Users/jo/page", "--page URL=FILE"),
    ('"C:\\Users\\jo\\page.html"', "--page URL=FILE"),  # as copied from a file manager
    ("/home/jo/page.html", "--page URL=FILE"),
    ("~/page.html", "--page URL=FILE"),
    ("./saved/page", "--page URL=FILE"),
    ("file.html", "--page URL=FILE"),
    ("saved/my.page.htm", "--page URL=FILE"),
    ("mailto:jo@jo.example", "e-mail"),
    ("tel:+441632960123", "phone"),
    ("ftp://jo.example/", "http"),
    ("chrome://settings", "http"),
    ("view-source:https://jo.example", "http"),
    ("jo@jo.example", "e-mail"),
    ("@jo", "which site"),
    ("jolee", "which site"),
    ("Jo Lee", "one address"),
    ("https://a.example https://b.example", "one address"),
    ("https://", "website's name"),
    ("https://jo", "website's name"),
    ("jo/lee", "website's name"),
    ("https://jo lee.example/", "website's name"),
    ("https://2130706433/", "website's name"),  # a loopback address in disguise
    ("https://0x7f.1/", "website's name"),
    ("https://127.1/", "website's name"),
    ("https://jo%2eexample/", "website's name"),
    ("https://[::1/", "web address"),
    ("https://jo.example:99999/", "web address"),
    ("https://jo.example:abc/", "web address"),
    ("https://x.com@evil.example/jo", "log-in name"),
    ("https://jo:secret@jo.example/", "log-in name"),
    ("https://jo.example/" + "a" * 2000, "longer than"),
]

NOT_PROFILES = [
    ("https://www.facebook.com/groups/12345", "group"),
    ("https://www.facebook.com/share/1AbC/", "short or shared"),
    ("https://www.facebook.com/jo.lee/posts/123", "one post"),
    ("https://www.facebook.com/photo.php?fbid=1", "one post"),
    ("https://www.facebook.com/events/1", "event"),
    ("https://www.facebook.com/pages/Larkmoor/1", "organisation"),
    ("https://www.facebook.com/hashtag/x", "topic"),
    ("https://www.facebook.com/", "front page"),
    ("https://www.facebook.com/settings", "logged in"),
    ("https://www.instagram.com/p/Cxyz/", "one post"),
    ("https://www.instagram.com/reel/Cx/", "reel"),
    ("https://www.instagram.com/stories/jo/1", "story"),
    ("https://www.instagram.com/explore/tags/x/", "topic"),
    ("https://x.com/jo/status/1", "one post"),
    ("https://twitter.com/hashtag/x", "topic"),
    ("https://x.com/search?q=jo", "topic"),
    ("https://x.com/i/communities/1", "group"),
    ("https://x.com/home", "logged in"),
    ("https://www.linkedin.com/company/larkmoor", "organisation"),
    ("https://uk.linkedin.com/school/larkmoor", "organisation"),
    ("https://www.linkedin.com/posts/jo_x", "one post"),
    ("https://www.linkedin.com/feed/update/urn:li:1", "one post"),
    ("https://www.tiktok.com/@jo/video/12", "one video"),
    ("https://www.tiktok.com/tag/x", "topic"),
    ("https://vm.tiktok.com/ZGe/", "short"),
    ("https://www.youtube.com/watch?v=abc", "one video"),
    ("https://youtu.be/abc", "short"),
    ("https://www.youtube.com/results?search_query=jo", "topic"),
    ("https://www.threads.net/@jo/post/1", "one post"),
    ("https://bsky.app/profile/jo.example/post/3k", "one post"),
    ("https://bsky.app/search?q=jo", "topic"),
    ("https://www.reddit.com/r/Harfield", "group"),
    ("https://www.reddit.com/r/Harfield/comments/1/x", "one post"),
    ("https://www.pinterest.co.uk/pin/123/", "one pin"),
    ("https://social.example/@jo/109876543210", "one post"),
    ("https://social.example/users/jo/statuses/1", "one post"),
    ("https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv", "invitation"),
    ("https://t.me/+AbCdEfGh", "invitation"),
    ("https://wa.me/447700900123", "phone number"),
    ("https://web.whatsapp.com/send?phone=447700900123", "phone number"),
    ("web.whatsapp.com", "chat service"),  # no number in it
    ("https://wa.me/", "chat service"),
    ("https://www.facebook.com/profile.php", "whose profile"),
    ("facebook.com/profile.php?id=", "whose profile"),
    ("l.facebook.com/l.php", "leads on"),
    ("https://l.instagram.com/", "leads on"),
    ("https://l.facebook.com/l.php?u=jo", "leads on"),
    ("bsky.social", "front page"),
    ("https://www.google.com/search?q=jo", "search"),
    ("https://jo.example/cv.pdf", "single file"),
    ("https://en.wikipedia.org/wiki/Harfield", "organisation"),
    ("https://t.co/abc", "short"),
]

PROFILES = [
    # pasted, platform, handle
    ("https://jo.example/about", "site", ""),
    ("https://www.facebook.com/peoplesmith", "facebook", "peoplesmith"),  # begins like a reserved word
    ("https://www.instagram.com/reelsteel/", "instagram", "reelsteel"),
    ("https://x.com/iain", "x", "iain"),
    ("https://www.linkedin.com/in/jo-lee", "linkedin", "jo-lee"),
    ("https://www.tiktok.com/@jo_lee", "tiktok", "jo_lee"),  # written like Mastodon, but is not
    ("https://medium.com/@jo.lee", "medium", ""),
    ("https://social.example/@jo_lee", "mastodon", "jo_lee@social.example"),
    ("@jo_lee@social.example", "mastodon", "jo_lee@social.example"),
    ("https://here.example/@jo@there.example", "mastodon", "jo@there.example"),  # seen from another server
    ("https://social.example/web/@jo", "mastodon", "jo@social.example"),
    ("https://social.example/users/jo", "mastodon", "jo@social.example"),
    ("https://bsky.app/profile/jo.bsky.social", "bluesky", "jo.bsky.social"),
    ("jo.bsky.social", "bluesky", "jo.bsky.social"),
    ("https://www.facebook.com/profile.php?id=100004000000000", "facebook", "100004000000000"),
    ("https://jo.example/page.html", "site", ""),  # a page, not a file of one's own
    (
        "https://bsky.app/profile/did:plc:abcdefghijklmnopqrstuvwx",
        "bluesky",
        "did:plc:abcdefghijklmnopqrstuvwx",
    ),
]


@pytest.mark.parametrize(("pasted", "kept"), CANONICAL)
def test_an_address_is_brought_to_one_form(pasted, kept):
    assert canonical(pasted) == kept


@pytest.mark.parametrize("kept", sorted({kept for _, kept in CANONICAL}))
def test_the_one_form_stays_as_it_is(kept):
    assert canonical(kept) == kept


@pytest.mark.parametrize(("pasted", "word"), REFUSED)
def test_what_is_no_web_address_is_refused_in_one_helpful_sentence(pasted, word):
    with pytest.raises(SubmissionError) as refused:
        canonical(pasted)
    assert word in str(refused.value)
    assert "\n" not in str(refused.value)
    assert any(verb in str(refused.value) for verb in ("paste", "copy", "Put", "write"))


@pytest.mark.parametrize(("pasted", "word"), NOT_PROFILES)
def test_what_is_plainly_no_profile_is_refused_with_what_to_paste_instead(pasted, word):
    with pytest.raises(SubmissionError) as refused:
        submissions([pasted])
    assert word in str(refused.value)
    assert "paste" in str(refused.value)
    assert "{" not in str(refused.value)


@pytest.mark.parametrize(("pasted", "platform", "handle"), PROFILES)
def test_a_profile_is_given_to_its_platform(pasted, platform, handle):
    [account] = submissions([pasted])
    assert (account.platform, account.handle) == (platform, handle)


def test_one_profile_written_in_many_ways_is_one_profile():
    lines = [
        "jo.example/a",
        "",
        "# mine",
        "https://www.jo.example/a/",
        "http://jo.example/a?utm_source=x",
        "@jo@social.example",
        "https://social.example/@jo",
        "https://Social.example/@Jo",  # no handle knows case
        "JO.example/a",
        "jo.example/A",  # a path of one's own site does
        "instagram.com/Jo",
        "https://www.instagram.com/jo/",
    ]
    assert [account.url for account in submissions(lines)] == [
        "https://jo.example/a",
        "https://social.example/@jo",
        "https://jo.example/A",
        "https://www.instagram.com/jo",
    ]


def test_a_bad_line_among_several_is_counted():
    with pytest.raises(SubmissionError, match="address 2"):
        submissions(["jo.example", "mailto:jo@jo.example"])


@pytest.mark.parametrize("lines", [[], [""], ["# only a remark"]])
def test_nothing_to_look_at_is_said_so(lines):
    with pytest.raises(SubmissionError, match="no address"):
        submissions(lines)


def test_a_list_of_a_whole_staff_is_refused():
    with pytest.raises(SubmissionError, match="one person"):
        submissions([f"https://jo{n}.example" for n in range(MAX_ADDRESSES + 1)])


@pytest.mark.parametrize("text", ["https://a.example/" + ")" * 500_000, "(" * 500_000 + "https://a.example/"])
def test_an_endless_address_is_refused_before_it_is_tidied(text):
    with pytest.raises(SubmissionError, match="longer than 2000"):
        canonical(text)


def _rows():
    """The rows of intake_cases.tsv: pasted, canonical address or "!" and a kind, platform."""
    unseen = re.compile(r"\\u([0-9a-f]{4})")
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pasted, *rest = line.split("\t")
            yield (unseen.sub(lambda m: chr(int(m[1], 16)), pasted), *rest, *[""] * (2 - len(rest)))


ROWS = list(_rows())
KEPT = [row for row in ROWS if not row[1].startswith("!")]
TURNED_AWAY = [(pasted, kind[1:]) for pasted, kind, _ in ROWS if kind.startswith("!")]
REFUSALS = {
    "several": "one address on a line",
    "cut-short": "cut short",
    "others": "somebody else's",
    "phone": "That is a phone number",
    "email": "e-mail address",
    "name": "which site",
    "file": "single file",
    "login": "log-in name",
    "script": "piece of script",
    "http": "begin with http",
    "host": "website's name",
    "fediverse": "one post",
}


def test_the_table_is_large_and_says_nothing_twice():
    assert len(ROWS) >= 400
    assert len({pasted for pasted, *_ in ROWS}) == len(ROWS)
    assert len({platform for _, _, platform in KEPT}) >= 26


@pytest.mark.parametrize(("pasted", "kept", "platform"), KEPT)
def test_a_pasted_profile_comes_to_its_one_address_and_platform(pasted, kept, platform):
    [account] = submissions([pasted])
    assert (account.url, account.platform) == (kept, platform)


@pytest.mark.parametrize("kept", sorted({kept for _, kept, _ in KEPT}))
def test_the_one_address_of_a_profile_stays_as_it_is(kept):
    assert canonical(kept) == kept


@pytest.mark.parametrize(("pasted", "kind"), TURNED_AWAY)
def test_what_is_no_profile_of_ones_own_is_turned_away_for_the_right_reason(pasted, kind):
    read = (
        canonical if kind == "several" else lambda line: submissions([line])
    )  # two in a line are two profiles
    with pytest.raises(SubmissionError) as refused:
        read(pasted)
    kinds = read_toml("web/refused.toml")["kinds"]
    words = REFUSALS.get(kind) or re.split(r"\{\w+\}", kinds[kind])
    said = str(refused.value)
    assert all(part in said for part in ([words] if isinstance(words, str) else words))
    assert "{" not in said
    assert any(verb in said for verb in ("paste", "copy", "Put", "write"))


def test_a_line_with_two_addresses_is_two_profiles():
    line = "insta https://www.instagram.com/jo.lee/?igsh=x and https://x.com/jo_b?s=21, thanks x"
    assert [account.url for account in submissions([line])] == [
        "https://www.instagram.com/jo.lee",
        "https://x.com/jo_b",
    ]
    assert len(submissions(["instagram.com/jo.lee, x.com/jo_b"])) == 2
    assert len(submissions(["insta: @jo.lee, twitter: @jo_b and tiktok @jo_b"])) == 3
    assert len(submissions(["https://instagram.com/jo.leehttps://x.com/jo_b"])) == 2


def test_many_profiles_on_one_platform_are_not_one_persons():
    with pytest.raises(SubmissionError, match="instagram are more than one person's"):
        submissions([f"https://www.instagram.com/jo.lee.{n}" for n in range(MAX_ON_ONE + 1)])


@pytest.mark.parametrize("platform", read_toml("web/refused.toml")["platform"], ids=lambda row: row["name"])
def test_every_known_platform_takes_its_own_example_and_turns_its_front_page_away(platform):
    if platform["name"] == "WhatsApp":  # only chats and invitations, so the example is another site's
        return
    [account] = submissions([platform["example"]])
    assert account.platform == platform.get("key", platform["name"].lower())
    assert canonical(account.url) == account.url
    with pytest.raises(SubmissionError, match="front page"):
        submissions([f"https://{platform['hosts'][0]}/"])
