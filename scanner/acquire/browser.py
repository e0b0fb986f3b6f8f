"""Finding a browser on this machine and starting it so that a hostile page gains nothing.

The boundary is the guard (a proxy on loopback); everything here is the second layer: the sandbox
is always on, a caller who is root never lends its rights to the browser, and the browser gets a
home of its own that is removed afterwards.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from playwright.async_api import Browser as Running
from playwright.async_api import Error, ProxySettings, async_playwright

from scanner.acquire.lodging import environment, lodging, own_uid
from scanner.errors import PartMissing

SETTING = "SCANNER_BROWSER"
NOWHERE = "http://127.0.0.1:9"  # a closed port
SHARED_HOME = "/var/lib/exposure-scanner/browsers"  # root's own downloads, readable by the dropped user

# The programs themselves, not the wrappers in /usr/bin: those add switches, extensions and keys.
FIXED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "linux": (
        ("chromium-headless-shell", "/usr/lib/chromium/chromium-headless-shell"),
        ("chromium-headless-shell", "/usr/lib/chromium-headless-shell/chromium-headless-shell"),
        ("chromium", "/usr/lib/chromium/chromium"),
        ("chromium", "/usr/lib64/chromium-browser/chromium-browser"),
        ("chrome", "/opt/google/chrome/chrome"),
        ("edge", "/opt/microsoft/msedge/msedge"),
    ),
    "darwin": (
        ("chromium", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
        ("chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
        ("edge", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
    ),
    "win32": (
        ("chrome", "/Program Files/Google/Chrome/Application/chrome.exe"),
        ("chrome", "/Program Files (x86)/Google/Chrome/Application/chrome.exe"),
        ("edge", "/Program Files (x86)/Microsoft/Edge/Application/msedge.exe"),
        ("edge", "/Program Files/Microsoft/Edge/Application/msedge.exe"),
    ),
}
ON_PATH = (
    ("chromium-headless-shell", "chromium-headless-shell"),
    ("chromium", "chromium"),
    ("chromium", "chromium-browser"),
    ("chrome", "google-chrome"),
    ("edge", "microsoft-edge"),
)
OWN = (
    ("chromium-headless-shell", "chromium_headless_shell-*/*/*headless*shell"),
    ("chromium-headless-shell", "chromium_headless_shell-*/*/*headless*shell.exe"),
    ("chromium", "chromium-*/*/chrome"),
    ("chromium", "chromium-*/*/chrome.exe"),
    ("chromium", "chromium-*/*/*.app/Contents/MacOS/*"),
)

# A later --disable-features replaces an earlier one, so Playwright's own that matter are named again.
FEATURES_OFF = (
    "WebRtcHideLocalIpsWithMdns,Prerender2,SpeculationRulesPrefetch,WebTransport,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,MediaRouter,PaintHolding,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,PreconnectToSearch,AimEnabled"
)
SWITCHES = (
    # the headless shell honours only the first, full Chromium only the second
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    f"--disable-features={FEATURES_OFF}",
    "--dns-prefetch-disable",
    "--no-pings",
)
# Playwright's defaults that only a tester wants
UNWANTED = ("--disable-popup-blocking", "--disable-ipc-flooding-protection", "--enable-unsafe-swiftshader")

CALLED = re.compile(rb"(?:Chrom|Headless|Edge|Brave)\D*(\d+(?:\.\d+){1,3})")
LAUNCH_S = 40.0
ASK_S = 10.0


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser program on this machine. `kind` is chromium-headless-shell, chromium, chrome or edge."""

    path: Path
    kind: str
    version: str


class Proxy(Protocol):
    """What a browser needs to know of the guard: where it is, and a credential for it."""

    @property
    def url(self) -> str: ...

    @property
    def username(self) -> str: ...

    @property
    def password(self) -> str: ...


__all__ = [
    "Browser",
    "Proxy",
    "Running",
    "advice",
    "find",
    "is_debian",
    "launch",
    "own_home",
    "own_uid",
    "through",
]


def find(
    *,
    environ: Mapping[str, str] | None = None,
    root: Path = Path("/"),
    system: str = sys.platform,
    uid: int | None = None,
) -> Browser:
    """The browser to use: the set one, else Playwright's own, Debian's, Chrome, Edge, then PATH.

    Raises:
        PartMissing: there is none; or the one that was set does not run, which is never passed over.
    """
    environ = os.environ if environ is None else environ
    uid = own_uid() if uid is None else uid
    if wanted := environ.get(SETTING):
        version = _version(Path(wanted), system)
        if version is None:
            raise PartMissing(
                f"nothing was scanned: {SETTING} names {wanted}, which does not run as a browser; "
                f"correct it or unset {SETTING}"
            )
        return Browser(Path(wanted), _kind(wanted), version)
    passed: list[str] = []
    for kind, path in _candidates(environ, root, system, uid):
        if reason := _unfit(path, root, system, uid):
            passed.append(f"{path} {reason}")
        elif (version := _version(path, system)) is None:
            passed.append(f"{path} does not run")
        else:
            return Browser(path, kind, version)
    but = f" ({'; '.join(passed)})" if passed else ""
    raise PartMissing(
        "nothing was scanned, because no browser was found: looked for Playwright's own, Chromium's "
        f"headless shell, Chromium, Chrome and Edge, in their usual places and on PATH{but}; "
        f"run: {advice(root=root, uid=uid)}"
    )


def advice(*, root: Path = Path("/"), uid: int | None = None) -> str:
    """The one command that gets a browser on this system."""
    if is_debian(root) and (own_uid() if uid is None else uid) == 0:
        return "apt-get install --no-install-recommends chromium-headless-shell"
    return "scanner setup"


