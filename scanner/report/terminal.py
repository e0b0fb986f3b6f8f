"""The short summary at the end of a scan, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from scanner.model import Report
from scanner.report import view
from scanner.report.files import Written
from scanner.report.words import amount, texts

STYLES = {"today": "bold red", "this-week": "yellow", "worth-a-look": "blue", "fine": "green"}
SIGNS = {"today": "▲", "this-week": "◆", "worth-a-look": "●", "fine": "✓"}
STATES = {"fine": "✓", "part": "◧", "unread": "□"}
MAX_LINES = 12
"""Findings named per band; the report holds them all."""


def show(report: Report, console: Console, *, written: Written | None = None) -> None:
    """Print the summary, and the passphrase if there is one: this is the only time it is shown."""
    console.print(summary(report))
    if written is None:
        return
    words: Mapping[str, str] = texts()["terminal"]
    console.print(Text(f"{words['saved']} {written.folder}", style="bold"), soft_wrap=True)
    console.print(Text("  " + "  ".join(written.files)), soft_wrap=True)
    if written.passphrase:
        console.print(Panel(Text(written.passphrase, style="bold"), title=words["passphrase"], expand=False))


def summary(report: Report) -> RenderableType:
    """What was looked at, then what to do, most pressing first."""
    bands = view.cards(report)
    parts: list[RenderableType] = [Text(texts()["top"]["title"], style="bold"), _profiles(report)]
    if report.status != "complete":
        parts.append(Text(texts()["looked"]["interrupted"], style="bold"))
    unread = not any(view.was_read(profile) for profile in report.profiles)
    if unread:
        parts.append(Text(texts()["looked"]["nothing_read"], style="bold"))
    for band, words in texts()["bands"].items():
        cards = bands[band]
        if not cards and (band == "fine" or unread):
            continue
        title = Text(f"\n{SIGNS[band]} {words['title']} ({len(cards)})", style=STYLES[band])
        parts += [title, *(_line(card) for card in cards[:MAX_LINES])]
        if len(cards) > MAX_LINES:
            parts.append(Text("  " + texts()["terminal"]["more"].format(n=len(cards) - MAX_LINES)))
    parts.append(Text(f"\n{texts()['private']['close']}"))
    return Group(*parts)


def _profiles(report: Report) -> Table:
    words = texts()["coverage"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in (words["profile"], words["happened"], words["looked_at"]):
        table.add_column(title, overflow="fold")
    for row in view.rows(report):
        state = Text(f"{STATES[row.state]} {row.title}")
        table.add_row(Text(row.url_shown), state, Text(", ".join(row.looked_at)))
    return table


def _line(card: view.Card) -> Padding:
    line = Text(f"{card.number}. {card.summary} ")
    line.append(f"({card.place})", style="dim")
    if card.minutes:
        line.append(" " + amount(texts()["terminal"], "minutes", card.minutes), style="dim")
    return Padding(line, (0, 0, 0, 2))
