"""Runs the real command in a world of its own: its own home, its own temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class World:
    """A home directory and a temporary folder nobody else uses."""

    base: Path

    @property
    def environment(self) -> dict[str, str]:
        for name in ("home", "tmp"):
            (self.base / name).mkdir(exist_ok=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCANNER_", "XDG_"))}
        return {
            **kept,
            "HOME": str(self.base / "home"),
            "TMPDIR": str(self.base / "tmp"),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "100",
        }

    def run(self, *arguments: str, given: str = "", timeout: float = 150, **variables: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "scanner", *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**self.environment, **variables},
            cwd=self.base,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def interrupt(self, *arguments: str, after: float, timeout: float = 60) -> Ended:
        running = subprocess.Popen(
            [sys.executable, "-m", "scanner", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            cwd=self.base,
        )
        time.sleep(after)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=timeout)
        return Ended(running.returncode, out, err)