def is_debian(root: Path = Path("/")) -> bool:
    """Whether Debian's own packages fit here; Ubuntu's Chromium is a snap and does not."""
    try:
        return (
            re.search(r"^ID=\"?debian\"?$", (root / "etc/os-release").read_text(), re.MULTILINE) is not None
        )
    except OSError:
        return False


def own_home(environ: Mapping[str, str], system: str, uid: int) -> Path:
    """Where Playwright keeps its browsers; root's go where an unprivileged user can read them."""
    if set_by_user := environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        return Path(set_by_user)
    if system == "linux" and uid == 0:
        return Path(SHARED_HOME)
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    caches = {"darwin": home / "Library/Caches", "win32": home / "AppData/Local"}
    return caches.get(system, home / ".cache") / "ms-playwright"


def through(guard: Proxy | None) -> ProxySettings:
    """The way out for a browser or a profile in it: the guard, also for loopback, or a closed port."""
    return {
        "server": guard.url if guard else NOWHERE,
        "bypass": "<-loopback>",
        "username": guard.username if guard else "",
        "password": guard.password if guard else "",
    }


@asynccontextmanager
async def launch(found: Browser, *, guard: Proxy | None, ca: Path | None = None) -> AsyncIterator[Running]:
    """Run the browser until the block ends: sandboxed, unprivileged, all traffic through the guard.

    `ca` is a file of certificates to trust besides the usual ones, as school networks need.
    Without a guard it has no way to the network at all (every request goes to a closed port).

    Raises:
        PartMissing: it does not start here; the sentence says what to change.
    """
    server = guard.url if guard else NOWHERE
    with lodging(found.path, ca=ca) as (program, home):
        async with async_playwright() as playwright:
            try:
                browser = await asyncio.wait_for(
                    playwright.chromium.launch(
                        executable_path=str(program),
                        chromium_sandbox=True,
                        headless=True,
                        args=[
                            *SWITCHES,
                            f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {urlsplit(server).hostname}",
                        ],
                        ignore_default_args=list(UNWANTED),
                        proxy=through(guard),
                        env=dict(environment(home)),
                        handle_sigint=False,
                        handle_sigterm=False,
                        handle_sighup=False,
                        timeout=LAUNCH_S * 1000,
                    ),
                    LAUNCH_S + 5,
                )
            except (Error, TimeoutError) as error:
                raise PartMissing(_why_not(found, str(error))) from error
            try:
                yield browser
            finally:
                await _closed(browser)


def _candidates(environ: Mapping[str, str], root: Path, system: str, uid: int) -> Iterator[tuple[str, Path]]:
    own = own_home(environ, system, uid)
    own = root / own.relative_to(own.anchor) if root != Path("/") else own
    for kind, pattern in OWN:
        for path in sorted(own.glob(pattern), key=_revision, reverse=True):
            yield kind, path
    for kind, fixed in FIXED.get(system, ()):
        if (path := root / fixed.lstrip("/")).is_file():
            yield kind, path
    for kind, name in ON_PATH:
        if at := shutil.which(name, path=environ.get("PATH", os.defpath)):
            yield kind, Path(at)


def _revision(path: Path) -> int:
    numbers = [int(n) for n in re.findall(r"-(\d+)/", path.as_posix())]
    return numbers[-1] if numbers else 0


def _unfit(path: Path, root: Path, system: str, uid: int) -> str | None:
    real = path.resolve()
    if real.name == "snap" or "snap" in real.relative_to(real.anchor).parts[:1] or _calls_snap(real):
        return "is a snap, which cannot use a folder of ours"
    if system == "linux" and uid == 0:
        within = [place for place in real.parents if place.is_relative_to(root)]
        closed = [place for place in (real, *within) if not place.stat().st_mode & stat.S_IXOTH]
        if closed:
            return f"cannot be started by an unprivileged user, who may not open {closed[-1]}"
    return None


def _calls_snap(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4096)
    return start.startswith(b"#!") and b"/snap" in start


def _version(path: Path, system: str) -> str | None:
    """What the program calls itself, or None if it does not run or is no browser we can drive."""
    if system == "win32":  # asked for its version, it would open a window
        return "" if path.is_file() else None
    try:
        answer = subprocess.run(  # noqa: S603 - a browser this machine's administrator installed
            [str(path), "--version"],
            capture_output=True,
            timeout=ASK_S,
            check=True,
            env=environment(Path("/nonexistent")),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = CALLED.search(answer.stdout)
    return found[1].decode() if found else None


def _kind(path: str) -> str:
    name = Path(path).name.lower()
    known = (("headless", "chromium-headless-shell"), ("edge", "edge"), ("chromium", "chromium"))
    return next((kind for part, kind in known if part in name), "chrome")


async def _closed(browser: Running) -> None:
    try:
        await asyncio.wait_for(browser.close(), 10)
    except (Error, TimeoutError):
        return  # it is gone already, or dies with the driver


def _why_not(found: Browser, error: str) -> str:
    if re.search(
        r"No usable sandbox|Failed to move to new namespace|namespace.*(not permitted|denied)",
        error,
        re.IGNORECASE,
    ):
        return (
            "nothing was scanned: the browser cannot make its sandbox, because user namespaces are off for "
            "ordinary users here; ask the administrator to allow them "
            "(sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, or the container's settings)"
        )
    said = re.findall(r"\[err\] (.+)", error) or error.splitlines()
    reason = said[-1].strip()[:200] if said else "no reason given"
    return f"nothing was scanned: the browser {found.path} did not start ({reason}); run: scanner doctor"
