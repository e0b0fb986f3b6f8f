"""A private place for one run of the browser, and the start script that takes our rights away from it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner.errors import PartMissing, UsageError

KEPT = ("SYSTEMROOT", "WINDIR", "LD_LIBRARY_PATH", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
SPARE_UIDS = range(61184, 65520)  # systemd's range for passing users: belongs to nobody
SEARCH = os.pathsep.join((os.defpath, "/usr/sbin", "/sbin"))

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?")


@contextmanager
def lodging(program: Path, *, ca: Path | None = None) -> Iterator[tuple[Path, Path]]:
    """What to start instead of the program, and the home it gets; both are gone when the block ends.

    A caller who is root hands the program to a user nobody else is. `ca` is a file of certificates
    that the browser shall trust besides its own.

    Raises:
        PartMissing: we are root and cannot drop its rights, or cannot make the browser trust `ca`.
    """
    folder = Path(tempfile.mkdtemp(prefix="scanner-browser-", dir=_reachable()))
    try:
        home = folder / "home"
        for part in (home, home / "tmp"):
            part.mkdir(mode=0o700)
        if ca is not None and sys.platform == "linux":  # elsewhere browsers trust what the system does
            _trust(home, ca)
        yield (program if sys.platform == "win32" else _start(folder, home, program)), home
    finally:
        for _ in range(3):  # a helper process may still be writing its last file
            shutil.rmtree(folder, ignore_errors=True)


def _reachable() -> str | None:
    """A temporary folder that another user can get to, where the browser is to be another user."""
    if own_uid() != 0:
        return None
    for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - private folders inside them
        inner = Path(place).resolve()
        if inner.is_dir() and all(one.stat().st_mode & stat.S_IXOTH for one in (inner, *inner.parents)):
            return place
    return None


def environment(home: Path) -> dict[str, str]:
    """The few settings a browser needs; nothing of ours, such as keys or proxies, is passed on."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    temporary = str(home / "tmp")
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "TMPDIR": temporary,
        "TEMP": temporary,
        "TMP": temporary,
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
    }


def own_uid() -> int:
    """The user we run as; -1 where there is no such number."""
    return os.geteuid() if hasattr(os, "geteuid") else -1


def _start(folder: Path, home: Path, program: Path) -> Path:
    # Playwright names a profile folder of its own; the later switch wins
    start = folder / "start"
    start.write_text(
        "#!/bin/sh\n"
        f"cd {shlex.quote(str(folder))} || exit 1\n"
        f'exec {_drop(folder, home)}{shlex.quote(str(program))} "$@" '
        f"--user-data-dir={shlex.quote(str(home / 'profile'))}\n"
    )
    start.chmod(0o755)
    return start


def _trust(home: Path, ca: Path) -> None:
    """Chromium on Linux reads extra authorities from a database in its home, which certutil writes."""
    certutil = shutil.which("certutil", path=SEARCH)
    if certutil is None:
        raise PartMissing(
            "nothing was scanned: to trust the network's own certificates the browser needs certutil; "
            "install libnss3-tools (nss-tools on other systems)"
        )
    try:
        blocks = CERTIFICATE.findall(ca.read_text(encoding="ascii"))
        database = home / ".pki" / "nssdb"
        database.mkdir(parents=True, mode=0o700)
        where = [certutil, "-d", f"sql:{database}"]
        _quietly([*where, "-N", "--empty-password"])
        for number, block in enumerate(blocks):
            _quietly([*where, "-A", "-a", "-t", "C,,", "-n", f"network {number}"], block)
    except (OSError, ValueError, subprocess.SubprocessError):
        blocks = []
    if not blocks:
        raise UsageError(f"{ca} is not a readable file of certificates")


def _quietly(command: list[str], given: str = "") -> None:
    subprocess.run(command, input=given.encode(), capture_output=True, timeout=20, check=True)  # noqa: S603 - ours


def _drop(folder: Path, home: Path) -> str:
    setpriv = shutil.which("setpriv", path=SEARCH)
    if own_uid() != 0:
        return f"{setpriv} --no-new-privs " if setpriv else ""
    if not setpriv:
        raise PartMissing(
            "nothing was scanned: a browser never runs as root, and setpriv, which would take root's "
            "rights from it, is not here; run as an ordinary user, or install util-linux"
        )
    uid = _spare_uid()
    folder.chmod(0o711)
    for path in (home, *home.rglob("*")):
        os.chown(path, uid, uid)
    return f"{setpriv} --reuid={uid} --regid={uid} --clear-groups --no-new-privs --inh-caps=-all "


def _spare_uid() -> int:
    """A user id no process runs under, so that two scans cannot reach each other."""
    taken: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                taken.add(entry.stat().st_uid)
            except OSError:
                continue  # it ended meanwhile
    offset = os.getpid() % len(SPARE_UIDS)
    order: tuple[int, ...] = (*SPARE_UIDS[offset:], *SPARE_UIDS[:offset])
    return next(uid for uid in order if uid not in taken)
