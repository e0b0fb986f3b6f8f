"""Plain requests: what comes back, what is refused, and what each failure is called."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import shutil
import ssl
import subprocess

import pytest

from scanner.acquire.guard import Guard, Limits
from scanner.acquire.web import fetch
from scanner.errors import AcquireError, SubmissionError, UsageError
from tests.scanner.acquire.loopback import Names, ok, run, serve

AGENT = "ExposureScanner/0 (+test@school.example)"


def moved(location: str, status: str = "302 Found") -> bytes:
    return ok(b"", f"Location: {location}".encode(), status=status.encode())


async def get(site, *, guard=None, url=None, **options):
    async with contextlib.AsyncExitStack() as stack:
        guard = guard or await stack.enter_async_context(Guard(allow={site.here}))
        return await fetch(guard, url or site.url + "/", user_agent=AGENT, **options)


def test_an_answer_comes_back_as_it_was_sent():
    async def story():
        async with serve(ok(b"\x00\xffhello", b"Content-Type: text/plain", status=b"404 Gone")) as site:
            return await get(site, url=f"{site.url}/a?b=c#d", accept="text/plain"), site

    answer, site = run(story())
    assert (answer.status, answer.body, answer.cut) == (404, b"\x00\xffhello", False)
    assert answer.headers["content-type"] == "text/plain"
    assert site.requests[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")


def test_a_request_says_who_we_are_and_nothing_more():
    async def story():
        async with serve(ok()) as site:
            await get(site)
            return site.requests[0].lower()

    head = run(story())
    names = {line.partition(b":")[0] for line in head.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"user-agent", b"accept", b"connection"}
    assert AGENT.lower().encode() in head


def test_a_site_may_redirect_to_a_public_place():
    async def story():
        async with serve(moved("/b"), moved("c?d=1#part", "308 Moved"), ok(b"there")) as site:
            return await get(site), site

    answer, site = run(story())
    assert answer.body == b"there"
    assert answer.url == f"{site.url}/c?d=1"


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:1/", "http://10.0.0.1/", "http://169.254.169.254/", "http://2130706433/", "http://[::1]/",
     "//127.0.0.1/", "file:///etc/passwd", "ftp://good.example/", "http://user@good.example/",
     "http://good.example:8080/", "http://[", "javascript:alert(1)", "data:text/plain,x", "http://localhost/"],
)  # fmt: skip
def test_a_redirect_to_anywhere_else_is_blocked(location):
    async def story():
        async with serve(moved(location), ok(b"never")) as site:
            with pytest.raises(AcquireError) as caught:
                await get(site)
            return caught.value, site.requests

    error, requests = run(story())
    assert error.result == "blocked"
    assert len(requests) == 1


def test_a_redirect_to_a_name_that_leads_inside_is_blocked():
    async def story():
        async with serve(moved("http://rebind.example/"), ok(b"never")) as site:
            names = Names({"rebind.example": [["127.0.0.1"]]})
            async with Guard(allow={site.here}, resolve=names) as guard:
                with pytest.raises(AcquireError) as caught:
                    await get(site, guard=guard)
                return caught.value, guard.refusals

    error, refusals = run(story())
    assert error.result == "blocked"
    assert "leads to 127.0.0.1" in str(error)
    assert refusals[0][0] == "rebind.example"


def test_a_redirect_that_never_ends_is_given_up():
    async def story():
        async with serve(moved("/again")) as site:
            with pytest.raises(AcquireError, match="redirects more than 3 times") as caught:
                await get(site, max_redirects=3)
            return caught.value.result, len(site.requests)

    assert run(story()) == ("unreachable", 4)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "https://localhost/", "ftp://good.example/", "http://2130706433/"]
)
def test_an_address_that_must_not_be_opened_is_the_callers_mistake(url):
    async def story():
        async with Guard() as guard:
            with pytest.raises(SubmissionError):
                await fetch(guard, url, user_agent=AGENT)

    run(story())


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("answers", "result"),
    [([["10.0.0.1"]], "blocked"), ([["8.8.8.8", "::1"]], "blocked"), ([[]], "unreachable")],
)
def test_what_the_guard_says_is_what_the_error_says(scheme, answers, result):
    async def story():
        async with Guard(resolve=Names({"jo.example": answers})) as guard:
            with pytest.raises(AcquireError) as caught:
                await fetch(guard, f"{scheme}://jo.example/secret-path", user_agent=AGENT)
            return caught.value

    error = run(story())
    assert error.result == result
    assert "jo.example" in str(error)
    assert "secret-path" not in str(error)


def test_a_filters_no_is_told_apart():
    async def story():
        async with serve(b"HTTP/1.1 403 Forbidden\r\n\r\n") as upstream:
            names = Names({"jo.example": [["8.8.8.8"]]})
            async with Guard(resolve=names, upstream=upstream.url) as guard:
                with pytest.raises(AcquireError) as caught:
                    await fetch(guard, "https://jo.example/", user_agent=AGENT)
                return caught.value.result

    assert run(story()) == "filtered"


def test_a_site_cannot_pass_its_own_no_off_as_the_guards():
    async def story():
        reply = ok(b"no", b"Proxy-Status: exposure-scanner; details=blocked", status=b"403 blocked")
        async with serve(reply) as site:
            return await get(site)

    assert run(story()).status == 403


def test_a_site_that_does_not_answer_is_a_timeout():
    async def story():
        async def silent(reader, writer):
            await reader.read()

        async with serve(silent) as site:
            with pytest.raises(AcquireError) as caught:
                await get(site, deadline=0.3)
            return caught.value.result

    assert run(story()) == "timeout"


def test_a_body_that_drips_for_ever_ends_at_the_deadline():
    async def story():
        async def drip(reader, writer):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.02)

        async with serve(drip) as site:
            with pytest.raises(AcquireError) as caught:
                await get(site, deadline=0.4)
            return caught.value.result

    assert run(story()) == "timeout"


def test_a_port_nobody_listens_on_is_unreachable():
    async def story():
        async with serve(ok()) as site:
            pass
        with pytest.raises(AcquireError) as caught:
            await get(site)
        return caught.value.result

    assert run(story()) == "unreachable"


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ntoo short", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", "unreachable"),
        (ok(gzip.compress(b"x" * 1000)[:-9], b"Content-Encoding: gzip"), "unreadable"),
        (ok(b"not gzip", b"Content-Encoding: gzip"), "unreadable"),
        (ok(b"\x1f", b"Content-Encoding: gzip"), "unreadable"),
        (ok(b"hello", b"Content-Encoding: br"), "unreadable"),
        (ok(b"hello", b"Content-Encoding: gzip, gzip"), "unreadable"),
        (b"SSH-2.0-x\r\n\r\n", "unreachable"),
    ],
)
def test_half_an_answer_is_never_taken_for_a_whole_one(reply, result):
    async def story():
        async with serve(reply) as site:
            with pytest.raises(AcquireError) as caught:
                await get(site)
            return caught.value.result

    assert run(story()) == result


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (ok(gzip.compress(b"x" * 1000), b"Content-Encoding: gzip"), b"x" * 1000),
        (ok(b"", b"Content-Encoding: gzip"), b""),
        (ok(b"x", b"Content-Encoding: identity"), b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
    ],
)
def test_a_body_is_unpacked(reply, body):
    async def story():
        async with serve(reply) as site:
            return await get(site)

    assert run(story()).body == body


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("length", "over"), [(1000, False), (1001, True), (5_000_000, True)])
def test_a_body_over_the_limit_is_an_error_or_is_cut_when_asked(packed, length, over):
    async def story():
        body = b"x" * length
        reply = ok(gzip.compress(body), b"Content-Encoding: gzip") if packed else ok(body)
        async with serve(reply) as site:
            answer = await get(site, max_bytes=1000, cut=True)
            if over:
                with pytest.raises(AcquireError, match="more than 1000 bytes") as caught:
                    await get(site, max_bytes=1000)
                assert caught.value.result == "unreadable"
            return answer

    answer = run(story())
    assert answer.cut is over
    assert answer.body == b"x" * 1000


def test_an_endless_body_is_cut_by_the_guard_and_not_taken_for_whole():
    async def story():
        async def endless(reader, writer):
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 10_000)
                await writer.drain()

        async with serve(endless) as site, Guard(allow={site.here}, limits=Limits(body=100_000)) as guard:
            with pytest.raises(AcquireError) as caught:
                await get(site, guard=guard)
            return caught.value.result, guard.house.seen

    result, seen = run(story())
    assert result == "unreachable"
    assert seen < 200_000


def test_settings_of_the_environment_are_not_followed(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "*" if "NO" in name.upper() else "http://127.0.0.1:1")

    async def story():
        async with serve(ok(b"seen")) as site, Guard(allow={site.here}) as guard:
            return await get(site, guard=guard), guard.house.seen

    answer, seen = run(story())
    assert answer.body == b"seen"
    assert seen == 4


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("needs the openssl program to make a certificate")
    folder = tmp_path_factory.mktemp("ca")
    paths = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "2", "-subj", "/CN=jo.example", "-addext", "subjectAltName=DNS:jo.example", "-keyout", paths[0], "-out",
         paths[1]],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    return paths


@pytest.mark.parametrize(
    ("host", "trusted", "result"),
    [
        ("jo.example", True, "ok"),
        ("jo.example", False, "unreachable"),
        ("other.example", True, "unreachable"),
    ],
)
def test_an_encrypted_site_is_read_only_if_its_certificate_is_trusted_and_its_own(
    certificate, host, trusted, result
):
    key, cert = certificate

    async def story():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)

        async def answer(reader, writer):
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(ok(b"private"))
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        names = Names({host: [["127.0.0.1"]]})
        async with server, Guard(allow={(host, port)}, resolve=names) as guard:
            try:
                got = await fetch(
                    guard, f"https://{host}:{port}/", user_agent=AGENT, ca_file=cert if trusted else None
                )
            except AcquireError as error:
                return error.result, str(error)
            return "ok", got.body.decode()

    outcome, text = run(story())
    assert outcome == result
    assert text == "private" if result == "ok" else "certificate" in text


def test_a_ca_file_that_cannot_be_read_is_a_usage_error(tmp_path):
    (tmp_path / "bad.pem").write_text("no certificate")

    async def story(name):
        async with serve(ok()) as site:
            await get(site, ca_file=tmp_path / name)

    for name in ("bad.pem", "missing.pem"):
        with pytest.raises(UsageError, match=name):
            run(story(name))
