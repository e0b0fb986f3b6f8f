"""Which addresses are refused, and why."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from scanner.acquire.addresses import canonical_host, check_url, host_port, parse_allow, refusal
from scanner.errors import SubmissionError, UsageError

FORBIDDEN = [
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # a cloud provider's metadata service
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # a cloud provider's inner service; public by is_global
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",  # a cloud provider's metadata service; public by is_global of 3.11
    "192.0.2.1",
    "192.88.99.1",  # relay of 6to4
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "224.0.1.1",  # multicast, public by is_global
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",  # the old form of an IPv4 address
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:10.0.0.1",  # translated; public by is_global
    "64:ff9b::10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",  # translated inside a network; public by is_global
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "100:0:0:1::1",
    "2001::1",  # Teredo
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",  # 6to4 of 127.0.0.1
    "2002:808:808::1",
    "2a00:1450::5efe:a00:1",  # a tunnel to 10.0.0.1 under a public prefix
    "2a00:1450::200:5efe:8.8.8.8",
    "3fff::1",
    "4000::1",  # not allocated
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # a cloud provider's metadata service
    "fe80::1",
    "fe80::1%eth0",
    "2a00:1450::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",  # multicast of global scope
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",  # one below the shared range
    "100.128.0.1",
    "168.63.129.17",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700::1111",
    "2a00:1450:4009::200e",
    "::ffff:8.8.8.8",  # as connectable as the address inside
    "64:ff9b::8.8.8.8",  # how an IPv6-only network reaches it
]


@pytest.mark.parametrize("text", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused_with_a_reason(text):
    assert refusal(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_contacted(text):
    assert refusal(ip_address(text)) is None


@pytest.mark.parametrize("text", [text for text in FORBIDDEN if "%" not in text])
def test_a_forbidden_address_cannot_be_written_as_a_link(text):
    host = f"[{text}]" if ":" in text else text
    with pytest.raises(SubmissionError):
        check_url(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/",  # 127.0.0.1 as one decimal
        "http://0x7f000001/",
        "http://0X7F.1/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://127.0.0.1./",
        "http://127.0.0.01/",
        "http://0/",
        "http://0x/",
        "http://1.2.3.4.5/",
        "http://300.1.1.1/",
        "http://8.8.8.0x8/",  # public, but nobody writes it so
        "http://good.example.1/",
        "http://①②⑦.0.0.1/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://%31%32%37.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://[1.2.3.4]/",
        "http://[::1/",
        "http://::1/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.localhost/",
        "http://ⓛocalhost/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://router.home.arpa/",
        "http://fileserver/",  # the network's own search names
        "http://user@good.example/",
        "http://user:secret@good.example/",
        "http://good.example@127.0.0.1/",
        "http://good.example:80@127.0.0.1/",
        "http://@127.0.0.1/",
        "http://good.example\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http:127.0.0.1/",
        "http:///127.0.0.1/",
        "http:////127.0.0.1/",
        "http://",
        "http://good.example:22/",
        "http://good.example:8080/",
        "http://good.example:0/",
        "http://good.example:99999/",
        "http://good.example:-80/",
        "http://good.example:８０/",
        "http://good.example:80:80/",
        "http://good..example/",
        "http://-good.example/",
        "http://good_\x7f.example/",
        "http://good.example\x00/",
        "http://good.example/\r\nHost: other.example",
        "http://good.example/\u200b",
        "\thttp://127.0.0.1/",
        " http://good.example/",
        "http://good.example/ page",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 140 + "example/",
        "http://" + "é" * 300 + ".example/",
        "http://good.example/" + "a" * 8000,
        "http://ex\u2028ample.example/",
        "http://a\u0338.example:x/",
        "ftp://good.example/",
        "file:///etc/passwd",
        "view-source:http://good.example/",
        "view-source:file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,hello",
        "about:blank",
        "chrome://version",
        "blob:http://good.example/1",
        "ws://good.example/",
        "//good.example/",
        "good.example",
        "",
    ],
)
def test_an_address_that_must_not_be_opened_is_refused_in_one_sentence(url):
    with pytest.raises(SubmissionError) as caught:
        check_url(url)
    assert str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://good.example", "good.example", 80),
        ("https://GOOD.example./a?b#c", "good.example", 443),
        ("https://good.example:443/", "good.example", 443),
        ("http://good.example:/", "good.example", 80),
        ("https://good.example:80/", "good.example", 80),
        ("https://bücher.example/ü", "xn--bcher-kva.example", 443),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443),
        ("https://BÜCHER。example/", "xn--bcher-kva.example", 443),  # the ideographic full stop
        ("https://jo_lee.example/", "jo_lee.example", 443),  # no host name by the book, but in use
        ("https://good.example/@jo:x", "good.example", 443),
        ("http://8.8.8.8/", "8.8.8.8", 80),
        ("http://[2606:4700:0::1111]/", "2606:4700::1111", 80),
        ("https://x7f.example.0xg/", "x7f.example.0xg", 443),  # ends in no number
    ],
)
def test_a_public_address_has_one_spelling(url, host, port):
    check_url(url)
    assert host_port(url) == (host, port)


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("http://127.0.0.1:8000/page", True),
        ("http://127.0.0.1:8001/", False),
        ("http://127.0.0.1/", False),
        ("http://localhost:8000/", False),  # exactly the host that was written, no other name for it
        ("http://127.0.0.2:8000/", False),
        ("http://2130706433:8000/", False),
        ("http://user@127.0.0.1:8000/", False),
        ("file://127.0.0.1:8000/", False),
    ],
)
def test_an_allowed_address_opens_that_host_and_port_only(url, opened):
    allow = {("127.0.0.1", 8000)}
    if opened:
        check_url(url, allow=allow)
        return
    with pytest.raises(SubmissionError):
        check_url(url, allow=allow)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8000", ("127.0.0.1", 8000)),
        ("[::1]:8000", ("::1", 8000)),
        ("LocalHost:1", ("localhost", 1)),
        ("practice.example:65535", ("practice.example", 65535)),
    ],
)
def test_an_allowed_address_is_read_as_host_and_port(text, expected):
    assert parse_allow(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:http", "::1:8000",
     "http://127.0.0.1:8000", "127.1:8000", "127.0.0.1:8000/", "a b:80", ":80"],
)  # fmt: skip
def test_a_badly_written_allowed_address_is_a_usage_error(text):
    with pytest.raises(UsageError, match="HOST:PORT"):
        parse_allow(text)


def test_a_host_has_the_same_spelling_however_often_it_is_read():
    for text in ("Bücher.example", "GOOD.example.", "[2606:4700:0:0::1]", "8.8.8.8"):
        once = canonical_host(text)
        assert canonical_host(f"[{once}]" if ":" in once else once) == once
