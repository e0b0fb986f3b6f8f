"""Whoever gives many pages keeps nobody waiting, and nobody who goes away is waited for."""

from __future__ import annotations

import asyncio

from scanner.turns import Turns


def test_everybody_gets_a_turn_before_anybody_gets_a_second() -> None:
    order: list[str] = []

    async def one(turns: Turns, person: str) -> None:
        async with turns.turn(person):
            order.append(person)
            await asyncio.sleep(0)

    async def act() -> None:
        turns = Turns(1)
        many = [one(turns, "greedy") for _ in range(6)]
        await asyncio.gather(*many, one(turns, "robin"), one(turns, "aled"), one(turns, "robin"))

    asyncio.run(act())
    assert order == ["greedy", "greedy", "robin", "aled", "greedy", "robin", "greedy", "greedy", "greedy"]


def test_no_more_than_so_many_at_once() -> None:
    now, most = 0, 0

    async def one(turns: Turns, person: str) -> None:
        nonlocal now, most
        async with turns.turn(person):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    async def act() -> None:
        turns = Turns(2)
        await asyncio.gather(*(one(turns, f"p{n % 5}") for n in range(40)))

    asyncio.run(act())
    assert (now, most) == (0, 2)


def test_whoever_goes_away_or_fails_gives_the_turn_back() -> None:
    async def act() -> None:
        turns = Turns(1)
        held = asyncio.Event()

        async def hold() -> None:
            async with turns.turn("a"):
                held.set()
                await asyncio.sleep(0.01)
                raise ValueError

        async def wait(person: str) -> str:
            async with turns.turn(person):
                return person

        first = asyncio.create_task(hold())
        await held.wait()
        gone, next_ = asyncio.create_task(wait("b")), asyncio.create_task(wait("c"))
        await asyncio.sleep(0)
        gone.cancel()
        assert await asyncio.wait_for(next_, 5) == "c"
        assert isinstance((await asyncio.gather(first, return_exceptions=True))[0], ValueError)
        assert await asyncio.wait_for(wait("d"), 5) == "d"

    asyncio.run(act())
