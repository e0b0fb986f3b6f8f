"""Reading a page to its end, and saying honestly whether that was the end.

Lazy pages lose content without an error when one stops too early. So the end counts only after a
quiet time scaled to how slowly this page answers, with nothing under way, and after one more scroll.
Pages without scripts cannot grow by themselves and do not wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from playwright.async_api import Error, Page

from scanner.acquire.traffic import Traffic

State = Literal["complete", "capped", "unsure"]

QUIET_S = 1.0
QUIET_MEDIANS = 5
CONFIRM_S = 0.15
TICK_S = 0.08
ROUND_S = 0.08  # what a round of scrolling takes at the end of a page on an idle machine
STEP_S = 5.0  # one round of scrolling in the page
DRAIN_S = 5.0
MAX_ELEMENTS = 200_000
MAX_MOVES = 5  # times the page may send itself elsewhere
SHRUNK = 0.8  # below this share of what was once there, the page forgets what it showed

# Steps down a screen at a time (pictures loaded by observers must pass the window), then wiggles at
# the end, because an observer whose mark stays in view is not called again. Observers are called after
# a frame's callbacks: a place left within one frame is never observed, so the wiggle lasts two.
ROUND = """
async ({ scroll, maxHeight, budget, from }) => {
  const until = performance.now() + budget;
  let drawn = true;
  const frame = () => new Promise((done) => {
    const late = setTimeout(() => { drawn = false; done(); }, 500);
    requestAnimationFrame(() => { clearTimeout(late); done(); });
  });
  const eager = () => {
    for (const img of document.images) if (img.loading === "lazy") img.loading = "eager";
  };
  const main = document.scrollingElement || document.documentElement;
  let box = main;
  if (main.scrollHeight <= innerHeight + 8) {
    for (const part of document.querySelectorAll("main, section, div, ul")) {
      if (part.clientHeight > innerHeight / 2 && part.scrollHeight > part.clientHeight + 8 &&
          part.scrollHeight > box.scrollHeight && /auto|scroll/.test(getComputedStyle(part).overflowY)) {
        box = part;
      }
    }
  }
  const to = (top) => box.scrollTo({ top, behavior: "instant" });
  const end = () => Math.min(box.scrollHeight, maxHeight);
  eager();
  let at = from;
  if (scroll) {
    const step = Math.max(box === main ? innerHeight : box.clientHeight, 200);
    for (; at < end() - step && performance.now() < until; at += step) { to(at); await frame(); }
    to(Math.max(end() - 2 * step, 0));
    await frame();
    await frame();
    to(end());
    at = Math.max(end() - step, 0);
  }
  await frame();
  await frame();
  eager();
  const runs = 'script:not([type]), script[type=""], script[type*="javascript" i], script[type="module" i]';
  const handler = "boolean(//@*[starts-with(name(), 'on')])";
  return {
    at,
    height: box.scrollHeight,
    elements: document.getElementsByTagName("*").length,
    images: document.images.length,
    posts: document.querySelectorAll('article, [role="article"], .h-entry').length,
    alive: document.querySelector(runs + ", iframe, object, embed") !== null ||
      document.evaluate(handler, document, null, XPathResult.BOOLEAN_TYPE, null).booleanValue,
    loaded: document.readyState === "complete",
    drawn,
  };
}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The size of a page at one moment. `alive`: it can still change by itself.

    `drawn`: every step of the scrolling was drawn; observers that load more see only what is drawn.
    """

    at: int = 0
    height: int = 0
    elements: int = 0
    images: int = 0
    posts: int = 0
    alive: bool = True
    loaded: bool = False
    drawn: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What the page told of itself; a page can lie, but only about its own size."""
        numbers = {name: _number(told.get(name)) for name in ("at", "height", "elements", "images", "posts")}
        return cls(
            **numbers,
            alive=told.get("alive") is not False,
            loaded=told.get("loaded") is True,
            drawn=told.get("drawn") is True,
        )

    def beyond(self, other: Seen) -> bool:
        """Whether this is more than was ever seen; a carousel that turns in place is not."""
        mine = (self.height, self.elements, self.images, self.posts)
        return any(
            a > b
            for a, b in zip(mine, (other.height, other.elements, other.images, other.posts), strict=True)
        )

    def most(self, other: Seen) -> Seen:
        """The larger of each."""
        return Seen(
            self.at,
            max(self.height, other.height),
            max(self.elements, other.elements),
            max(self.images, other.images),
            max(self.posts, other.posts),
        )


