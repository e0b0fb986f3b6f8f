"""The short summary at the end of a scan, for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from scanner.model import Report
from scanner.report import cards, view
from scanner.report.files import Written
from scanner.report.html import looked
from scanner.report.words import amount, texts

STYLES = {"today": "bold red", "this-week": "yellow", "worth-a-look": "blue", "fine": "green"}
SIGNS = {"today": "▲", "this-week": "◆", "worth-a-look": "●", "fine": "✓"}
STATES = {"fine": "✓", "part": "◧", "unread": "□"}
MAX_LINES = 12
"""Findings named per band; the report holds them all."""


def show(report: Report, console: Console, *, written: Written | None = None, practice: bool = False) -> None:
    """Print the summary, and the passphrase if there is one: this is the only time it is shown."""
    console.print(summary(report, practice=practice))
    if written is None:
        return
    words: Mapping[str, str] = texts()["terminal"]
    console.print(Text(f"{words['saved']} {written.folder}", style="bold"), soft_wrap=True)
    console.print(Text("  " + "  ".join(written.files)), soft_wrap=True)
    if written.passphrase:
        console.print(Panel(Text(written.passphrase, style="bold"), title=words["passphrase"], expand=False))
        console.print(Text(words["unlocked"]))


def summary(report: Report, *, practice: bool = False) -> RenderableType:
    """What was looked at, then what to do, most pressing first."""
    bands = cards.cards(report, practice=practice)
    unread = not any(view.was_read(profile) for profile in report.profiles)
    parts: list[RenderableType] = [Text(texts()["practice" if practice else "top"]["title"], style="bold")]
    parts += [Text(f"{looked(report)} {view.checked(report)}".strip()), _profiles(report, practice=practice)]
    if report.status != "complete":
        parts.append(Text(texts()["looked"]["interrupted"], style="bold"))
    if unread:
        parts.append(Text(texts()["looked"][view.unread(report)], style="bold"))
    elif not any(bands[band] for band in cards.BANDS[:-1]):
        parts.append(Text(f"\n{texts()['looked']['quiet']}", style="bold"))
    for band, words in texts()["bands"].items():
        found = bands[band]
        if not found:
            continue
        title = Text(f"\n{SIGNS[band]} {words['title']} ({len(found)})", style=STYLES[band])
        parts += [title, *(_line(card, practice=practice) for card in found[:MAX_LINES])]
        if len(found) > MAX_LINES:
            parts.append(Text("  " + texts()["terminal"]["more"].format(n=len(found) - MAX_LINES)))
    parts.append(Text(f"\n{texts()['practice']['notice'][0] if practice else texts()['private']['close']}"))
    return Group(*parts)


def _profiles(report: Report, *, practice: bool) -> Table:
    words = texts()["coverage"]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in (words["profile"], words["happened"], words["looked_at"]):
        table.add_column(title, overflow="fold")
    for row in view.rows(report, practice=practice):
        state = Text(f"{STATES[row.state]} {row.title}")
        table.add_row(Text(row.url_shown), state, Text(", ".join(row.looked_at)))
    return table


def _line(card: cards.Card, *, practice: bool) -> Padding:
    line = Text(f"{card.number}. {card.summary} ")
    whose = f"{card.person}: " if practice and card.person else ""
    line.append(f"({whose}{card.place})", style="dim")
    if card.minutes:
        line.append(" " + amount(texts()["terminal"], "minutes", card.minutes), style="dim")
    return Padding(line, (0, 0, 0, 2))
