"""What the practice server sends back for one path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """One response. With `stream`, the body comes in pieces until it ends or the server stops.

    `length` is what the header announces for a streamed body; None announces nothing and closes
    the connection at the end. `kept` lets browsers keep a copy.
    """

    body: bytes = field(default=b"", repr=False)
    kind: str = HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[Event], Iterator[bytes]] | None = None
    length: int | None = None
    kept: bool = False


def page(body: str, *, status: int = 200, title: str = "Practice") -> Answer:
    """A small HTML page."""
    head = f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>'
    return Answer(f"{head}<body>{body}</body></html>".encode(), status=status)
