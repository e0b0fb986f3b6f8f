"""Getting what this machine needs (`scanner setup`) and saying what is there (`scanner doctor`)."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import detectors
from scanner.acquire.browser import Browser, find, is_debian, launch, own_home, own_uid
from scanner.errors import PartMissing

OLDEST = (3, 11)
INSTALL_S = 900.0
PACKAGE = "chromium-headless-shell"
APT = ("apt-get", "-o", "DPkg::Lock::Timeout=300")  # seconds to wait for a busy package lock
SWITCHES = {
    "/proc/sys/user/max_user_namespaces": "0",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
}

Run = Callable[[Sequence[str], Mapping[str, str]], int]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the doctor's answer: what was looked at, whether it is well, and what to know or do."""

    name: str
    ok: bool
    says: str


def setup(
    *, say: Say = lambda _: None, run: Run | None = None, look: Callable[[], Browser] = find
) -> Browser:
    """Find a browser, or get one: Debian's package for root, else Playwright's own for this user.

    `say` hears what is being done; `run` runs one command and gives its exit status.

    Raises:
        PartMissing: none could be had; the sentence says what to run instead.
    """
    run = run or _run
    try:
        return look()
    except PartMissing:
        if os.environ.get("SCANNER_BROWSER"):  # the fault lies in that setting, not in a missing browser
            raise
        say("no browser yet; getting one (about 100 MB)")
    if is_debian() and own_uid() == 0 and shutil.which("apt-get"):
        settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = (*APT, "install", "-y", "--no-install-recommends", PACKAGE)
        say(" ".join(install))
        if run(install, settings) and not run((*APT, "update"), settings):
            run(install, settings)
        instead = f"apt-get update && apt-get install --no-install-recommends {PACKAGE}"
    else:
        settings = dict(os.environ)
        settings["PLAYWRIGHT_BROWSERS_PATH"] = str(own_home(os.environ, sys.platform, own_uid()))
        say("asking Playwright for its own headless browser")
        run((sys.executable, "-m", "playwright", "install", PACKAGE), settings)
        instead = (
            f"sudo apt-get install --no-install-recommends {PACKAGE}"
            if is_debian()
            else "the installer of Chrome, Edge or Chromium, then scanner doctor"
        )
    try:
        return look()
    except PartMissing:
        raise PartMissing(
            f"no browser could be fetched, so nothing can be scanned; is the network there? run: {instead}"
        ) from None


def doctor(*, look: Callable[[], Browser] = find) -> list[Line]:
    """What is there and what is missing. Never raises for something missing."""
    return [_python(), *_browser(look), *_namespaces(), *_weights(), *_folders()]


def _run(command: Sequence[str], settings: Mapping[str, str]) -> int:
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands of ours
            list(command),
            env=dict(settings),
            timeout=INSTALL_S,
            check=False,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # our own sentence says what failed
        )
    except (OSError, subprocess.SubprocessError):
        return 1
    return done.returncode


def _python() -> Line:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = sys.version_info[:2] >= OLDEST
    return Line("Python", fits, version if fits else f"{version} is too old; 3.11 or later is needed")


def _browser(look: Callable[[], Browser]) -> Iterator[Line]:
    try:
        found = look()
    except PartMissing as error:
        yield Line("browser", ok=False, says=str(error))
        return
    yield Line("browser", ok=True, says=f"{found.kind} {found.version or '(version not told)'}, {found.path}")
    try:
        as_uid = asyncio.run(_started(found))
    except PartMissing as error:
        yield Line("sandbox", ok=False, says=str(error))
        return
    yield Line("sandbox", ok=True, says=f"the browser starts sandboxed{as_uid}")


async def _started(found: Browser) -> str:
    async with launch(found, guard=None) as running:
        page = await asyncio.wait_for(running.new_page(), 20)
        await asyncio.wait_for(page.set_content("<p>ready"), 20)
    return ", under a passing user of its own" if own_uid() == 0 else ""


def _namespaces() -> Iterator[Line]:
    if sys.platform != "linux":
        return
    off = [path for path, closed in SWITCHES.items() if _text(path) == closed]
    if off:
        setting = off[0].removeprefix("/proc/sys/").replace("/", ".")
        yield Line("user namespaces", ok=False, says=f"off; the sandbox needs them: set {setting} above 0")
    else:
        yield Line("user namespaces", ok=True, says="on")


def _weights() -> Iterator[Line]:
    for model, well, says in detectors.weights_status():
        yield Line(f"weights {model}", well, says or "all hashes agree")


def _folders() -> Iterator[Line]:
    for name, folder in (("temporary folder", Path(tempfile.gettempdir())), ("home folder", Path.home())):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
        except OSError as error:
            yield Line(name, ok=False, says=f"{folder} cannot be written ({error.strerror})")
        else:
            yield Line(name, ok=True, says=str(folder))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""
