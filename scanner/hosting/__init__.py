"""A school's server: its folder, its lawful basis, the people in its store, and its office."""

from __future__ import annotations

from scanner.hosting.basis import read_basis
from scanner.hosting.installation import Installation, default_folder
from scanner.hosting.people import Hosted

__all__ = ["Hosted", "Installation", "default_folder", "read_basis"]
