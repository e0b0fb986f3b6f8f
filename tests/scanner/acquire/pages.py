"""A small site on loopback for the browser tests: pages by path, answers with a delay, pictures drawn here."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

PICTURES = 30


@dataclass
class Answer:
    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    fields: tuple[str, ...] = ()
    delay: float = 0.0


Routes = Mapping[str, Answer | Callable[[str], Answer]]


@dataclass
class Pages:
    """What is served, by path without query; a function is given what follows the question mark.

    `hits` are the paths asked for, `sent` those whose answer has gone out.
    """

    routes: Routes
    delay: float = 0.0
    port: int = 0
    hits: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    connections: int = 0
    sent: list[str] = field(default_factory=list)

    @property
    def here(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def serve(self, routes: Routes, *, delay: float = 0.0) -> None:
        """Be another site from now on."""
        self.routes, self.delay = routes, delay
        self.hits.clear()
        self.sent.clear()
        self.agents.clear()

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def page(text: str, **more: object) -> Answer:
    return Answer(text.encode(), **more)


@contextlib.asynccontextmanager
async def pages(routes: Routes | None = None, *, delay: float = 0.0) -> AsyncIterator[Pages]:
    site = Pages(routes or {}, delay)
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                path, _, query = lines[0].split()[1].partition("?")
                site.hits.append(path)
                site.agents.update(line[12:] for line in lines if line.lower().startswith("user-agent: "))
                answer = site.routes.get(path, Answer(b"", status="404 Not Found"))
                answer = answer(query) if callable(answer) else answer
                await asyncio.sleep(answer.delay or site.delay)
                fields = [
                    f"content-type: {answer.kind}",
                    f"content-length: {len(answer.body)}",
                    *answer.fields,
                ]
                writer.write(
                    "\r\n".join([f"HTTP/1.1 {answer.status}", *fields, "", ""]).encode() + answer.body
                )
                await writer.drain()
                site.sent.append(path)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handle(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def picture(seed: int, *, side: int = 64) -> bytes:
    """A PNG of noise, different for every seed, and not to be packed smaller."""
    noise = random.Random(seed)  # noqa: S311 - a drawing
    rows = b"".join(b"\0" + noise.randbytes(3 * side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    packed = (struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d)) for t, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def lazy(posts: int, *, side: int = 64) -> Routes:
    """A profile that adds ten posts whenever its end comes into view; the first thirty have a picture."""
    routes = {"/": page(LAZY % posts)}
    routes |= {f"/picture/{n}": Answer(picture(n, side=side), "image/png") for n in range(PICTURES)}

    def more(query: str) -> Answer:
        start = int(query.partition("=")[2])
        batch = [{"n": n, "picture": n < PICTURES} for n in range(start, min(start + 10, posts))]
        return Answer(json.dumps(batch).encode(), "application/json")

    return routes | {"/more": more}


LAZY = """<!doctype html><title>Robin Ashdown-Vale</title><main id=main></main><div id=end style="height:9px"></div>
<script>
let shown = 0, busy = false;
async function more() {
  if (busy || shown >= %d) return;
  busy = true;
  for (const post of await (await fetch("/more?from=" + shown)).json()) {
    const article = document.createElement("article");
    article.innerHTML = "<h2>Post " + post.n + "</h2><p style='height:200px'>words</p>" +
      (post.picture ? "<img loading=lazy width=300 height=300 src='/picture/" + post.n + "'>" : "");
    main.append(article);
    shown++;
  }
  busy = false;
  if (end.getBoundingClientRect().top < innerHeight + 200) more();
}
new IntersectionObserver((seen) => seen[0].isIntersecting && more(), { rootMargin: "200px" }).observe(end);
</script>"""
