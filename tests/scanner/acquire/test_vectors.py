"""No page can make the browser touch a host the guard forbids, by any of the known ways.

One page tries them all against a server on loopback. It is opened twice: once with that server
allowed, to prove that the ways work, and once with it forbidden, when nothing at all may arrive.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack

import pytest

from scanner.acquire.browser import find, launch
from scanner.acquire.guard import Guard
from scanner.acquire.manners import Manners
from scanner.acquire.visit import stranger, visit
from scanner.errors import AcquireError
from scanner.platforms import Visit
from tests.scanner.acquire.pages import Answer, page, pages

MANNERS = Manners(pause=0, page_deadline=10)

# The ways that must be seen to work when the server is allowed; the rest depend on the browser's mood.
WORKING = {
    "/css", "/fetch", "/iframe", "/image", "/import", "/object", "/preload", "/script", "/xhr", "/worker",
    "/redirected-image", "/beacon", "/eventsource", "/form", "/ping", "/websocket", "/csp",
    "/module", "/embed", "/redirected-fetch", "/redirected-iframe", "/ws2", "/audio", "/video",
}  # fmt: skip
WAYS = """<!doctype html><title>ways</title>
<link rel=stylesheet href="{T}/css"><link rel=icon href="{T}/icon"><link rel=manifest href="{T}/manifest">
<link rel=dns-prefetch href="//{H}"><link rel=preconnect href="{T}"><link rel=prefetch href="{T}/prefetch">
<link rel=prerender href="{T}/prerender"><link rel=preload as=fetch crossorigin href="{T}/preload">
<link rel=modulepreload href="{T}/modulepreload">
<style>@import "{T}/import"; @font-face {{ font-family: f; src: url("{T}/font"); }} p {{ font-family: f; }}</style>
<script src="{T}/script"></script><script type=module src="{T}/module"></script>
<script type=speculationrules>{{"prefetch":[{{"urls":["{T}/speculated"]}}],"prerender":[{{"urls":["{T}/pre"]}}]}}</script>
<p>words</p><img src="{T}/image"><img src="/to/redirected-image"><img srcset="{T}/srcset 2x, {T}/srcset1 1x">
<iframe src="{T}/iframe"></iframe><iframe src="/to/redirected-iframe"></iframe><iframe src="file:///etc/hostname">
</iframe><object data="{T}/object"></object><embed src="{T}/embed"><video src="{T}/video" autoplay muted></video>
<audio src="{T}/audio" autoplay></audio><iframe name=sink></iframe>
<form id=form action="{T}/form" method=post target=sink><input name=a></form>
<a id=ping href="#x" ping="{T}/ping">x</a><img src="file:///etc/hostname">
<script>
const tries = [
  () => fetch("{T}/fetch", {{ mode: "no-cors" }}),
  () => fetch("/to/redirected-fetch", {{ mode: "no-cors" }}),
  () => fetch("file:///etc/hostname"),
  () => {{ const x = new XMLHttpRequest(); x.open("GET", "{T}/xhr"); x.send(); }},
  () => navigator.sendBeacon("{T}/beacon", "x"),
  () => new EventSource("{T}/eventsource"),
  () => new WebSocket("ws://{H}/websocket"),
  () => new Worker(URL.createObjectURL(new Blob(["fetch('{T}/worker', {{mode:'no-cors'}}); new WebSocket('ws://{H}/ws2');"]))),
  () => new SharedWorker(URL.createObjectURL(new Blob(["fetch('{T}/shared', {{mode:'no-cors'}})"]))),
  () => navigator.serviceWorker.register("/worker.js"),
  () => new WebTransport("https://{H}/"),
  () => {{ const c = new RTCPeerConnection({{ iceServers: [{{ urls: "stun:{U}" }},
      {{ urls: "turn:{H}?transport=tcp", username: "u", credential: "c" }}] }});
    c.createDataChannel("x"); c.createOffer().then((o) => c.setLocalDescription(o)); }},
  () => {{ const f = document.createElement("iframe"); document.body.append(f);
    const c = new f.contentWindow.RTCPeerConnection({{ iceServers: [{{ urls: "stun:{U}" }}] }});
    c.createDataChannel("x"); c.createOffer().then((o) => c.setLocalDescription(o)); }},
  () => window.open("{T}/popup"),
  () => Object.assign(document.createElement("a"), {{ href: "{T}/blank", target: "_blank", rel: "noopener" }}).click(),
  () => form.submit(),
  () => ping.click(),
  ...{ODD}.map((url) => () => fetch(url, {{ mode: "no-cors" }})),
];
for (const one of tries) {{ try {{ Promise.resolve(one()).catch(() => 0); }} catch {{ }} }}
</script>"""


def odd(port: int) -> list[str]:
    hosts = ("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "[::1]", "[::ffff:127.0.0.1]", "localhost",
             "x.localhost", "127.0.0.2", "127.0.0.1.")  # fmt: skip
    return [f"http://{host}:{port}/odd" for host in hosts]


def ways(target, udp: int) -> dict[str, Answer]:
    host = f"127.0.0.1:{target.port}"
    html = WAYS.format(T=f"http://{host}", H=host, U=f"127.0.0.1:{udp}", ODD=odd(target.port))
    names = ("redirected-image", "redirected-iframe", "redirected-fetch")
    sent_on = {
        f"/to/{name}": Answer(b"", status="302 Found", fields=(f"location: http://{host}/{name}",))
        for name in names
    }
    report = f"content-security-policy-report-only: default-src 'none'; report-uri http://{host}/csp"
    worker = f"fetch('http://{host}/service', {{mode:'no-cors'}}); onfetch = () => 0;"
    return {
        **sent_on,
        "/": page(html, fields=(report,)),
        "/worker.js": Answer(worker.encode(), "text/javascript"),
        "/redirect": Answer(b"", status="302 Found", fields=(f"location: http://{host}/redirect",)),
        "/refresh": page(f"<meta http-equiv=refresh content='0;url=http://{host}/refresh'>"),
        "/script": page(f"<script>location = 'http://{host}/script-redirect'</script>"),
        "/link": page(f"<a id=a href='http://{host}/link' download>x</a><script>a.click()</script>"),
        "/file": page("<script>location = 'file:///etc/hostname'</script><p>words"),
    }  # fmt: skip


def open_all(*, allowed: bool, paths=("/",)):
    """What arrived at the other server, and what the pages became."""

    async def story():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", 0))
            udp.setblocking(False)
            async with pages() as target, pages() as site:
                target.routes = {path: Answer(b"", "text/css") for path in WORKING}
                site.serve(ways(target, udp.getsockname()[1]))
                allow = {site.here, target.here} if allowed else {site.here}
                seen = []
                async with (
                    Guard(allow=allow) as guard,
                    launch(find(), guard=guard) as browser,
                    AsyncExitStack() as ends,
                ):
                    purse = ends.enter_context(guard.purse())  # as a session opens a profile
                    visitor = stranger(browser, user_agent=MANNERS.user_agent, guard=purse)
                    context = await ends.enter_async_context(visitor)
                    for path in paths:
                        what = Visit("profile", site.url(path), scroll=True)
                        try:
                            seen.append(await visit(context, what, manners=MANNERS, allow=allow))
                        except AcquireError as error:
                            seen.append(error)
                    refused = guard.refusals
                    assert purse.seen > 0
                    assert guard.house.seen == 0  # nothing goes by another's credential
                try:
                    datagrams = len(udp.recv(2048))
                except BlockingIOError:
                    datagrams = 0
                return set(target.hits), target.connections, datagrams, seen, refused

    return asyncio.run(asyncio.wait_for(story(), 50))


@pytest.mark.browser
def test_the_ways_work_where_the_server_is_allowed():
    hits, _, _, _, _ = open_all(allowed=True)
    assert hits >= WORKING, sorted(WORKING - hits)


@pytest.mark.browser
def test_nothing_arrives_where_it_is_forbidden():
    paths = ("/", "/redirect", "/refresh", "/script", "/link", "/file")
    hits, connections, datagrams, seen, refused = open_all(allowed=False, paths=paths)
    assert (hits, connections, datagrams) == (set(), 0, 0)
    assert "words" in seen[0].html  # the page itself was read all the same
    assert refused  # and the report can say what was kept out
    assert all(isinstance(one, AcquireError) for one in seen[1:5]), seen
    with open("/etc/hostname") as file:  # noqa: PTH123
        secret = file.read().strip()
    told = [f"{one.html}{one.source}" for one in (seen[0], seen[5]) if not isinstance(one, AcquireError)]
    assert not any(secret in text for text in told)


@pytest.mark.browser
def test_scripts_find_no_way_to_real_time_connections():
    html = """<iframe id=f></iframe><p id=p></p><script>
    p.textContent = [typeof RTCPeerConnection, typeof WebTransport, typeof f.contentWindow.RTCPeerConnection];
    </script>"""

    async def story():
        async with (
            pages({"/": page(html)}) as site,
            Guard(allow={site.here}) as guard,
            launch(find(), guard=guard) as browser,
            stranger(browser, user_agent="x") as context,
        ):
            return await visit(context, Visit("p", site.url()), manners=MANNERS, allow=guard.allow)

    assert "undefined,undefined,undefined" in asyncio.run(story()).html
