"""The owner's doorway: a socket in the store's folder through which other processes of the same user ask.

One question and one answer per connection, each one line of JSON: `{"verb": ..., "words": {...}}`, then
`{"answer": ...}` or `{"error": ..., "exit_code": ...}`. Only the user who runs the owner can open it.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from data import PackError
from scanner.errors import ScannerError, StoreError, UsageError

NAME = "owner.socket"
LONGEST = 100_000
"""Bytes of one question or answer."""
PATIENCE = 10.0
"""Seconds for a question to arrive."""
ANSWER = 600.0
"""Seconds the owner may take; closing a large sweep rewrites the file."""
LONGEST_PATH = 100
"""Bytes of a socket's address that every system allows."""

Carry = Callable[[str, Mapping[str, Any]], Awaitable[dict[str, Any]]]


@asynccontextmanager
async def doorway(folder: Path, carry: Carry) -> AsyncIterator[None]:
    """Answer questions while the block runs; for the process that owns the store in that folder.

    Raises:
        StoreError: the socket cannot be made there.
    """
    place = _place(folder)
    place.unlink(missing_ok=True)  # we own the store, so whoever made it is gone

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            if _is_ours(writer):
                async with asyncio.timeout(PATIENCE):
                    line = await reader.readline()
                writer.write(json.dumps(await _answered(line, carry)).encode() + b"\n")
                await writer.drain()
        writer.close()

    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(met, path=place, limit=LONGEST)
        place.chmod(0o600)
    except OSError as error:
        raise StoreError(f"the socket {place} cannot be made: {error.strerror}") from None
    finally:
        os.umask(before)
    try:
        yield
    finally:
        server.close()
        place.unlink(missing_ok=True)


def ask(folder: Path, verb: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Have the owner of a store carry out a verb.

    Raises:
        StoreError: nobody answers there.
        ScannerError: the owner's own sentence, with its exit code.
    """
    place = _place(folder)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(ANSWER)
            line.connect(str(place))
            line.sendall(json.dumps({"verb": verb, "words": dict(words)}).encode() + b"\n")
            with line.makefile("rb") as answer:
                found = json.loads(answer.readline(LONGEST))
    except (OSError, ValueError):
        raise StoreError(
            f"another process owns the store in {folder} and does not answer; close it first, then try again"
        ) from None
    if "error" in found:
        raised = ScannerError(str(found["error"]))
        raised.exit_code = int(found["exit_code"])
        raise raised
    answered: dict[str, Any] = found["answer"]
    return answered


async def _answered(line: bytes, carry: Carry) -> dict[str, Any]:
    try:
        asked = json.loads(line)
        verb, words = str(asked["verb"]), asked.get("words", {})
        if not isinstance(words, dict):
            raise UsageError("the question is not one of ours")
        return {"answer": await carry(verb, words)}
    except ScannerError as error:
        return {"error": str(error), "exit_code": error.exit_code}
    except PackError as error:
        return {"error": str(error), "exit_code": UsageError.exit_code}
    except (ValueError, KeyError, TypeError):
        return {"error": "the question is not one of ours", "exit_code": UsageError.exit_code}


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    """Whether the process at the other end is run by the same user, where the system can tell."""
    line = writer.get_extra_info("socket")
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the file's permissions alone
    peer = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", peer)[1] == os.getuid())


def _place(folder: Path) -> Path:
    place = folder / NAME
    if not hasattr(socket, "AF_UNIX"):
        raise StoreError("another process owns the store; this system has no local sockets to ask it by")
    if len(os.fsencode(place.absolute())) > LONGEST_PATH:
        raise StoreError(f"the path of {folder} is too long for a local socket; move the store up")
    return place
