"""Units that carry a sweep out where no web app runs: a systemd service with its timer, and a cron line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import UsageError

SERVICE = "exposure-scanner-sweep.service"
TIMER = "exposure-scanner-sweep.timer"

_SERVICE = """\
[Unit]
Description=Exposure Scanner: go on with the sweep that is open
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={home}
Nice=10
"""
_TIMER = """\
[Unit]
Description=Exposure Scanner: look every hour whether a sweep can go on

[Timer]
OnCalendar=hourly
RandomizedDelaySec=10min
Persistent=yes

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True)
class Units:
    """The texts of the two units, and the line for crontab."""

    service: str
    timer: str
    cron: str


def units(command: list[str], home: Path) -> Units:
    """Units that run a command every hour. Two runs never meet: the second finds the store owned."""
    line = shlex.join(command)
    systemd = " ".join(_systemd(word) for word in command)
    place = _systemd(str(home))
    return Units(_SERVICE.format(command=systemd, home=place), _TIMER, f"17 * * * * {_cron(line)}")


def write_units(made: Units, folder: Path) -> tuple[Path, Path]:
    """Write both units into a folder.

    Raises:
        UsageError: one is there already, or the folder cannot be written.
    """
    files = folder / SERVICE, folder / TIMER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in zip(files, (made.service, made.timer), strict=True):
            with file.open("x", encoding="utf-8") as stream:
                stream.write(text)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already; it was not changed") from None
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}") from None
    return files


def _systemd(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or set(word) & set(" \t;'") else word


def _cron(line: str) -> str:
    return line.replace("%", "\\%")
