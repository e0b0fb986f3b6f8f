"""The self-check as web pages: for one person on their own computer, or for the staff of a school."""

from __future__ import annotations

from scanner.web.app import just_me
from scanner.web.desk import Desk, Result
from scanner.web.front import Front, front
from scanner.web.serving import serve, serve_school

__all__ = ["Desk", "Front", "Result", "front", "just_me", "serve", "serve_school"]
