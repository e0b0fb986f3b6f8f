"""What can go wrong, and what the command line says then.

    ScannerError              exit  what happens next
    ├── UsageError              2   the sentence names the wrong word and the nearest right one
    ├── ConsentError            3   nothing is opened; the person is told why
    ├── SubmissionError         4   not an address we open; the sentence says which we do
    ├── AcquireError            5   this profile could not be read; the others go on
    ├── StoreError              6   the database is busy, newer, damaged, or the disk is full
    ├── DeliveryError           7   the report is kept; handing it over failed
    └── PartMissing             8   a browser, weight or package is not there; nothing was scanned

A message names ids and files, never people.
"""

from __future__ import annotations

INTERRUPTED = 130
"""Exit code when a person stopped the run; what was done so far is written and marked."""


class ScannerError(Exception):
    """Something a user can act on, said in one sentence."""

    exit_code = 1


class UsageError(ScannerError):
    """A file, pack or option is wrong; nothing was lost."""

    exit_code = 2


class ConsentError(ScannerError):
    """Consent is missing, withdrawn or expired; nothing was opened."""

    exit_code = 3


class SubmissionError(ScannerError):
    """The address is not a profile we may open."""

    exit_code = 4


class AcquireError(ScannerError):
    """The profile could not be read; `result` is the result state for the report."""

    exit_code = 5

    def __init__(self, message: str, result: str = "unreachable") -> None:
        super().__init__(message)
        self.result = result


class StoreError(ScannerError):
    """The database could not be used."""

    exit_code = 6


class DeliveryError(ScannerError):
    """The report is safe, but could not be handed over."""

    exit_code = 7


class PartMissing(ScannerError):
    """A part this run needs is not on this machine."""

    exit_code = 8
