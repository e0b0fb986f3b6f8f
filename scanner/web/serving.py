"""Serves the pages: to one person until they leave, or to a school until its server is stopped."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import uvicorn

from scanner.errors import ScannerError, UsageError
from scanner.web.app import just_me
from scanner.web.coming import Porter
from scanner.web.desk import Desk
from scanner.web.doors import DOOR
from scanner.web.front import LOOPBACK, Front
from scanner.web.gate import Gate
from scanner.web.house import House
from scanner.web.school import for_school
from scanner.web.shield import Shield
from scanner.web.telling import describe

WATCH_S = 0.5
GOODBYE_S = 2
"""Seconds an open stream may still take once the person left."""
MAX_CONNECTIONS = 100
MAX_SCHOOL = 1000
TIDY_S = 60.0
HOUSEKEEPING = 60
"""Tidyings from one housekeeping to the next."""


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
    listening = listen(port)
    port = int(listening.getsockname()[1])
    gate = Gate()
    app, room = just_me(desk, port=port, gate=gate)
    server = uvicorn.Server(quiet_config(app, most=MAX_CONNECTIONS))
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


async def serve_school(house: House, front: Front, *, ready: Callable[[], None]) -> None:
    """Serve a school until the process is told to end. `ready` is called once people can come.

    Raises:
        UsageError: the port is taken, or the certificate cannot be used.
    """
    asyncio.get_running_loop().set_exception_handler(say_kind)
    app, porter = for_school(house, hosts=front.hosts, cookie=front.cookie, secure=front.secure)
    listening = listen(front.port, address=front.address)
    try:
        config = quiet_config(app, most=MAX_SCHOOL, ssl_certfile=front.cert, ssl_keyfile=front.key)
        config.load()
    except (OSError, ssl.SSLError) as error:
        listening.close()
        raise UsageError(f"the certificate or its key cannot be used ({error.strerror or error})") from None
    server = uvicorn.Server(config)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(
            number, lambda *_: None
        )  # the server hears them first, and raises them again at the end
    ready()
    keeping = asyncio.create_task(_keep_house(house, porter))
    try:
        await server.serve(sockets=[listening])
    finally:
        keeping.cancel()
        listening.close()


async def _keep_house(house: House, porter: Porter) -> None:
    """Lock what is idle each minute, forget what is old each hour."""
    for minute in count(1):
        await asyncio.sleep(TIDY_S)
        porter.stays.tidy()
        if minute % HOUSEKEEPING == 0:
            try:
                await asyncio.to_thread(house.housekeep)
            except ScannerError as error:
                print(f"housekeeping.failed {type(error).__name__}", file=sys.stderr)  # noqa: T201


def quiet_config(app: Shield, *, most: int, **encrypted: Path | None) -> uvicorn.Config:
    """A server that logs nothing; `most` are requests at the same time."""
    return uvicorn.Config(
        app,
        log_config=None,  # addresses, paths and errors would be in it
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        ws="none",
        http="h11",
        limit_concurrency=most,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=GOODBYE_S,
        **encrypted,  # type: ignore[arg-type]
    )


def say_kind(_loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """What nobody waited for any more, without its message, which may hold an address."""
    error = told.get("exception")
    if isinstance(error, Exception):
        print(f"task.failed {describe(error)}", file=sys.stderr)  # noqa: T201


def listen(port: int, *, address: str = LOOPBACK) -> socket.socket:
    """An open socket.

    Raises:
        UsageError: the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if address != LOOPBACK or port:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(MAX_CONNECTIONS)  # whoever comes before the server is up waits here
    except OSError as error:
        listening.close()
        raise UsageError(f"port {port} cannot be used ({error.strerror}); give another --port") from None
    return listening
