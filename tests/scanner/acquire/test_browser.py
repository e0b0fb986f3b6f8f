"""Finding a browser in a clear order, and starting it so that it has none of our rights."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
from pathlib import Path

import pytest
from playwright.async_api import Error

from scanner.acquire import lodging
from scanner.acquire.browser import Browser, advice, find, launch
from scanner.acquire.guard import Guard
from scanner.errors import PartMissing, UsageError

SHELL = "usr/lib/chromium/chromium-headless-shell"
DEBIAN = "usr/lib/chromium/chromium"
CHROME = "opt/google/chrome/chrome"
EDGE = "opt/microsoft/msedge/msedge"
OWN = "home/robin/.cache/ms-playwright"
OWN_SHELL = f"{OWN}/chromium_headless_shell-1255/chrome-headless-shell-linux64/chrome-headless-shell"
OWN_OLD = f"{OWN}/chromium_headless_shell-999/chrome-headless-shell-linux64/chrome-headless-shell"
OWN_FULL = f"{OWN}/chromium-1255/chrome-linux64/chrome"


def put(root: Path, name: str, says: str = "Chromium 156.0.1.2", *, mode: int = 0o755) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(mode)
    return path


def look(root: Path, *, uid: int = 1000, **environ: str) -> Browser:
    settings = {"HOME": "/home/robin", "PATH": str(root / "bin"), **environ}
    return find(environ=settings, root=root, system="linux", uid=uid)


@pytest.mark.parametrize(
    ("there", "chosen", "kind"),
    [
        ([OWN_SHELL, SHELL, CHROME], OWN_SHELL, "chromium-headless-shell"),
        ([OWN_OLD, OWN_SHELL], OWN_SHELL, "chromium-headless-shell"),  # the newest: 999 is older than 1255
        ([OWN_FULL, SHELL], OWN_FULL, "chromium"),
        ([EDGE, CHROME, DEBIAN, SHELL], SHELL, "chromium-headless-shell"),
        ([EDGE, CHROME, DEBIAN], DEBIAN, "chromium"),
        ([EDGE, CHROME], CHROME, "chrome"),
        ([EDGE, "bin/chromium"], EDGE, "edge"),
        (["bin/google-chrome", "bin/chromium"], "bin/chromium", "chromium"),
        (["usr/bin/chromium", DEBIAN], DEBIAN, "chromium"),  # the wrapper is not on this PATH, nor wanted
    ],
)
def test_browsers_are_tried_in_a_clear_order(tmp_path, there, chosen, kind):
    for name in there:
        put(tmp_path, name)
    assert look(tmp_path) == Browser(tmp_path / chosen, kind, "156.0.1.2")


def test_the_set_browser_wins(tmp_path):
    put(tmp_path, SHELL)
    mine = put(tmp_path, "opt/my/msedge", "Microsoft Edge 140.0.1")
    assert look(tmp_path, SCANNER_BROWSER=str(mine)) == Browser(mine, "edge", "140.0.1")


@pytest.mark.parametrize("says", ["Mozilla Firefox 140.0", "hello"])
def test_a_set_browser_that_is_none_is_never_passed_over(tmp_path, says):
    put(tmp_path, SHELL)
    for wrong in (put(tmp_path, "opt/other", says), tmp_path / "missing"):
        with pytest.raises(PartMissing, match=f"SCANNER_BROWSER names {wrong}"):
            look(tmp_path, SCANNER_BROWSER=str(wrong))


def test_a_snap_wrapper_is_passed_over(tmp_path):
    wrapper = put(tmp_path, "bin/chromium-browser")
    wrapper.write_text('#!/bin/sh\nexec /snap/bin/chromium "$@"\n')
    with pytest.raises(PartMissing, match="is a snap"):
        look(tmp_path)
    put(tmp_path, "bin/google-chrome", "Google Chrome 150.0.1")
    assert look(tmp_path).kind == "chrome"


def test_a_broken_browser_is_passed_over(tmp_path):
    put(tmp_path, SHELL).write_text("#!/bin/sh\nexit 1\n")
    put(tmp_path, CHROME, "Google Chrome 150.0.1")
    assert look(tmp_path).kind == "chrome"


def test_root_does_not_choose_what_the_unprivileged_user_cannot_open(tmp_path):
    tmp_path.chmod(0o755)
    put(tmp_path, SHELL).parent.chmod(0o700)
    put(tmp_path, CHROME, "Google Chrome 150.0.1")
    assert look(tmp_path, uid=0).kind == "chrome"
    assert look(tmp_path, uid=1000).kind == "chromium-headless-shell"


def test_without_a_browser_one_sentence_says_what_to_run(tmp_path):
    with pytest.raises(PartMissing) as caught:
        look(tmp_path)
    said = str(caught.value)
    assert said.startswith("nothing was scanned")
    assert said.endswith("run: scanner setup")
    assert "\n" not in said
    assert caught.value.exit_code == 8


@pytest.mark.parametrize(
    ("release", "uid", "command"),
    [
        ("ID=debian\n", 0, "apt-get install --no-install-recommends chromium-headless-shell"),
        ("ID=debian\n", 1000, "scanner setup"),
        ("ID=ubuntu\nID_LIKE=debian\n", 0, "scanner setup"),  # its Chromium is a snap
        ("", 0, "scanner setup"),
    ],
)
def test_the_advice_fits_the_system(tmp_path, release, uid, command):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(release)
    assert advice(root=tmp_path, uid=uid) == command


def processes(program: Path) -> list[Path]:
    """The processes of a program that this one started, its main one first."""
    found = [
        path for path in Path("/proc").iterdir() if path.name.isdigit() and runs(path, program) and ours(path)
    ]
    return sorted(found, key=lambda path: int(path.name))


def runs(process: Path, program: Path) -> bool:
    try:
        return (process / "exe").resolve() == program.resolve()
    except OSError:
        return False


def ours(process: Path) -> bool:
    """Whether it descends from this process; other people's browsers may run beside us."""
    try:
        while process.name not in ("0", "1", str(os.getpid())):
            process = Path("/proc") / status(process, "PPid")[0]
    except (OSError, StopIteration):
        return False
    return process.name == str(os.getpid())


