"""The page a person reads: what it says, that it is safe, and that everyone can read it."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

import data
from detectors import Coverage, Location
from scanner.model import Verdict
from scanner.report import CardFigure, to_html
from scanner.report.words import texts
from tests import builders
from tests.data.test_data import reading

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
BANDS = ("today", "this-week", "worth-a-look", "fine")


def page(*findings, pack=None, card=None, **changes):
    return BeautifulSoup(
        to_html(builders.report(*findings, **changes), pack=pack, card=card, version="9.9"), "html.parser"
    )


def words(soup):
    return re.sub(r"\s+", " ", soup.get_text(" "))


def pack(**contacts):
    return data.parse_pack({"name": "Harfield Green School", "contacts": contacts}, "test")


def wall(result="login_wall", **changes):
    return builders.profile(
        "https://work.example/in/robin", result=result, coverage=Coverage(), strengths=(),
        verdicts={"employer-mention": Verdict("nothing-seen", "looked at 0 posts")}, **changes,
    )  # fmt: skip


# what it says


def test_the_order_is_the_promised_one():
    html = to_html(builders.report(builders.assessment()))
    order = [html.index(f'id="{name}"') for name in ("private", "seen", *BANDS, "policy", "help", "method")]
    assert order == sorted(order)


@pytest.mark.parametrize("hosted", [False, True])
def test_a_copy_taken_out_of_the_pages_speaks_of_a_file_and_of_no_folder(hosted: bool):
    copy = to_html(builders.report(), pages=True, hosted=hosted)
    assert "delete the file" in copy
    assert "folder" not in copy.partition('id="seen"')[0]
    assert "delete its folder" in to_html(builders.report())


def test_each_finding_stands_under_its_band_with_everything_its_owner_needs():
    found = builders.assessment(
        band="today", crop=PNG, clauses=("SM-01",), date="2026-02-11", location=builders.location("p1")
    )
    card = page(found).select_one("section#today article")
    text = words(card).replace("chirper .example/ settings/ profile", "chirper.example/settings/profile")
    for part in (
        "Your phone number is in your bio.", "a post of 11 February 2026 on Mastodon", "Ring me on 0•••• •••983",
        "Parents or pupils could ring you.", "about 2 minutes", "chirper.example/settings/profile",
        data.policy("altus-2023").clause("SM-01").says, "Ask your union rep.", "We are sure enough to say", "11 digits",
    ):  # fmt: skip
        assert part in text
    assert [li.get_text() for li in card.select(".steps ol li")] == list(found.advice.steps)
    assert card.img["src"].startswith("data:image/png;base64,")
    assert card.img["alt"].startswith("Picture with faces blurred")


@pytest.mark.parametrize("band", BANDS)
def test_counts_agree_with_what_stands_below(band):
    soup = page(
        *(builders.assessment(id=str(n), rule=f"r{n}", band=band) for n in range(3)),
        builders.assessment(level="candidate"),
    )
    assert len(soup.select(f"section#{band} article")) == 3
    shown = {a["href"][1:]: a.select_one(".figure").text for a in soup.select(".tiles a")}
    assert shown == {b: "3" if b == band else "0" for b in BANDS[:3]}


def test_a_band_nobody_knows_is_still_shown():
    assert page(builders.assessment(band="someday")).select("section#worth-a-look article")


def test_a_question_and_a_note_say_what_they_are():
    soup = page(builders.assessment(level="question"), builders.assessment(level="note", band="fine"))
    assert "A question for you" in words(soup.select_one("section#this-week"))
    assert "For your information" in words(soup.select_one("section#fine"))


def test_joined_evidence_names_each_place():
    evidence = (Location("https://pictures.example/robin", "avatar"), Location(builders.URL, "bio"))
    soup = page(builders.assessment(evidence=evidence))
    assert [li.text.strip() for li in soup.select(".chain li")] == [
        "your profile picture on pictures.example",
        "your bio on Mastodon",
    ]


# one problem, told once


def places_of(card):
    return words(card.select_one(".where"))


def at(where, **changes):
    return builders.assessment(id=where, location=builders.location(where), **changes)


def test_one_problem_in_several_places_is_one_card_that_lists_them():
    posts = (
        at(n, url=f"https://chirper.example/{n}", date=date, band="today")
        for n, date in (("p1", "2026-02-11"), ("p2", "2026-02-12"))
    )
    soup = page(at("bio"), *posts)
    card = soup.select_one("article")
    assert len(soup.select("article")) == 1
    assert card.find_parent("section")["id"] == "today"  # the most pressing of its places
    assert "your bio and 2 posts on Mastodon" in places_of(card)
    assert len(card.select(".spots a")) == 3
    assert "about 6 minutes" in words(card)


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "other"},
        {"check": "location"},
        {"level": "question"},
        {"profile": "https://chirper.example/@other"},
        {"ref": "crest"},
    ],
)
def test_different_problems_stay_apart(change):
    found = builders.assessment(id="a2", **change)
    assert len(page(builders.assessment(), found).select("article")) == 2


def test_two_unkind_posts_are_two_problems_and_two_names_of_the_school_are_one():
    unkind = (at(n, check="disparagement", excerpt=f"words {n}") for n in ("p1", "p2"))
    named = (at(n, check="employer-mention", excerpt=f"Harfield {n}") for n in ("p1", "p2"))
    assert len(page(*unkind).select("article")) == 2
    soup = page(*named)
    assert [p.text for p in soup.select("article blockquote p")] == ["Harfield p1", "Harfield p2"]


def test_two_signs_in_one_post_are_one_card_with_both_quotes():
    signs = (at("p1", check="pupil-information", rule=n, excerpt=n) for n in ("class", "event"))
    assert [p.text for p in page(*signs).select("article blockquote p")] == ["class", "event"]


def test_an_open_setting_is_told_with_the_contact_it_gives_away():
    setting = {
        "check": "weak-privacy",
        "rule": "flag-phone-visible",
        "excerpt": "",
        "advice": builders.advice(steps=("Hide it.",)),
    }
    with_contact = page(at("bio", rule="contact-phone"), at("flags", **setting))
    assert len(with_contact.select("article")) == 1
    text = words(with_contact.article)
    assert "your bio and your settings" in text
    assert "Hide it." in text
    for other in ({"rule": "contact-email"}, {"rule": "contact-phone", "level": "question"}):
        assert len(page(at("bio", **other), at("flags", **setting)).select("article")) == 2


def test_the_same_picture_is_shown_once():
    soup = page(builders.assessment(crop=PNG), at("p1", check="school-logo", crop=PNG))
    assert len(soup.select("img")) == 1
    assert soup.select_one('#item-2 a[href="#item-1"]').text == "The picture is shown in item 1."


def test_what_could_not_be_checked_anywhere_is_said_once():
    missing = {"id-badge": Verdict("could-not-check", "This check is not built yet.")}
    profiles = [
        builders.profile(f"https://chirper.example/@{n}", verdicts={**missing, n: Verdict("asked", "")})
        for n in ("location", "school-logo")
    ]
    assert words(page(profiles=tuple(profiles))).count("This check is not built yet.") == 1
    assert words(page(profiles=(profiles[0],))).count("This check is not built yet.") == 1


@pytest.mark.parametrize("excerpt", ["••…", "[sensitive detail]", "[name] [name]", " … "])
def test_a_quote_that_says_nothing_is_left_out(excerpt):
    assert not page(builders.assessment(excerpt=excerpt)).select("blockquote")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ("link-3", "a link on your page"),
        ("experience", "a line of your profile"),
        ("education-2", "a line of your profile"),
        ("footer", "the foot of your page"),
        ("page", "your page"),
        ("17", "a post"),
    ],
)
def test_places_are_named_as_their_owner_would(where, says):
    assert f"Where: {says} on Mastodon" in places_of(page(at(where)).article)


@pytest.mark.parametrize(
    ("where", "url", "goes_to"),
    [
        ("p1", "https://chirper.example/@robin_vale/1", "https://chirper.example/@robin_vale/1"),
        ("p1", "https://www.chirper.example/1", "https://www.chirper.example/1"),
        ("p1", "https://elsewhere.example/1", builders.URL),  # a shared post of somebody else
        ("link-1", "https://chirper.example/@friend", builders.URL),
        ("bio", "", builders.URL),
    ],
)
def test_the_link_of_a_place_leads_to_the_owner_s_own_pages(where, url, goes_to):
    assert page(at(where, url=url)).select_one(".where a")["href"] == goes_to


def test_the_first_things_to_do_stand_at_the_top():
    later = (at(f"p{n}", rule=f"r{n}") for n in range(4))
    soup = page(*later, builders.assessment(band="today", advice=builders.advice(summary="Now.")))
    links = soup.select(".first a")
    assert len(links) == 3
    assert (links[0].text, links[0]["href"]) == ("Now.", "#item-1")
    assert soup.select_one(".first").find_next("section")["id"] == "seen"
    assert not page(builders.assessment(level="note")).select(".first")


# silence must mean clear


def test_a_quiet_result_says_how_much_was_not_checked():
    verdicts = {
        "location": Verdict("nothing-seen", "looked at 12 posts"),
        "id-badge": Verdict("could-not-check", "not built"),
        "pupil-image": Verdict("could-not-check", "not built"),
    }
    text = words(page(profiles=(builders.profile(verdicts=verdicts),)).select_one(".checked"))
    assert "That does not mean that all is clear" in text
    assert "We checked for 1 kind of thing. 2 could not be checked, such as pictures of pupils." in text
    assert "all is clear" not in words(page(builders.assessment()))


def test_a_check_that_ran_on_one_profile_counts_as_checked():
    ran = builders.profile(verdicts={"location": Verdict("nothing-seen", "")})
    soup = page(profiles=(ran, replace(wall(), verdicts={"location": Verdict("could-not-check", "")})))
    assert "We checked for 1 kind of thing. See which" in words(soup.select_one(".checked"))


def test_the_tiles_of_an_unread_profile_hold_no_number():
    soup = page(profiles=(wall(),))
    assert {a.select_one(".figure").text for a in soup.select(".tiles a")} == {"–"}
    assert words(soup.select_one(".tiles")).count("not known") == 3
    assert "we tried to look at 1 profile" in words(soup.select_one(".looked"))
    assert "could not check anything" in words(soup.select_one(".checked"))


def test_a_note_does_not_stand_under_nothing_seen():
    seen = builders.profile(verdicts={"search-listing": Verdict("nothing-seen", "1 thing for you.")})
    note = at("flags", check="search-listing", level="note", band="worth-a-look")
    fine = words(page(note, profiles=(seen,)).select_one("#fine"))
    assert "We looked and saw nothing Search" not in fine
    assert "For your information Search engines" in fine


def test_a_login_wall_is_never_good_news():
    soup = page(profiles=(wall(),))
    assert "We met a sign-in page. That does not mean it is private." in words(soup.select_one("#seen"))
    assert "We could not read any profile" in words(soup.select_one(".notice"))
    for band in BANDS[:3]:
        assert "so we cannot say" in words(soup.select_one(f"#{band}"))
    fine = words(soup.select_one("#fine"))
    assert "We looked and saw nothing" not in fine
    assert "We could not check" in fine
    assert not soup.select("#seen .icon-fine")


@pytest.mark.parametrize(
    "result",
    [
        r
        for r in texts()["results"]
        if r not in ("ok", "ok_partial", "ok_unsure", "ok_capped", "private_confirmed")
    ]
    + ["brand_new"],
)
def test_every_result_that_read_nothing_says_so(result):
    soup = page(profiles=(wall(result),))
    assert soup.select("#seen .icon-unread")
    assert "We looked and saw nothing" not in words(soup)


@pytest.mark.parametrize(
    ("complete", "says"),
    [
        ("capped", "we stopped at a limit"),
        ("unsure", "We may not have reached the end"),
        ("later-word", "We may not have reached the end"),  # an unknown state is not a confirmed end
    ],
)
def test_a_page_not_read_to_its_end_is_not_called_whole(complete, says):
    coverage = Coverage(40, 212, 8, 1, 0, complete, ("Replies by other people.",))
    seen = page(profiles=(builders.profile(coverage=coverage),)).select_one("#seen")
    assert says in words(seen)
    assert "40 of about 212 posts" in words(seen)
    assert "1 picture could not be opened." in words(seen)
    assert "Replies by other people." in words(seen)
    assert not seen.select(".icon-fine")


def test_a_check_that_did_not_run_is_listed_even_beside_a_verdict_of_nothing_seen():
    soup = page(not_run=(builders.not_run("location", reason="a model is missing"),))
    assert "Where you are . A model is missing." in words(soup.select_one("#fine")).replace(
        "you are.", "you are ."
    )
    assert "looked at 12 posts" not in words(soup.select_one("#fine")).lower()


def test_an_interrupted_scan_says_so_first():
    assert "stopped before the end" in words(page(status="interrupted").select_one(".notice"))


def test_a_late_policy_review_is_said_and_one_in_time_is_not():
    assert "is late" in words(page().select_one("#policy .notice"))
    in_time = replace(builders.report(), created_at=builders.AT.replace(year=2024))
    assert "is late" not in to_html(in_time)


def test_an_unknown_clause_is_not_dropped_in_silence():
    assert "not in the policy file" in words(
        page(builders.assessment(clauses=("ZZ-99",))).select_one("#policy")
    )


def test_the_most_fitting_policy_line_is_told_and_the_others_only_named():
    lines = [c.id for c in data.policy("altus-2023").clauses[:5]]
    soup = page(builders.assessment(clauses=tuple(lines)))
    assert len(soup.select(".finding .clause .label")) == 1
    assert [a.text for a in soup.select(".finding .ref")] == lines
    assert [dt.text for dt in soup.select("#policy dt")] == lines


def test_the_school_s_contacts_and_a_helpline_with_its_date_are_printed():
    text = words(
        page(pack=pack(dsl="Ms A. Lantern", helplines=["Care line 01632 960001"])).select_one("#help")
    )
    for part in (
        "Safeguarding lead (DSL) Ms A. Lantern",
        "Care line 01632 960001",
        "0344 381 4772",
        "November 2026",
        "999",
    ):
        assert part in text


def test_the_abused_are_supported_first():
    assert "you have done nothing wrong" in words(
        page(builders.assessment("targeted-abuse")).select_one("#help")
    )


def test_the_report_card_is_printed_when_given():
    card = {"location": CardFigure(precision=0.9, recall=0.75, measured_on="cases of March 2026")}
    assert "90% 75% cases of March 2026" in words(page(card=card).footer)
    assert "scanner evaluate" in words(page().footer)


def test_a_card_says_how_often_such_findings_are_right_and_keeps_questions_apart():
    figures = {
        "location": CardFigure(precision=0.93, recall=None, measured_on="x"),
        "location/question": CardFigure(precision=0.6, recall=None, measured_on="x"),
        "id-badge": CardFigure(precision=None, recall=None, measured_on="x"),
    }
    soup = page(
        at("p1", check="location"),
        at("p2", check="location", level="question"),
        at("p3", check="id-badge"),
        card=figures,
    )
    said = [words(p).strip() for p in soup.select(".certainty")]
    assert "Of 100 such findings in our tests, about 93 were right." in said[0]
    assert "Of 100 such questions in our tests, about 60 were worth asking." in said[1]
    assert "Of 100" not in said[2]
    assert "(questions)" in words(soup.footer)


@pytest.mark.parametrize(
    ("school", "top", "says"),
    [
        ("The Altus School", "Compared with: The Altus School's policy of January 2023.", "Your policy says"),
        ("Altus School", "Compared with: The Altus School's policy", "Your policy says"),
        ("Harfield Green School", "a sample, The Altus School's policy", "The sample policy says"),
    ],
)
def test_the_sample_policy_is_not_passed_off_as_the_school_s_own(school, top, says):
    soup = page(builders.assessment(clauses=("SM-05", "DX-04")), school=school)
    assert top in words(soup.header)
    assert says in words(soup.select_one(".clause"))


def test_see_also_never_stands_alone():
    first_unknown = page(builders.assessment(clauses=("ZZ-99", "SM-05")))
    assert "See also" not in words(first_unknown.select_one(".clause"))
    assert not page(builders.assessment(clauses=("ZZ-99",))).select(".clause")


@pytest.mark.parametrize("blank", ["Your own union's representative", "TBC", "<name>", "to be named", "..."])
def test_contacts_nobody_filled_in_are_left_out(blank):
    assert "Your union" not in words(page(pack=pack(union=blank)).select_one("#help dl.people"))
    assert "Safeguarding" in words(page(pack=pack(dsl="A. Lantern", union=blank)).select_one("#help"))


def test_the_list_for_the_reader_alone_is_short_and_begins_with_what_was_found():
    lines = page(builders.assessment(clauses=("CN-04",))).select("#only-you li")
    assert len(lines) == 10
    cited = data.policy("altus-2023").clause("CN-04").says
    assert any(cited in li.text for li in lines)
    assert not any(cited in li.text for li in page().select("#only-you li"))


# practice


def practice_page():
    local = "http://127.0.0.1:4000/site"
    people = [
        builders.profile(f"{local}/{n}", platform="site", display_name=n.title()) for n in ("ada", "bo")
    ]
    found = [
        at(f"p{n}", rule=f"r{n}", profile=f"{local}/{who}", url=f"{local}/{who}/{n}",
           advice=builders.advice(link=f"{local}/settings"))
        for n, who in enumerate(("bo", "ada", "bo"))
    ]  # fmt: skip
    report = builders.report(*found, profiles=tuple(people))
    return BeautifulSoup(to_html(report, practice=True), "html.parser")


def test_a_practice_report_says_so_and_goes_person_by_person():
    soup = practice_page()
    assert soup.h1.text == soup.title.text.split(", ")[0] == "Practice report: made-up people"
    assert "made up" in words(soup.select_one(".practice"))
    assert "Private to you" not in words(soup)
    order = [tag.text.strip() for tag in soup.select("#this-week .person, #this-week .number")]
    assert order == ["Ada", "1.", "Bo", "2.", "3."]
    levels = [int(h.name[1]) for h in soup.find_all(re.compile("^h[1-6]$"))]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_a_practice_report_links_to_no_page_that_is_gone():
    soup = practice_page()
    assert all(a["href"].startswith("#") for a in soup.select("a"))
    assert "127.0.0.1" not in words(soup)


# hostile pages

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>" onmouseover="x \u202ednuora\u2066 {{ 7*7 }}'


def hostile_report():
    bad = "javascript:alert(1)"
    found = builders.assessment(
        excerpt=HOSTILE, reasons=(HOSTILE,), url=bad, profile=HOSTILE, date=HOSTILE, location=Location(HOSTILE, HOSTILE, image=HOSTILE),
        evidence=(Location(HOSTILE, HOSTILE),), advice=builders.advice(link=bad, summary=HOSTILE, why=HOSTILE, steps=(HOSTILE,), help=HOSTILE),
        crop=b"<svg onload=alert(1)>", clauses=(HOSTILE,),
    )  # fmt: skip
    profile = builders.profile(
        HOSTILE,
        display_name=HOSTILE,
        bio=HOSTILE,
        coverage=Coverage(not_seen=(HOSTILE,)),
        verdicts={HOSTILE: Verdict("could-not-check", HOSTILE)},
    )
    return builders.report(
        found,
        profiles=(profile,),
        school=HOSTILE,
        notes=(HOSTILE,),
        not_run=(builders.not_run(reason=HOSTILE),),
    )


def test_a_hostile_page_cannot_put_anything_into_the_report():
    html = to_html(hostile_report(), pack=pack(dsl=HOSTILE))
    soup = BeautifulSoup(html, "html.parser")
    assert soup.select("script, iframe, object, embed, form, base, img") == []
    assert not [a for tag in soup.find_all() for a in tag.attrs if a.startswith("on")]
    assert all(a["href"].startswith(("#", "https://", "http://")) for a in soup.select("a"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", html)
    assert "{{ 7*7 }}" in html


def test_the_page_asks_for_nothing_from_anywhere():
    html = to_html(builders.report(builders.assessment(crop=PNG)))
    soup = BeautifulSoup(html, "html.parser")
    assert "default-src 'none'" in soup.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert all(tag["src"].startswith("data:") for tag in soup.select("[src]"))
    assert [tag["href"] for tag in soup.select("link")] == ["data:,"]
    assert "url(" not in html
    assert "@import" not in html
    assert all(a["rel"] == ["noreferrer", "noopener"] for a in soup.select('a[href^="http"]'))


def test_a_flood_of_text_is_cut():
    html = to_html(builders.report(builders.assessment(excerpt="x" * 100_000, reasons=("y" * 9000,) * 500)))
    assert len(html) < 100_000


def test_the_bio_is_not_repeated():
    told = builders.report(profiles=(builders.profile(bio="ring 07700 900123"),))
    assert "900123" not in to_html(told)


# everyone can read it


def test_headings_landmarks_names_and_ids_are_in_order():
    soup = page(
        builders.assessment(crop=PNG),
        builders.assessment(band="today"),
        profiles=(builders.profile(), wall()),
        pack=pack(dsl="x"),
    )
    levels = [int(h.name[1]) for h in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    assert all(a["href"][1:] in ids for a in soup.select('a[href^="#"]'))
    assert all(tag["aria-labelledby"] in ids for tag in soup.select("[aria-labelledby]"))
    assert soup.html["lang"] == "en-GB"
    assert soup.title.text
    assert [len(soup.select(tag)) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    assert soup.find("a")["href"] == "#report"
    assert all(table.caption for table in soup.select("table"))
    assert all(img["alt"] for img in soup.select("img"))
    assert all(svg["aria-hidden"] == "true" for svg in soup.select("svg"))


def colours(css, start):
    return dict(
        re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css[css.index(start) : css.index("}", css.index(start))])
    )


def contrast(one, other):
    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [":root {", "@media screen and (prefers-color-scheme: dark)"])
@pytest.mark.parametrize(
    ("ink", "on", "least"),
    [
        *[(ink, on, 4.5) for ink in ("ink", "soft", "accent") for on in ("paper", "card", "tint", "notice")],
        *[("ink", f"{band}-tint", 4.5) for band in ("today", "week", "look", "fine")],
        *[("accent", f"{band}-tint", 4.5) for band in ("today", "week", "look", "fine")],
        *[
            (band, on, 3)
            for band in ("today", "week", "look", "fine", "focus", "edge")
            for on in ("paper", "card")
        ],
        *[(band, "card", 4.5) for band in ("today", "week", "look", "fine")],  # the numbers before headings
        *[("mark", band, 3) for band in ("today", "week", "look", "fine", "accent")],
    ],
)
def test_colours_stand_out_enough(scheme, ink, on, least):
    css = to_html(builders.report())
    found = colours(css, scheme)
    assert contrast(found[ink], found[on]) >= least


def sentences(value):
    if isinstance(value, str):
        yield from (s for s in re.split(r"(?<=[.!?])\s+", value) if s)
    elif isinstance(value, (list, tuple)):
        yield from (s for one in value for s in sentences(one))
    elif isinstance(value, dict):
        yield from (s for one in value.values() for s in sentences(one))


def test_our_own_words_can_be_read_at_the_age_of_eleven():
    """The measure of Kincaid and others (1975); whole parts, as one short line measures badly."""
    parts = (
        "practice",
        "private",
        "compared",
        "checked",
        "looked",
        "bands",
        "coverage",
        "results",
        "fine",
        "method",
    )
    for part in parts:
        said = [s for s in sentences(texts()[part]) if s.endswith((".", "?"))]
        assert reading(said)[0] <= 6, (part, reading(said))


def test_our_own_words_are_short_and_free_of_blame():
    said = [s for s in sentences(dict(texts())) if " " in s]
    lengths = [len(s.split()) for s in said]
    assert max(lengths) <= 25, max(said, key=lambda s: len(s.split()))
    assert sum(lengths) / len(lengths) <= 15
    blame = re.compile(
        r"violation|breach|offender|non-complian|misconduct|risk score|no problems|you are safe",
        re.IGNORECASE,
    )
    assert not [s for s in said if blame.search(s)]
