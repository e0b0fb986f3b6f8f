"""Pages that misbehave, each in one way, to prove that the scanner copes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import Event

from scanner.practice.answer import Answer, page

HUGE = 500_000_000
_PATIENCE = 600.0  # seconds after which even an endless answer ends
_PIECE = 65_536


def answers() -> Mapping[str, Callable[[], Answer]]:
    """Every troublesome path, and what it answers."""
    return {
        "/trouble/never-ending": lambda: Answer(stream=_never_ending),
        "/trouble/huge-image": lambda: page('<h1>Big picture</h1><img src="/trouble/huge.jpg" alt="">'),
        "/trouble/huge.jpg": lambda: Answer(kind="image/jpeg", stream=_huge, length=HUGE),
        "/trouble/broken-html": lambda: Answer(_BROKEN.encode()),
        "/trouble/wrong-encoding": lambda: Answer(_ACCENTS.encode("latin-1")),
        "/trouble/no-charset": lambda: Answer(_ACCENTS.encode("utf-8"), kind="text/html"),
        "/trouble/binary": lambda: Answer(bytes(range(256)) * 64, kind="application/octet-stream"),
        "/trouble/redirect-private": lambda: _redirect("http://10.255.255.1/profile"),
        "/trouble/redirect-metadata": lambda: _redirect("http://169.254.169.254/latest/meta-data/"),
        "/trouble/redirect-loopback": lambda: _redirect("http://127.0.0.1:9/"),
        "/trouble/redirect-loop": lambda: _redirect("/trouble/redirect-loop"),
        "/trouble/redirect-file": lambda: _redirect("file:///etc/hostname"),
        "/trouble/endless-scroll": lambda: page(_ENDLESS, title="Scrolls for ever"),
        "/trouble/busy-loop": lambda: page(
            "<h1>Sam Sample</h1><p>Hello.</p><script>while (true) {}</script>"
        ),
        "/trouble/slow": lambda: Answer(stream=_slow),
        "/trouble/silent": lambda: Answer(stream=_silent),
        "/trouble/empty-shell": lambda: page('<div id="root"></div><noscript>Turn on JavaScript.</noscript>'),
        "/trouble/consent-wall": lambda: page(_CONSENT, title="Before you continue"),
        "/trouble/captcha": lambda: page(_CAPTCHA, status=403, title="Just a moment"),
        "/trouble/login-wall": lambda: page(_LOGIN, title="Log in"),
        "/trouble/too-many": lambda: Answer(
            b"Too many requests", status=429, headers={"Retry-After": "3600"}
        ),
        "/trouble/forbidden": lambda: page("<h1>Forbidden</h1>", status=403),
        "/trouble/server-error": lambda: page("<h1>Something went wrong</h1>", status=503),
        "/trouble/popups": lambda: page(_POPUPS, title="Popups"),
        "/trouble/download": lambda: Answer(
            b"hello", kind="text/plain", headers={"Content-Disposition": 'attachment; filename="gift.txt"'}
        ),
        "/trouble/disallowed": lambda: page("<h1>Sam Sample</h1><p>robots.txt says no.</p>"),
        "/trouble/disallowed/deep": lambda: page("<h1>Sam Sample</h1><p>robots.txt says no.</p>"),
        "/trouble/posts.json": lambda: Answer(_MORE.encode(), kind="application/json"),
    }


def _redirect(to: str) -> Answer:
    return Answer(status=302, headers={"Location": to})


def _never_ending(stop: Event) -> Iterator[bytes]:
    yield b"<!doctype html><title>Never ends</title><h1>Sam Sample</h1>"
    for _ in range(int(_PATIENCE / 0.02)):
        yield b"<p>And another thing.</p>" * 40
        if stop.wait(0.02):
            return


def _huge(stop: Event) -> Iterator[bytes]:
    yield bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
    for _ in range(HUGE // _PIECE):
        if stop.is_set():
            return
        yield bytes(_PIECE)


def _slow(stop: Event) -> Iterator[bytes]:
    yield b"<!doctype html><title>Slow</title><h1>Sam Sample</h1>"
    for _ in range(int(_PATIENCE)):
        if stop.wait(1.0):
            return
        yield b"<!-- still here -->"


def _silent(stop: Event) -> Iterator[bytes]:
    stop.wait(_PATIENCE)
    yield b""


_ACCENTS = (
    '<!doctype html><html lang="en-GB"><head><title>Zoë Café</title></head>'
    '<body><h1>Zoë Brontëfield</h1><p class="bio">Café, crème brûlée and £5 notes.</p></body></html>'
)
_BROKEN = (
    '<html><head><title>Broken</title><meta property="og:title" content="Sam Sample>'
    '<body><div class="post><p>First post<p>Second <b>post <i>never</b> closed</i>'
    "<table><tr><td>Third post</table></div></div></section><!-- no end <p>lost"
)
_ENDLESS = """<h1>Sam Sample</h1><main id="feed"></main><div id="end" style="height:40px">more</div><script>
var n = 0, feed = document.getElementById("feed"), end = document.getElementById("end");
function more() {
  fetch("/trouble/posts.json?n=" + n).then(function (r) { return r.json(); }).then(function (page) {
    for (var i = 0; i < 10; i++) {
      n += 1;
      var item = "<article id='e" + n + "' style='height:200px'><p>" + page.text + " " + n + "</p></article>";
      feed.insertAdjacentHTML("beforeend", item);
    }
    setTimeout(look, 50);
  });
}
function look() {
  if (end.getBoundingClientRect().top < innerHeight + 400) { more(); } else { setTimeout(look, 100); }
}
look();
</script>"""
_MORE = '{"text": "One more thought, number"}'
_CONSENT = """<div role="dialog" aria-modal="true" class="consent"><h1>Before you continue</h1>
<p>We and our 914 partners use cookies. Choose to go on.</p>
<form action="/trouble/consent-wall" method="post"><button name="set" value="yes">Accept all</button>
<button name="set" value="no">Reject all</button></form></div>"""
_CAPTCHA = """<h1>Checking that you are human</h1><p>Verify you are human by completing the action below.</p>
<div class="captcha-box" data-sitekey="practice"><input type="checkbox" id="human">
<label for="human">I am not a robot</label></div>"""
_LOGIN = """<main><h1>Log in to continue</h1><p>You must log in to see this profile.</p>
<form method="post" action="/login"><input type="email" name="email"><input type="password" name="password">
<button>Log in</button></form></main>"""
_POPUPS = """<h1>Sam Sample</h1><p class="bio">Hello.</p><script>
window.open("/trouble/empty-shell"); alert("Win a prize"); location.hash = "x";
var a = document.createElement("a"); a.href = "/trouble/download"; a.download = "gift.txt"; a.click();
</script>"""
