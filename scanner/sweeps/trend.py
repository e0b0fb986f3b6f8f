"""The governors' plot: what was released over the sweeps, with its uncertainty, as a plain SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any

import data

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 250, 50, 70
COLOURS = ("#0b6e99", "#b4431f", "#3d7a3a", "#7a3d8f", "#8a6d1c", "#445566")
MOST_LINES = len(COLOURS)


def trend(releases: Sequence[dict[str, Any]], school: str = "") -> str:
    """Lines over all sweeps of one school, one for each check with the most counted people.

    A sweep in which a check was not told leaves a gap: that can be few people or none, and nobody can say.
    """
    dates = [str(one["closed_at"])[:10] for one in releases]
    told = [_by_check(one["schools"].get(school) or {}) for one in releases]
    margins = [int((one["schools"].get(school) or {}).get("plus_minus", 0)) for one in releases]
    checks = sorted({check for one in told for check in one}, key=lambda c: -max(o.get(c, 0) for o in told))
    checks = checks[:MOST_LINES]
    top = max(
        (one[check] + margin for one, margin in zip(told, margins, strict=True) for check in one), default=10
    )
    body = [_axes(dates, top)]
    for number, check in enumerate(checks):
        points = [(at, one[check], margins[at]) for at, one in enumerate(told) if check in one]
        body.append(_line(points, len(dates), top, COLOURS[number]))
        body.append(_legend(number, data.checks()[check].title if check in data.checks() else check))
    if not checks:
        body.append(
            f'<text x="{LEFT + 20}" y="{HEIGHT / 2}">Too few took part for any figure to be told.</text>'
        )
    note = f"Each figure is noisy on purpose: plus or minus {max(margins, default=0)} in 19 of 20 cases."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13"><title>People with something to fix, by sweep</title>'
        f"<desc>{escape(note)}</desc>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<text x="{LEFT}" y="24" font-size="16">People with something to fix, by sweep</text>'
        f'{"".join(body)}<text x="{LEFT}" y="{HEIGHT - 12}" fill="#444">{escape(note)}</text></svg>\n'
    )


def _by_check(release: dict[str, Any]) -> dict[str, int]:
    """The largest cell of each check: adding cells up would add up their noise."""
    found: dict[str, int] = {}
    for cell in release.get("cells", ()):
        found[cell["check"]] = max(found.get(cell["check"], 0), int(cell["about"]))
    return found


def _x(at: int, count: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return LEFT + room / 2 if count < 2 else LEFT + 20 + (room - 40) * at / (count - 1)  # noqa: PLR2004


def _y(figure: float, top: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * max(figure, 0) / max(top, 1)


def _axes(dates: Sequence[str], top: int) -> str:
    lines = []
    for part in range(5):
        figure = top * part / 4
        y = _y(figure, top)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{figure:.0f}</text>')
    for at, day in enumerate(dates):
        x = _x(at, len(dates))
        lines.append(
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{escape(day)}</text>'
        )
    return "".join(lines)


def _line(points: Sequence[tuple[int, int, int]], count: int, top: int, colour: str) -> str:
    drawn = []
    for (one, first, _), (two, second, _) in pairwise(points):
        if two == one + 1:
            drawn.append(
                f'<line x1="{_x(one, count):.1f}" y1="{_y(first, top):.1f}" x2="{_x(two, count):.1f}" '
                f'y2="{_y(second, top):.1f}" stroke="{colour}" stroke-width="2"/>'
            )
    for at, figure, margin in points:
        x, low, high = _x(at, count), _y(figure - margin, top), _y(figure + margin, top)
        drawn.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}"/>'
            f'<circle cx="{x:.1f}" cy="{_y(figure, top):.1f}" r="4" fill="{colour}"/>'
        )
    return "".join(drawn)


def _legend(number: int, title: str) -> str:
    y = TOP + 10 + 24 * number
    x = WIDTH - RIGHT + 20
    return (
        f'<rect x="{x}" y="{y - 10}" width="14" height="4" fill="{COLOURS[number]}"/>'
        f'<text x="{x + 22}" y="{y - 4}">{escape(title[:34])}</text>'
    )
