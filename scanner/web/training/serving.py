"""Serves a session: to this computer alone, or to the phones of one room."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from data import Pack
from scanner.training.game import Game, room_code
from scanner.web.doors import DOOR
from scanner.web.serving import listen, quiet_config, say_kind
from scanner.web.training.app import training_app
from scanner.web.training.room import Room, Trainer

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - only when the room is let in on purpose
WATCH_S = 0.5
MAX_CONNECTIONS = 200

__all__ = ["Trainer", "serve_training"]


async def serve_training(
    trainer: Trainer, *, pack: Pack, room: bool, port: int, opened: Callable[[str, Room], None]
) -> None:
    """Serve until the facilitator ends the session.

    `room` lets in phones on the same network. `opened` is called once with the facilitator's address,
    which works once, and only on this computer.

    Raises:
        UsageError: the port is taken.
    """
    asyncio.get_running_loop().set_exception_handler(say_kind)
    listening = listen(port, address=EVERYWHERE if room else LOOPBACK)
    port = int(listening.getsockname()[1])
    addresses = tuple(f"http://{host}:{port}" for host in own_addresses()) if room else ()
    game = Game(trainer.cast, time.monotonic, room_code())
    here = Room(trainer, game, pack, f"training-{port}", addresses)
    hosts = {f"{LOOPBACK}:{port}", f"localhost:{port}", *(one.removeprefix("http://") for one in addresses)}
    server = uvicorn.Server(quiet_config(training_app(here, hosts=hosts), most=MAX_CONNECTIONS))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    watching = asyncio.create_task(here.watch())
    try:
        await asyncio.to_thread(opened, f"http://{LOOPBACK}:{port}{DOOR}{here.token}", here)
        while not serving.done():
            if here.leaving:
                server.should_exit = True
            await asyncio.wait({serving}, timeout=WATCH_S)
        await serving
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await here.end()
        listening.close()


def own_addresses() -> tuple[str, ...]:
    """The addresses by which others on the network reach this computer. Nothing is sent to find them."""
    found = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a documentation address: a datagram socket only picks its own end
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return tuple(dict.fromkeys(one for one in found if not one.startswith("127.")))
