"""One visit: everything the page shows is taken, and no page can hold us or slip through unseen."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from scanner.acquire import scroll, traffic
from scanner.acquire.browser import find, launch
from scanner.acquire.guard import Guard
from scanner.acquire.manners import Manners
from scanner.acquire.text import decode, has_scripts, whole
from scanner.acquire.visit import stranger, visit
from scanner.errors import AcquireError, SubmissionError
from scanner.platforms import Page, Visit
from tests.scanner.acquire.pages import PICTURES, Answer, Pages, lazy, page, pages, picture

QUICK = Manners(pause=0, page_deadline=12)
PNG = picture(1)


@dataclass
class Machine:
    """One browser behind one guard, and one site it may open, for all tests of this file."""

    runner: asyncio.Runner
    browser: Browser
    site: Pages
    gone: Pages

    def see(self, routes, *, delay=0.0, manners=QUICK, on_picture=lambda *_: None):
        """Visit the first page of a site: what came of it, and how many windows are still open."""
        self.site.serve(routes, delay=delay)
        return self.open(self.site.url(), manners=manners, on_picture=on_picture)

    def open(self, url, *, manners=QUICK, on_picture=lambda *_: None):
        async def story():
            async with stranger(self.browser, user_agent=manners.user_agent) as context:
                what = Visit("profile", url, scroll=True)
                allow = {self.site.here, self.gone.here}
                try:
                    seen = await visit(context, what, manners=manners, allow=allow, on_picture=on_picture)
                except AcquireError as error:
                    seen = error
                return seen, len(context.pages)

        return self.runner.run(asyncio.wait_for(story(), 60))


@pytest.fixture(scope="module")
def machine():
    with asyncio.Runner() as runner:
        ends = AsyncExitStack()
        enter = lambda part: runner.run(ends.enter_async_context(part))  # noqa: E731
        site, gone = enter(pages()), runner.run(_gone())
        guard = enter(Guard(allow={site.here, gone.here}))
        yield Machine(runner, enter(launch(find(), guard=guard)), site, gone)
        runner.run(ends.aclose())


async def _gone() -> Pages:
    async with pages() as site:
        return site


def seen_of(answer) -> Page:
    assert isinstance(answer[0], Page), answer[0]
    return answer[0]


def failed(answer) -> AcquireError:
    assert isinstance(answer[0], AcquireError), answer[0]
    return answer[0]


# completeness


@pytest.mark.browser
@pytest.mark.parametrize("delay", [0.02, 0.4])
def test_a_lazy_profile_is_read_to_its_end_with_every_picture(machine, delay):
    arrived = {}
    answer = machine.see(
        lazy(40, side=256),
        delay=delay,
        manners=Manners(pause=0),
        on_picture=lambda u, d: arrived.update({u: d}),
    )
    got = seen_of(answer)
    assert got.html.count("<article") == 40
    assert got.complete == "complete"
    expected = {machine.site.url(f"/picture/{n}"): picture(n, side=256) for n in range(PICTURES)}
    assert got.pictures == expected
    assert arrived == expected
    assert (
        machine.site.hits.count("/picture/0") == 1
    )  # taken from the page's own traffic, not asked for again


@pytest.mark.browser
def test_pictures_are_handed_on_while_the_page_is_still_being_read(machine):
    moments = []
    machine.see(lazy(40), delay=0.02, on_picture=lambda *_: moments.append(time.monotonic()))
    assert len(moments) == PICTURES
    assert moments[-1] < time.monotonic() - 0.9  # the quiet time alone is longer


@pytest.mark.browser
def test_a_page_that_never_ends_is_capped_and_says_so(machine):
    got = seen_of(machine.see(lazy(1_000_000), manners=Manners(pause=0, max_posts=50, page_deadline=30)))
    assert got.complete == "capped"
    assert 50 <= got.html.count("<article") < 100


@pytest.mark.browser
def test_more_pictures_than_the_cap_are_capped_and_say_so(machine):
    got = seen_of(machine.see(lazy(40), manners=Manners(pause=0, max_images=7)))
    assert (len(got.pictures), got.complete) == (7, "capped")


@pytest.mark.browser
def test_only_a_page_that_can_grow_is_waited_for(machine, monkeypatch):
    waits = []
    window = scroll._window
    monkeypatch.setattr(scroll, "_window", lambda *seen: waits.append(window(*seen)) or waits[-1])
    tall = "".join(f"<p>{n}<img loading=lazy src='/p{n}.png' style='margin-top:900px'>" for n in range(20))
    answer = machine.see({"/": page(tall), **{f"/p{n}.png": Answer(PNG, "image/png") for n in range(20)}})
    got = seen_of(answer)
    assert (got.complete, len(got.pictures)) == ("complete", 20)
    assert waits == []
    assert seen_of(machine.see({"/": page("<p>still<script>1</script>")})).complete == "complete"
    assert min(waits) >= scroll.QUIET_S


LATE = """<main id=m>early</main><script>
setTimeout(() => { m.insertAdjacentHTML("beforeend", "<article>late words</article>"); }, 900);
</script>"""
INNER = """<style>html,body{margin:0;height:100%;overflow:hidden}</style>
<main id=m style="height:100vh;overflow-y:scroll"></main><script>
let n = 0;
function more() { for (let i = 0; i < 8; i++) m.insertAdjacentHTML("beforeend",
  "<article style='height:400px'>post " + n++ + "</article>"); }
