"""The self-check as web pages: for one person on their own computer, nothing stored, nothing sent."""

from __future__ import annotations

from scanner.web.app import just_me
from scanner.web.desk import Desk, Result
from scanner.web.serving import serve

__all__ = ["Desk", "Result", "just_me", "serve"]