def status(process: Path, name: str) -> list[str]:
    lines = (process / "status").read_text().splitlines()
    return next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))


@pytest.mark.browser
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_the_browser_has_none_of_our_rights_and_leaves_nothing_behind(monkeypatch):
    monkeypatch.setenv("SECRET_OF_OURS", "do-not-pass-on")
    found = find()

    async def story():
        async with launch(found, guard=None) as running:
            page = await running.new_page()
            await page.set_content("<p>ready")
            started = processes(found.path)
            main = started[0]
            settings = dict(
                line.split("=", 1) for line in (main / "environ").read_text().split("\0") if "=" in line
            )
            switches = (main / "cmdline").read_text().split("\0")
            renderer = next(p for p in started if "--type=renderer" in (p / "cmdline").read_text())
            told = [
                (status(p, "Uid"), status(p, "Gid"), status(p, "Groups"), status(p, "NoNewPrivs"))
                for p in started
            ]
            home = Path(settings["HOME"])
            return (
                started,
                told,
                settings,
                switches,
                status(renderer, "Seccomp"),
                home,
                home.stat().st_uid,  # noqa: ASYNC240
                status(main, "CapEff"),
            )

    started, told, settings, switches, seccomp, home, owner, capabilities = asyncio.run(story())
    assert len(told) > 2
    for uids, gids, groups, no_new_privs in told:
        assert "0" not in uids + gids
        assert groups == [] or os.geteuid() != 0
        assert no_new_privs == ["1"]
        assert uids[0] == str(owner)
    assert (os.geteuid() == 0) == (owner != os.geteuid())
    assert capabilities == ["0000000000000000"]
    assert seccomp == ["2"]  # the renderer's system calls are filtered
    assert not any("no-sandbox" in switch for switch in switches if "zygote" not in switch)
    assert "do-not-pass-on" not in "".join(settings.values())
    assert not home.parent.exists()
    assert not [path for path in started if runs(path, found.path)]


