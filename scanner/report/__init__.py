"""The report's front door: one person's advice as HTML, JSON, files and a few lines in the terminal."""

from __future__ import annotations

from scanner.report.files import Written, default_folder, lock_pdf, passphrase, write
from scanner.report.html import environment, parts, to_html
from scanner.report.record import SCHEMA_VERSION, CardFigure, report_card, to_json
from scanner.report.terminal import show

__all__ = [
    "SCHEMA_VERSION",
    "CardFigure",
    "Written",
    "default_folder",
    "environment",
    "lock_pdf",
    "parts",
    "passphrase",
    "report_card",
    "show",
    "to_html",
    "to_json",
    "write",
]
