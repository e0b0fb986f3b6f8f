"""Serves the pages to this computer alone, opens the browser, and ends when the person leaves."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn

from scanner.errors import UsageError
from scanner.web.app import just_me
from scanner.web.desk import Desk
from scanner.web.gate import Gate
from scanner.web.shield import DOOR
from scanner.web.telling import describe

LOOPBACK = "127.0.0.1"
WATCH_S = 0.5
GOODBYE_S = 2
"""Seconds an open stream may still take once the person left."""
MAX_CONNECTIONS = 100


def serve(desk: Desk, *, port: int = 0, opened: Callable[[str], None]) -> None:
    """Serve until the person leaves, nobody was there for too long, or Ctrl-C.

    `opened` is called once with the address to open, which lets in one browser, once. Port 0 takes a
    free one.

    Raises:
        UsageError: the port is taken.
    """
    asyncio.run(_serve(desk, port=port, opened=opened))


async def _serve(desk: Desk, *, port: int, opened: Callable[[str], None]) -> None:
    asyncio.get_running_loop().set_exception_handler(say_kind)
    listening = _listen(port)
    port = int(listening.getsockname()[1])
    gate = Gate()
    app, room = just_me(desk, port=port, gate=gate)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,  # addresses, paths and errors would be in it
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            ws="none",
            http="h11",
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=GOODBYE_S,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.to_thread(opened, f"http://{LOOPBACK}:{port}{DOOR}{gate.token}")
        while not serving.done():
            if room.leaving or gate.idle():
                server.should_exit = True
            await asyncio.wait({serving}, timeout=WATCH_S)
        await serving
    finally:
        await room.forget()
        listening.close()


def say_kind(_loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """What nobody waited for any more, without its message, which may hold an address."""
    error = told.get("exception")
    if isinstance(error, Exception):
        print(f"task.failed {describe(error)}", file=sys.stderr)  # noqa: T201


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen(MAX_CONNECTIONS)  # whoever comes before the server is up waits here
    except OSError as error:
        listening.close()
        raise UsageError(f"port {port} cannot be used ({error.strerror}); leave out --port") from None
    return listening