more();
m.addEventListener("scroll", () => { if (n < 32 && m.scrollTop + m.clientHeight > m.scrollHeight - 50) more(); });
</script>"""
OBSERVED = """<script>
const load = new IntersectionObserver((all) => { for (const one of all)
  if (one.isIntersecting) one.target.src = one.target.dataset.src; });
for (let n = 0; n < 12; n++) {
  const img = Object.assign(document.createElement("img"), { style: "display:block;height:900px;width:99px" });
  img.dataset.src = "/p.png?" + n; document.documentElement.append(img); load.observe(img);
}</script>"""
POLLING = """<article>words</article><script>setInterval(() => fetch("/poll"), 300);</script>"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("html", "holds", "pictures", "state"),
    [
        (LATE, "late words", 0, "complete"),
        (INNER, "post 31", 0, "complete"),  # the scroll bar belongs to a part of the page
        (OBSERVED, "img", 12, "complete"),  # pictures that load only when they pass the window
        (POLLING, "words", 0, "complete"),  # asking for news for ever is not growing
    ],
)
def test_pages_load_in_many_ways_and_nothing_is_missed(machine, html, holds, pictures, state):
    routes = {"/": page(html), "/p.png": Answer(PNG, "image/png"), "/poll": Answer(b"{}", "application/json")}
    got = seen_of(machine.see(routes, delay=0.01))
    assert holds in got.html
    assert len(got.pictures) == pictures
    assert got.complete == state


FORGETS = """<main id=m></main><div id=end style="height:9px"></div><script>
let n = 0;
new IntersectionObserver((seen) => { if (!seen[0].isIntersecting || n >= 40) return;
  for (let i = 0; i < 10; i++) m.insertAdjacentHTML("beforeend", "<article style='height:500px'>" + n++ + "</article>");
  while (n >= 40 && m.children.length > 10) m.firstChild.remove();
}).observe(end);</script>"""


@pytest.mark.browser
def test_a_page_that_forgets_what_it_showed_is_not_called_complete(machine):
    assert seen_of(machine.see({"/": page(FORGETS)})).complete == "unsure"


@pytest.mark.browser
def test_a_picture_behind_a_redirect_keeps_the_address_the_page_used(machine):
    routes = {
        "/": page("<img src='/moved.png'>"),
        "/moved.png": Answer(b"", status="302 Found", fields=("location: /p.png",)),
        "/p.png": Answer(PNG, "image/png"),
    }
    answer = machine.see(routes)
    assert seen_of(answer).pictures == {machine.site.url("/moved.png"): PNG}


@pytest.mark.browser
def test_a_page_that_moves_on_is_read_where_it_ends(machine):
    routes = {
        "/": page("<meta http-equiv=refresh content='0;url=/next'><p>first"),
        "/next": page("<p>second</p><img src=/p.png>", fields=("x-robots-tag: noindex",)),
        "/p.png": Answer(PNG, "image/png"),
    }
    answer = machine.see(routes)
    got = seen_of(answer)
    assert got.url == machine.site.url("/next")
    assert "second" in got.html
    assert "second" in got.source
    assert got.headers["x-robots-tag"] == "noindex"
    assert list(got.pictures) == [machine.site.url("/p.png")]


# hostile pages


@pytest.mark.browser
def test_popups_and_dialogs_hold_nobody_up(machine):
    storm = "<script>for (let i=0;i<30;i++) { window.open('/popup'); } alert(1); confirm(2); prompt(3);"
    link = "for (let i=0;i<9;i++) { const a=document.createElement('a'); a.href='/popup'; a.target='_blank';"
    answer = machine.see(
        {"/": page(storm + link + "document.documentElement.append(a); a.click(); }</script><p>still here")},
        manners=Manners(pause=0),
    )
    got = seen_of(answer)
    assert "still here" in got.html
    assert got.complete == "complete"  # not cut off at the deadline
    assert answer[1] == 0  # windows: ours is closed too


@pytest.mark.browser
@pytest.mark.parametrize(
    "html",
    [
        "<p>hello<script>while (true) {}</script>",
        "<p>hello<script>setTimeout(() => { while (true) {} }, 300)</script>",
    ],
)
def test_a_page_that_never_stops_working_ends_at_its_deadline(machine, html):
    answer = machine.see({"/": page(html)}, manners=Manners(pause=0, page_deadline=3))
    assert failed(answer).result == "timeout"


@pytest.mark.browser
def test_a_very_tall_page_is_capped(machine):
    answer = machine.see({"/": page("<div style='height:400000px'>tall</div><script>1</script>")})
    assert seen_of(answer).complete == "capped"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (Answer(b"x" * 99, "application/zip", fields=("content-disposition: attachment",)), "unreadable"),
        (Answer(b"", status="204 No Content"), "unreadable"),
    ],
)
def test_an_address_that_is_no_page_says_so(machine, answer, result):
    assert failed(machine.see({"/": answer})).result == result