async def read_to_end(
    page: Page,
    traffic: Traffic,
    *,
    scroll: bool,
    scripted: bool,
    max_height: int,
    max_posts: int,
    until: float,
    within: Callable[[Awaitable[Any], float], Awaitable[Any]],
) -> State:
    """Stay until the page has nothing more to load. `scripted`: the document as sent had scripts.

    `until` is a moment of `time.monotonic`; `within` awaits one step under its own deadline.
    """
    most, took, moves, at = Seen(), 0.0, 0, 0
    confirming, document = False, traffic.documents
    while time.monotonic() < until:
        began = time.monotonic()
        told = {"scroll": scroll, "maxHeight": max_height, "budget": STEP_S * 600, "from": at}
        try:
            seen = Seen.of(await within(page.evaluate(ROUND, told), min(STEP_S, until - began)))
        except Error as error:
            moves += 1
            if moves > MAX_MOVES or not moved(error):
                raise
            most, at, confirming = Seen(), 0, False
            traffic.grew()
            await asyncio.sleep(TICK_S)
            continue
        if traffic.documents != document:
            document, most, at = traffic.documents, Seen(), 0
        took = max(took * 0.5, time.monotonic() - began)
        at = seen.at
        grew = seen.beyond(most)
        most = seen.most(most)
        if grew:
            traffic.grew()
        if scroll and _over(seen, traffic, max_height=max_height, max_posts=max_posts):
            await _drain(traffic, until)
            return "capped"
        waits = _window(traffic, took) if scripted or seen.alive else 0.0
        left = waits - (time.monotonic() - traffic.changed_at)
        quiet = left <= 0 and not traffic.busy and seen.loaded and seen.drawn
        if quiet and not grew and confirming:
            return _end(seen, most, traffic, scroll=scroll)
        confirming = quiet and not grew
        if confirming:
            await asyncio.sleep(max(CONFIRM_S, traffic.median_s) if waits else 0)
        else:
            await asyncio.sleep(min(TICK_S, max(left - ROUND_S, 0.01)) if left > 0 else TICK_S / 4)
    return "unsure"


async def _drain(traffic: Traffic, until: float) -> None:
    """Let what is under way arrive, although no more will be asked for."""
    until = min(until, time.monotonic() + DRAIN_S)
    while traffic.busy and time.monotonic() < until:  # noqa: ASYNC110 - many events, one deadline
        await asyncio.sleep(TICK_S)


def _window(traffic: Traffic, took: float) -> float:
    """Seconds of quiet that mean the end; longer where the network or this machine is slow."""
    return max(QUIET_S, QUIET_MEDIANS * traffic.median_s, QUIET_MEDIANS * (took - 2 * ROUND_S))


def _over(seen: Seen, traffic: Traffic, *, max_height: int, max_posts: int) -> bool:
    return seen.height > max_height or seen.posts >= max_posts or seen.elements > MAX_ELEMENTS or traffic.full


def _end(seen: Seen, most: Seen, traffic: Traffic, *, scroll: bool) -> State:
    forgetful = seen.elements < SHRUNK * most.elements or seen.posts < SHRUNK * most.posts
    if not scroll or forgetful or traffic.lost or traffic.hanging:
        return "unsure"
    return "complete"


def moved(error: Error) -> bool:
    """Whether a step failed only because the page went elsewhere meanwhile."""
    return "context was destroyed" in error.message or "navigat" in error.message.lower()


def _number(told: object) -> int:
    return min(int(told), 2**31) if isinstance(told, int | float) and told == told and told >= 0 else 0  # noqa: PLR0124 - not NaN
