"""The guard: nothing forbidden is reached, nothing is let through without bound, nothing is lost unseen."""

from __future__ import annotations

import asyncio
import base64
import socket
import time

import pytest

from scanner.acquire.guard import STATUS_FIELD, Guard, Limits
from scanner.errors import UsageError
from tests.scanner.acquire.loopback import RESET, Names, ask, get, ok, run, serve

PUBLIC = "8.8.8.8"  # never contacted: the upstream of these tests is on loopback

OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def status(answer: bytes) -> int:
    return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0


def connect(target: str) -> bytes:
    return f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


async def _endless(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 10_000)
        await writer.drain()


async def _silent(reader, writer):
    await reader.read()


async def _tunnel(reader, writer):
    """An upstream proxy that opens every tunnel and answers in place of the far side."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    writer.write(b"seen:" + await reader.read(100))


async def _echo(reader, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while chunk := await reader.read(100):
        writer.write(chunk)


# what it lets through


def test_a_page_on_an_allowed_address_is_fetched():
    async def story():
        async with serve(ok(b"hello", b"X-Kept: yes")) as site, Guard(allow={site.here}) as guard:
            return await ask(guard, get(f"{site.url}/a?b=c")), site.requests, site.port, guard.house.seen

    answer, requests, port, seen = run(story())
    assert status(answer) == 200
    assert answer.endswith(b"\r\n\r\nhello")
    assert b"x-kept: yes" in answer
    assert requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"host: 127.0.0.1:{port}\r\n".encode() in requests[0]  # the one that was checked, not the one sent
    assert b"wrong.example" not in requests[0]
    assert seen == 5


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address():
    async def story():
        async with serve(ok()) as site:
            names = Names({"jo.example": [["127.0.0.1"], ["10.0.0.1"]]})
            async with Guard(allow={("jo.example", site.port)}, resolve=names) as guard:
                return await ask(guard, get(f"http://jo.example:{site.port}/")), names.asked, site.requests

    answer, asked, requests = run(story())
    assert status(answer) == 200
    assert asked == ["jo.example"]
    assert b"host: jo.example:" in requests[0]


def test_the_systems_own_resolver_is_asked_when_none_is_given():
    async def story():
        async with serve(ok()) as site, Guard(allow={("localhost", site.port)}) as guard:
            return (
                status(await ask(guard, get(f"http://localhost:{site.port}/"))),
                status(await ask(guard, connect("no-such-name.invalid:443"))),
            )

    assert run(story()) == (200, 502)


@pytest.mark.skipif(not _has_ipv6(), reason="this computer has no IPv6 loopback")
def test_an_ipv6_address_is_reached_when_allowed_and_only_then():
    async def story():
        async with serve(ok(), host="::1") as site, Guard(allow={("::1", site.port)}) as guard:
            answers = [
                await ask(guard, get(f"http://[::1]:{site.port}/")),
                await ask(guard, connect(f"[::1]:{site.port}") + b"GET / HTTP/1.1\r\n\r\n"),
                await ask(guard, get(f"http://[::ffff:127.0.0.1]:{site.port}/")),
                await ask(guard, connect("[::1]:443")),
            ]
            return [status(answer) for answer in answers], site.requests

    codes, requests = run(story())
    assert codes == [200, 200, 403, 403]
    assert b"host: [::1]:" in requests[0]


def test_a_tunnel_passes_bytes_both_ways_and_ends_when_both_sides_have_ended():
    async def story():
        async with serve(_echo) as site, Guard(allow={site.here}) as guard:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(guard.url.rpartition(":")[2]))
            secret = f"Proxy-Authorization: {guard.house.credential.decode()}\r\n\r\n".encode()
            writer.write(connect(f"127.0.0.1:{site.port}")[:-2] + secret + b"GET / HTTP/1.1\r\n\r\n")
            for word in (b"one", b"two"):
                writer.write(word)
                await writer.drain()
                await asyncio.sleep(0.05)
            writer.write_eof()
            got = await reader.read()
            writer.transport.abort()
            return got, guard.house.seen

    got, seen = run(story())
    assert got == OPENED + b"HTTP/1.1 200 OK\r\n\r\nonetwo"
    assert seen == 18 + 6 + 19 + 6


def test_a_second_request_on_the_same_connection_is_not_served():
    async def story():
        async with serve(ok()) as site, Guard(allow={site.here}) as guard:
            return await ask(guard, get(site.url + "/1") + get(site.url + "/2")), site.requests

    answer, requests = run(story())
    assert answer.count(b"HTTP/1.1 200") == 1
    assert len(requests) == 1


def test_fields_for_one_hop_or_for_a_proxy_do_not_travel():
    async def story():
        reply = ok(b"", b"Connection: X-Private, close", b"X-Private: 1", b"Keep-Alive: 5",
                   b"Proxy-Status: exposure-scanner; details=blocked", b"Proxy-Authenticate: Basic",
                   b"Upgrade: h2c", b"X-Kept: 1")  # fmt: skip
        async with serve(reply) as site, Guard(allow={site.here}) as guard:
            fields = ("Connection: X-Mine, Host, keep-alive", "X-Mine: 1", "TE: trailers", "Upgrade: h2c", "Accept-Encoding: gzip",
                      "Proxy-Connection: keep-alive", "Expect: 100-continue", "X-Sent: 1")  # fmt: skip
            return await ask(guard, get(site.url, *fields)), site.requests[0]

    answer, request = (raw.lower() for raw in run(story()))
    for gone in (b"x-private", b"keep-alive", b"proxy-", b"upgrade", b"h2c"):
        assert gone not in answer
    for gone in (b"accept-encoding", b"x-mine", b"trailers", b"h2c", b"proxy-", b"expect", b"keep-alive"):
        assert gone not in request
    assert b"x-kept: 1" in answer
    assert b"x-sent: 1" in request
    assert request.count(b"host:") == 1
    assert request.count(b"connection: close") == 1


def test_a_request_body_travels():
    async def story():
        bodies = []

        async def take(reader, writer):
            bodies.append(await reader.readexactly(5))
            writer.write(ok())

        async with serve(take) as site, Guard(allow={site.here}) as guard:
            post = f"POST {site.url}/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello".encode()
            return status(await ask(guard, post)), bodies

    assert run(story()) == (200, [b"hello"])


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok(), b"hello"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.0 200\r\n\r\nto the end", b"to the end"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"3\r\nabc\r\n0\r\n\r\n",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"3\r\nabc\r\n0\r\n\r\n",  # chunks win over a length, as RFC 9112 has it
        ),
    ],
)
def test_answers_arrive_whole_in_every_framing(reply, expected):
    async def story():
        async with serve(reply) as site, Guard(allow={site.here}) as guard:
            return await ask(guard, get(site.url))

    head, _, body = run(story()).partition(b"\r\n\r\n")
    assert status(head) in {200, 204}
    assert body == expected
    assert not (b"chunked" in head and b"content-length" in head)


# what it never reaches


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/",
     "http://0177.0.0.1:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
     "http://localhost:{port}/", "http://0.0.0.0:{port}/", "http://user:pw@127.0.0.1:{port}/",
     "http://good.example@127.0.0.1:{port}/", "http://rebind.example:{port}/", "http://127.0.0.1/",
     "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[fd00:ec2::254]/"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["http", "connect"])
def test_this_computer_and_the_network_are_out_of_reach(url, way):
    async def story():
        async with serve(ok(b"inner")) as site:
            target = url.format(port=site.port)
            names = Names({"rebind.example": [["127.0.0.1"]]})
            async with Guard(resolve=names) as guard:
                plain = target.removeprefix("http://").rstrip("/")
                host = plain if ":" in plain.rpartition("]")[2] else f"{plain}:80"
                answer = await ask(guard, get(target) if way == "http" else connect(host))
                return answer, site.requests, guard.refusals

    answer, requests, refusals = run(story())
    assert status(answer) == 403
    assert STATUS_FIELD.encode() + b": exposure-scanner; details=blocked" in answer
    assert requests == []
    assert len(refusals) == 1


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        [PUBLIC, "127.0.0.1"],  # mixed: one bad answer refuses the name
        [PUBLIC] * 20 + ["169.254.169.254"],
        ["2606:4700::1111", "::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["224.0.0.251"],
    ],
)
@pytest.mark.parametrize("request_", [get("http://rebind.example/"), connect("rebind.example:443")])
def test_a_name_with_any_address_inside_is_refused_as_a_whole(answers, request_):
    async def story():
        async with serve(_tunnel) as upstream:
            names = Names({"rebind.example": [answers]})
            async with Guard(resolve=names, upstream=upstream.url) as guard:
                return status(await ask(guard, request_)), upstream.requests, guard.refusals

    code, contacted, refusals = run(story())
    assert code == 403
    assert contacted == []
    assert refusals[0][0] == "rebind.example"


def test_a_name_that_changes_its_address_is_checked_again_at_each_connection():
    async def story():
        async with serve(_tunnel) as upstream:
            names = Names({"rebind.example": [[PUBLIC], ["127.0.0.1"], [PUBLIC], ["10.0.0.1"]]})
            async with Guard(resolve=names, upstream=upstream.url) as guard:
                codes = [status(await ask(guard, connect("rebind.example:443") + b"hi")) for _ in range(4)]
                return codes, upstream.requests, names.asked

    codes, contacted, asked = run(story())
    assert codes == [200, 403, 200, 403]
    assert [head.split()[1] for head in contacted] == [f"{PUBLIC}:443".encode()] * 2
    assert len(asked) == 4  # once for each


def test_a_redirect_inwards_is_refused_when_it_is_followed():
    async def story():
        async with serve(ok(b"inner")) as inner:
            moved = ok(b"", f"Location: http://127.0.0.1:{inner.port}/".encode(), status=b"302 Found")
            async with serve(moved) as site, Guard(allow={site.here}) as guard:
                first = await ask(guard, get(site.url))
                second = await ask(guard, get(f"http://127.0.0.1:{inner.port}/"))
                return status(first), status(second), inner.requests

    assert run(story()) == (302, 403, [])


def test_a_name_nobody_knows_is_unreachable_and_no_refusal():
    async def story():
        async with Guard(resolve=Names({})) as guard:
            return await ask(guard, connect("nowhere.example:443")), guard.refusals

    answer, refusals = run(story())
    assert answer.startswith(b"HTTP/1.1 502 unreachable\r\n")
    assert refusals == ()


def test_the_list_of_refusals_is_bounded_and_holds_no_doubles():
    async def story():
        async with Guard(resolve=Names({})) as guard:
            for number in [*range(120), 1, 2, 3]:
                await ask(guard, connect(f"10.0.0.{number}:80"))
            return guard.refusals

    refusals = run(story())
    assert len(refusals) == len(set(refusals)) == 100
    assert refusals[1] == ("10.0.0.1", "10.0.0.1 is in a private network, and is not opened")


# who may use it


@pytest.mark.parametrize(
    "field",
    ["", "Proxy-Authorization: Basic\r\n", "Proxy-Authorization: Basic Og==\r\n",
     "Authorization: {right}\r\n", "Proxy-Authorization: {right}x\r\n", "Proxy-Authorization: \xff\xfe\r\n",
     "Proxy-Authorization: {right}\r\nProxy-Authorization: {right}\r\n"],
)  # fmt: skip
def test_without_the_credential_nothing_is_resolved_or_contacted(field):
    async def story():
        names = Names({"jo.example": [["127.0.0.1"]]})
        async with serve(ok()) as site, Guard(allow={site.here}, resolve=names) as guard:
            line = field.format(right=guard.house.credential.decode()).encode("latin-1")
            answers = []
            for request in (get(site.url), connect(f"127.0.0.1:{site.port}"), connect("jo.example:443"),
                            connect("10.0.0.1:80"), b"nonsense\r\n\r\n"):  # fmt: skip
                head, end, rest = request.partition(b"\r\n")
                answers.append(await ask(guard, head + end + line + rest, credential=False))
            return answers, site.requests, names.asked, guard.refusals

    answers, requests, asked, refusals = run(story())
    assert {status(answer) for answer in answers} == {407}
    assert all(b'proxy-authenticate: Basic realm="guard"' in answer for answer in answers)
    assert (requests, asked, refusals) == ([], [], ())


def test_each_guard_has_a_port_and_credential_of_its_own_on_loopback():
    async def story():
        async with Guard() as one, Guard() as two:
            return [(g.url, g.username, g.password, g.house.credential) for g in (one, two)]

    one, two = run(story())
    assert all(a != b for a, b in zip(one, two, strict=True))
    assert one[0].startswith("http://127.0.0.1:")
    assert len(base64.urlsafe_b64decode(one[2] + "==")) >= 16


# what it bounds


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"GET http://a.example/ HTTP/1.1\r\nX: " + b"a" * 10_000 + b"\r\n\r\n", 431),
        (b"GET http://a.example/" + b"a" * 10_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"GET http://a.example/ HTTP/1.1\r\n" + b"Y: 1\r\n" * 9_000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", 400),
        (b"GET https://a.example/ HTTP/1.1\r\n\r\n", 400),
        (b"GET ftp://a.example/ HTTP/1.1\r\n\r\n", 400),
        (b"GET file:///etc/passwd HTTP/1.1\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/2\r\n\r\n", 400),
        (b"GET http://a.example/ b HTTP/1.1\r\n\r\n", 400),
        (b"get http://a.example/ HTTP/1.1\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\n folded: x\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nX : y\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nX: a\rY: b\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nX: a\nY: b\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nX: \x00\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST http://a.example/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST http://a.example/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST http://a.example/ HTTP/1.1\r\nContent-Length: 1_0\r\n\r\n", 400),
        (b"POST http://a.example/ HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"CONNECT a.example HTTP/1.1\r\n\r\n", 403),
        (b"CONNECT http://a.example/ HTTP/1.1\r\n\r\n", 403),
        (b"CONNECT a.example:443:443 HTTP/1.1\r\n\r\n", 403),
        (b"CONNECT a.example:25 HTTP/1.1\r\n\r\n", 403),
        (b"OPTIONS * HTTP/1.1\r\n\r\n", 400),
    ],
)
def test_a_hostile_request_is_answered_and_not_passed_on(request_, code):
    async def story():
        names = Names({"a.example": [[PUBLIC]]})
        async with serve(_tunnel) as upstream, Guard(resolve=names, upstream=upstream.url) as guard:
            return await ask(guard, request_), upstream.requests

    answer, contacted = run(story())
    assert status(answer) == code
    assert contacted == []


def test_a_head_larger_than_the_whole_buffer_ends_the_connection():
    async def story():
        async with Guard() as guard:
            return await ask(guard, b"GET http://a.example/ HTTP/1.1\r\n" + b"X: 1\r\n" * 60_000)

    answer = run(story())
    assert status(answer) == 431 or answer == RESET  # a reset may overtake the answer


@pytest.mark.parametrize("sent", [b"", b"GET ", b"GET http://a.example/ HTTP/1.1\r\nX: "])
def test_a_client_that_dawdles_over_its_headers_is_dropped(sent):
    async def story():
        async with Guard(limits=Limits(head=0.2)) as guard:
            return status(await ask(guard, sent, credential=False))

    assert run(story()) == 408


def test_headers_that_drip_do_not_put_the_deadline_off():
    async def story():
        async with Guard(limits=Limits(head=0.3)) as guard:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(guard.url.rpartition(":")[2]))
            began = time.monotonic()
            ended = asyncio.create_task(reader.read())
            while not ended.done():
                writer.write(b"X")
                await asyncio.wait([ended], timeout=0.02)
            writer.transport.abort()
            await asyncio.gather(ended, return_exceptions=True)  # a reset may overtake the answer
            return time.monotonic() - began

    assert run(story()) > 0.25  # and the run ends before its own deadline


@pytest.mark.parametrize("after", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 103 Hints\r\n\r\n"])
def test_a_server_that_dawdles_over_its_answer_is_a_timeout(after):
    async def story():
        async def dawdle(reader, writer):
            writer.write(after)
            await reader.read()

        async with serve(dawdle) as site, Guard(allow={site.here}, limits=Limits(answer=0.2)) as guard:
            return await ask(guard, get(site.url))

    assert run(story()).startswith(b"HTTP/1.1 504 timeout\r\n")


@pytest.mark.parametrize(
    "reply",
    [b"", b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 99 X\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
     b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", b"HTTP/1.1 103 Hints\r\n\r\n" * 9,
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"],
)  # fmt: skip
def test_an_answer_that_is_not_http_is_unreachable(reply):
    async def story():
        async with serve(reply) as site, Guard(allow={site.here}) as guard:
            return await ask(guard, get(site.url))

    assert b" unreachable\r\n" in run(story()).partition(b"\r\n")[0] + b"\r\n"


def test_a_body_that_says_it_is_too_large_is_not_begun():
    async def story():
        async with (
            serve(ok(b"x" * 2_000)) as site,
            Guard(allow={site.here}, limits=Limits(body=1_000)) as guard,
        ):
            return await ask(guard, get(site.url)), guard.refusals, guard.house.seen

    answer, refusals, seen = run(story())
    assert answer.startswith(b"HTTP/1.1 502 unreadable\r\n")
    assert refusals == (("127.0.0.1", "an answer of more than 1000 bytes"),)
    assert seen == 0


def test_an_endless_body_is_cut_and_the_cut_shows():
    async def story():
        async with serve(_endless) as site, Guard(allow={site.here}, limits=Limits(body=100_000)) as guard:
            return await ask(guard, get(site.url)), guard.refusals, guard.house.seen

    answer, refusals, seen = run(story())
    assert answer.endswith(RESET)  # an ordinary end would look like the whole page
    assert len(answer) <= 110_000
    assert refusals == (("127.0.0.1", "cut after 100000 bytes"),)
    assert seen <= 100_000 + 65_536


def test_a_body_of_exactly_the_limit_passes():
    async def story():
        async with (
            serve(ok(b"x" * 1_000)) as site,
            Guard(allow={site.here}, limits=Limits(body=1_000)) as guard,
        ):
            return await ask(guard, get(site.url)), guard.refusals

    answer, refusals = run(story())
    assert answer.endswith(b"x" * 1_000)
    assert refusals == ()


def test_an_endless_tunnel_is_cut():
    async def story():
        async with serve(_endless) as site, Guard(allow={site.here}, limits=Limits(tunnel=100_000)) as guard:
            return await ask(
                guard, connect(f"127.0.0.1:{site.port}") + b"GET / HTTP/1.1\r\n\r\n"
            ), guard.refusals

    answer, refusals = run(story())
    assert answer.startswith(OPENED)
    assert answer.endswith(RESET)
    assert refusals == (("127.0.0.1", "cut after 100000 bytes"),)


def test_when_the_total_is_used_up_nothing_more_is_opened():
    async def story():
        async with (
            serve(ok(b"x" * 600)) as site,
            Guard(allow={site.here}, limits=Limits(total=1_000)) as guard,
        ):
            answers = [await ask(guard, get(site.url)) for _ in range(3)]
            answers.append(await ask(guard, connect(f"127.0.0.1:{site.port}")))
            return answers, len(site.requests), guard.refusals

    answers, requests, refusals = run(story())
    assert status(answers[0]) == 200
    assert answers[1].endswith(RESET)
    assert [status(answer) for answer in answers[2:]] == [403, 403]
    assert requests == 2
    assert "limit of 1000 bytes" in refusals[0][1]


def test_each_purse_has_bytes_of_its_own_and_ends_with_its_block():
    async def story():
        async with (
            serve(ok(b"x" * 600)) as site,
            Guard(allow={site.here}, limits=Limits(total=1_000)) as guard,
        ):
            with guard.purse() as greedy, guard.purse() as modest:
                first = [await ask(guard, get(site.url), purse=greedy) for _ in range(3)]
                second = await ask(guard, get(site.url), purse=modest)
            return first, second, await ask(guard, get(site.url), purse=modest), guard.house.seen

    first, second, late, house = run(story())
    assert status(first[2]) == 403
    assert status(second) == 200
    assert status(late) == 407  # nobody's any more
    assert house == 0


@pytest.mark.parametrize(
    ("code", "passed"), [("999 No", 999), ("666 No", 666), ("099 No", 400), ("1000 No", 400)]
)
def test_codes_that_no_standard_knows_pass_as_the_site_sent_them(code, passed):
    async def story():
        async with serve(ok(b"go away", status=code.encode())) as site, Guard(allow={site.here}) as guard:
            return await ask(guard, get(site.url))

    assert status(run(story())) == passed


def test_an_idle_tunnel_ends():
    async def story():
        async with serve(_silent) as site, Guard(allow={site.here}, limits=Limits(idle=0.2)) as guard:
            return await ask(guard, connect(f"127.0.0.1:{site.port}") + b"GET / HTTP/1.1\r\n\r\n")

    assert run(story()) == OPENED + RESET


def test_a_tunnel_that_drips_lives_past_the_idle_limit_but_not_past_its_lifetime():
    async def story():
        async def drip(reader, writer):
            while True:
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.02)

        limits = Limits(idle=0.6, lifetime=1.5)
        async with serve(drip) as site, Guard(allow={site.here}, limits=limits) as guard:
            began = time.monotonic()
            answer = await ask(guard, connect(f"127.0.0.1:{site.port}") + b"GET / HTTP/1.1\r\n\r\n")
            return answer, time.monotonic() - began

    answer, took = run(story())
    assert answer.endswith(RESET)
    assert took > 1.3


def test_a_slow_name_server_is_a_timeout():
    async def story():
        async def never(host, port):
            await asyncio.sleep(60)

        async with Guard(resolve=never, limits=Limits(resolve=0.1)) as guard:
            return await ask(guard, connect("slow.example:443"))

    assert run(story()).startswith(b"HTTP/1.1 504 timeout\r\n")


def test_a_port_nobody_listens_on_is_unreachable():
    async def story():
        async with serve(ok()) as site:
            pass
        async with Guard(allow={site.here}) as guard:
            return await ask(guard, get(site.url))

    assert run(story()).startswith(b"HTTP/1.1 502 unreachable\r\n")


def test_the_next_address_is_tried_when_the_first_does_not_answer():
    async def story():
        async with serve(ok()) as site:
            names = Names({"jo.example": [["127.0.0.77", "127.0.0.1"]]})
            async with Guard(allow={("jo.example", site.port)}, resolve=names) as guard:
                return status(await ask(guard, get(f"http://jo.example:{site.port}/")))

    assert run(story()) == 200


def test_more_connections_than_fit_wait_and_more_than_may_wait_are_dropped():
    async def story():
        dropped = asyncio.Event()

        async def slow(reader, writer):
            await dropped.wait()
            writer.write(ok())

        limits = Limits(connections=2, waiting=2)
        async with serve(slow) as site, Guard(allow={site.here}, limits=limits) as guard:
            going = [asyncio.create_task(ask(guard, get(site.url))) for _ in range(10)]
            for number, ended in enumerate(asyncio.as_completed(going), start=1):
                await ended
                if number == 6:
                    break
            at_once = len(site.requests)
            dropped.set()
            return [status(answer) for answer in await asyncio.gather(*going)], at_once

    codes, at_once = run(story())
    assert sorted(codes) == [0] * 6 + [200] * 4
    assert at_once <= 2


def test_leaving_the_block_ends_what_is_under_way_and_closes_the_port():
    async def story():
        async with serve(_silent) as site:
            async with Guard(allow={site.here}) as guard:
                going = asyncio.create_task(ask(guard, get(site.url)))
                await site.asked.wait()
            answer = await going
            with pytest.raises(ConnectionRefusedError):
                await ask(guard, get(site.url))
            return answer

    assert run(story()) in {b"", RESET}


# the network's own proxy


def test_the_networks_proxy_is_asked_for_the_checked_address_with_its_own_credential():
    async def story():
        names = Names({"jo.example": [[PUBLIC]]})
        async with serve(_tunnel) as upstream:
            proxy = f"http://school:p%40ss@127.0.0.1:{upstream.port}"
            async with Guard(resolve=names, upstream=proxy) as guard:
                answer = await ask(guard, connect("jo.example:443") + b"hello")
                return answer, upstream.requests, guard.house.credential

    answer, requests, ours = run(story())
    assert answer == OPENED + b"seen:hello"
    assert requests[0].startswith(f"CONNECT {PUBLIC}:443 HTTP/1.1\r\nhost: {PUBLIC}:443\r\n".encode())
    assert base64.b64encode(b"school:p@ss") in requests[0]
    assert ours not in requests[0]


def test_plain_pages_go_through_a_tunnel_of_the_networks_proxy_so_that_the_address_stays_pinned():
    async def story():
        names = Names({"jo.example": [[PUBLIC]]})

        async def proxy(reader, writer):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            inner.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(ok(b"page"))

        inner = []
        async with serve(proxy) as upstream, Guard(resolve=names, upstream=upstream.url) as guard:
            return await ask(guard, get("http://jo.example/")), upstream.requests, inner

    answer, requests, inner = run(story())
    assert answer.endswith(b"\r\n\r\npage")
    assert requests[0].startswith(f"CONNECT {PUBLIC}:80 ".encode())
    assert inner[0].startswith(b"GET / HTTP/1.1\r\nhost: jo.example\r\n")


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\nThis page is blocked", b"HTTP/1.1 502 filtered"),
        (b"HTTP/1.1 407 Who are you\r\n\r\n", b"HTTP/1.1 502 unreachable"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 502 unreachable"),
        (b"", b"HTTP/1.1 502 unreachable"),
    ],
)
def test_a_no_from_the_networks_proxy_is_told_apart(reply, line):
    async def story():
        names = Names({"jo.example": [[PUBLIC]]})
        async with serve(reply) as upstream, Guard(resolve=names, upstream=upstream.url) as guard:
            return await ask(guard, connect("jo.example:443")), guard.refusals

    answer, refusals = run(story())
    assert answer.partition(b"\r\n")[0] == line
    assert refusals[0][0] == "jo.example"
    assert "network's own proxy answered" in refusals[0][1]


@pytest.mark.parametrize("upstream", ["proxy.example:3128", "https://proxy.example:3128", "http://proxy.example",
                                      "http://:80", "http://proxy.example:x", "socks5://proxy.example:1080"])  # fmt: skip
def test_a_badly_written_upstream_is_a_usage_error(upstream):
    with pytest.raises(UsageError, match="http://host:port"):
        Guard(upstream=upstream)