@pytest.mark.browser
def test_a_page_that_crashes_its_tab_does_not_take_the_scan_with_it(machine):
    hog = "<script>const all=[]; for(;;) all.push(new Uint8Array(2**28).fill(1));</script>"
    answer = machine.see({"/": page(hog)}, manners=Manners(pause=0, page_deadline=3))
    assert failed(answer).result in {"unreachable", "timeout"}


@pytest.mark.browser
def test_a_picture_larger_than_the_limit_is_not_kept_and_the_page_is_not_called_complete(machine):
    routes = {"/": page("<img src=/big.png><img src=/p.png>"), "/big.png": Answer(picture(2, side=200), "image/png"),
              "/p.png": Answer(PNG, "image/png")}  # fmt: skip
    answer = machine.see(routes, manners=Manners(pause=0, max_bytes=50_000))
    got = seen_of(answer)
    assert list(got.pictures) == [machine.site.url("/p.png")]
    assert got.complete == "unsure"


@pytest.mark.browser
def test_nobody_answering_is_unreachable(machine):
    assert failed(machine.open(machine.gone.url())).result == "unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "view-source:file:///etc/hostname",
        "javascript:1",
        "data:text/html,hello",
        "chrome://version",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
    ],
)
def test_an_address_that_must_not_be_opened_never_reaches_the_browser(url):
    with pytest.raises(SubmissionError):
        asyncio.run(visit(None, Visit("profile", url), manners=QUICK))  # no browser is there to be asked


# bytes to text


@pytest.mark.browser
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>Café Ünal".encode("cp1252"), "text/html; charset=iso-8859-1"),
        ("<meta charset=windows-1252><p>Café Ünal".encode("cp1252"), "text/html"),
        ("<meta charset=iso-8859-2><p>Café Ünal Łódź".encode("iso-8859-2"), "text/html"),
        (
            "<meta charset=shift_jis><p>Café Ünal 日本".replace("é", "e").replace("Ü", "U").encode("cp932"),
            "text/html",
        ),
        ("\ufeff<p>Café Ünal".encode("utf-16"), "text/html"),
        ("<p>Café Ünal".encode(), "text/html; charset=utf-8"),
    ],
)
def test_a_page_in_any_encoding_is_read_right_in_both_forms(machine, body, kind):
    got = seen_of(machine.see({"/": Answer(body, kind)}))
    words = "Cafe Unal 日本" if b"shift" in body else "Łódź" if b"8859-2" in body else "Café Ünal"
    assert words in got.html
    assert words in got.source


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("café".encode(), "text/html", "café"),
        ("café".encode("cp1252"), "text/html; charset=ISO-8859-1", "café"),
        ("\ufeffcafé".encode("utf-16"), "text/html; charset=utf-8", "\ufeffcafé"),  # the mark wins
        (b"<meta charset=windows-1252>caf\xe9", "text/html", "<meta charset=windows-1252>café"),
        (b"caf\xc3\xa9", "text/html; charset=idna", "café"),  # not an encoding of the web
        (b"ok \xff", "text/html", "ok \ufffd"),
        (b"", "", ""),
    ],
)
def test_bodies_become_text_by_mark_declaration_or_utf8(body, content_type, text):
    assert decode(body, content_type) == text


@pytest.mark.parametrize(
    ("source", "alive"),
    [
        (b"<p>words", False),
        (b'<script type="application/ld+json">{}</script>', False),  # data, not a program
        (b"<script>1</script>", True),
        (b"<script type=module src=x>", True),
        (b"<body onload=go()>", True),
        (b"<iframe src=x>", True),
        (b"<meta http-equiv=refresh content=1>", True),
    ],
)
def test_a_document_that_can_change_by_itself_is_known(source, alive):
    assert has_scripts(source) is alive


@pytest.mark.parametrize(
    "piece",
    [b"<script ", b"<", b"<a on", b"<a \n", b" on", b"<script type", b"http-equiv ", b'<script type="   '],
)
def test_scripts_are_looked_for_in_a_time_that_grows_with_the_page_and_no_faster(piece):
    source = piece * (1_000_000 // len(piece))
    began = time.process_time()
    has_scripts(source)
    assert time.process_time() - began < 5  # quadratic: hours


def test_a_page_too_long_to_look_through_counts_as_one_that_can_change():
    assert has_scripts(b"<p>" + b"x" * 1_000_000)


def test_half_characters_do_not_break_what_comes_after():
    assert whole("a\ud83d b \U0001f600").encode() == "a\ufffd b \U0001f600".encode()


@pytest.mark.parametrize(
    ("coding", "packed", "most"),
    [("", 10, 10), ("identity", 10, 10), ("GZIP", 10, 10_320), ("br", 10, 100_000), ("gzip, br", 1, 10_000)],
)
def test_a_packed_picture_counts_as_what_it_can_unpack_to(coding, packed, most):
    assert traffic._at_most({"content-encoding": coding}, packed) == most
