"""What a person hands over and wishes on the pages, made into submissions and snapshots for a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from data import School
from detectors import Snapshot
from scanner.cli.exporting import imported
from scanner.exports import Export, read
from scanner.model import Consent, Submission
from scanner.platforms import Account
from scanner.together import together
from scanner.web.desk import Unpack, Wishes


def submitted(
    accounts: Sequence[Account], *, consent: Consent, saved: Mapping[str, Snapshot], wishes: Wishes
) -> list[tuple[Account, Submission]]:
    """Each profile with how it is shown to be the person's, and the code to look for in its bio."""
    return [(account, _submission(account, consent, account.url in saved, wishes)) for account in accounts]


def at_hand(account: Account, *, saved: Mapping[str, Snapshot], wishes: Wishes) -> list[tuple[str, Snapshot]]:
    """What the person gave of a profile, each with the kind of evidence it is."""
    page = [("page", saved[account.url])] if account.url in saved else []
    return [*page, *(("export", one.snapshot) for one in wishes.exports.get(account.url, ()))]


def put_together(parts: Sequence[tuple[str, Snapshot]], *, wishes: Wishes) -> Snapshot:
    """All kinds of evidence of a profile as one, under what the person said of themselves."""
    whole = parts[0][1] if len(parts) == 1 and parts[0][0] != "export" else together(parts)
    return replace(whole, exemptions=whole.exemptions | wishes.exemptions)


def unpacker(school: School) -> Unpack:
    """Reads data downloads for this school."""

    def unpack(path: Path, accounts: Sequence[Account]) -> tuple[Export, ...]:
        return read(path, accounts, school=school)

    return unpack


def _submission(account: Account, consent: Consent, saved: bool, wishes: Wishes) -> Submission:  # noqa: FBT001
    exports = wishes.exports.get(account.url, ())
    proven = any(one.ownership == "export" for one in exports)
    return Submission(
        account.url,
        account.platform,
        consent,
        ownership="export" if proven else "declared",
        imported=imported(exports),
        code="" if saved else wishes.code,  # anyone can write into a saved page
    )