@pytest.mark.browser
def test_the_browser_gets_every_switch_of_the_second_layer():
    found = find()

    async def story():
        async with launch(found, guard=None):
            main = processes(found.path)[0]
            return (main / "cmdline").read_text().split("\0")

    switches = asyncio.run(story())
    last = dict(switch.partition("=")[::2] for switch in switches)  # the browser, too, takes the last
    assert last["--force-webrtc-ip-handling-policy"] == "disable_non_proxied_udp"
    assert last["--webrtc-ip-handling-policy"] == "disable_non_proxied_udp"
    assert last["--host-resolver-rules"] == "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    assert last["--proxy-bypass-list"] == "<-loopback>"
    assert {"WebTransport", "Prerender2", "SpeculationRulesPrefetch"} <= set(
        last["--disable-features"].split(",")
    )
    assert "--disable-quic" in last
    assert not {"--no-sandbox", "--disable-popup-blocking", "--disable-web-security"} & set(last)


@pytest.mark.browser
def test_a_browser_that_dies_is_noticed():
    found = find()

    async def story():
        async with launch(found, guard=None) as running:
            os.kill(int(processes(found.path)[0].name), signal.SIGKILL)
            async with asyncio.timeout(60):  # only so that a failure ends
                while running.is_connected():  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            return running.is_connected()

    assert asyncio.run(story()) is False


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("FATAL:zygote_host_impl_linux.cc] No usable sandbox! Update your kernel", "user namespaces are off"),
        ("Failed to move to new namespace: Operation not permitted", "user namespaces are off"),
        (
            "error while loading shared libraries: libnss3.so",
            r"did not start \(error while loading shared libraries: libnss3.so\)",
        ),
    ],
)
def test_a_browser_that_does_not_start_says_why_in_one_sentence(says, words):
    async def story(broken):
        async with launch(Browser(broken, "chromium", "1"), guard=None):
            pass

    with tempfile.TemporaryDirectory() as folder:  # one that an unprivileged user may open
        Path(folder).chmod(0o755)
        broken = put(Path(folder), "chromium")
        broken.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
        with pytest.raises(PartMissing, match=words) as caught:
            asyncio.run(story(broken))
    assert str(caught.value).startswith("nothing was scanned")
    assert "\n" not in str(caught.value)


# a school network's own certificates


def test_trusting_a_networks_certificates_without_the_tool_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(lodging, "SEARCH", str(tmp_path))
    with (
        pytest.raises(PartMissing, match="libnss3-tools"),
        lodging.lodging(Path("/bin/true"), ca=tmp_path / "ca.pem"),
    ):
        pass


needs_tools = pytest.mark.skipif(
    not (shutil.which("certutil", path=lodging.SEARCH) and shutil.which("openssl")),
    reason="needs certutil and openssl",
)


@needs_tools
def test_a_file_without_certificates_is_refused(tmp_path):
    (tmp_path / "ca.pem").write_text("hello")
    with (
        pytest.raises(UsageError, match="not a readable file"),
        lodging.lodging(Path("/bin/true"), ca=tmp_path / "ca.pem"),
    ):
        pass


@needs_tools
@pytest.mark.browser
@pytest.mark.parametrize("trusted", [True, False])
def test_a_networks_own_certificates_are_trusted_only_when_set(tmp_path, trusted):
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj '/CN=Invented CA'"
        " -addext basicConstraints=critical,CA:TRUE && "
        "openssl req -newkey rsa:2048 -nodes -keyout s.key -out s.csr -subj /CN=127.0.0.1 && "
        "printf 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth' > ext && "
        "openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out s.pem"
    )
    subprocess.run(["sh", "-c", make], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "s.pem", tmp_path / "s.key")

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello")
        await writer.drain()
        writer.close()

    async def story():
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        here = server.sockets[0].getsockname()
        ca = tmp_path / "ca.pem" if trusted else None
        async with server, Guard(allow={here}) as guard, launch(find(), guard=guard, ca=ca) as running:
            page = await running.new_page()
            try:
                await page.goto(f"https://127.0.0.1:{here[1]}/")
            except Error as error:
                return error.message
            return await page.content()

    said = asyncio.run(story())
    assert ("hello" in said) is trusted
    assert ("ERR_CERT_AUTHORITY_INVALID" in said) is not trusted
