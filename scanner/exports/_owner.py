"""Whose download it is: the account it names, held against the profiles that were given."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import data
from scanner.errors import SubmissionError
from scanner.exports import _rules
from scanner.exports._pieces import Who
from scanner.exports._values import folded
from scanner.intake import canonical
from scanner.platforms import Account, find


def account_of(platform: str, who: Who, submitted: Sequence[Account], *, source: str) -> tuple[Account, bool]:
    """The account of a download, and whether the download itself names it.

    Raises:
        SubmissionError: it names another account than the one given on that platform.
    """
    given = [account for account in submitted if account.platform == platform]
    mine = {_key(name) for name in (who.handle, who.url, *who.also) if name}
    for account in given:
        if mine & {_key(account.handle), _key(account.url)}:
            return account, True
    name = data.facts(platform).name
    if given and any(_comparable(account, mine) for account in given):
        raise SubmissionError(
            f"{source} is the {name} download of another account than {given[0].url}; "
            "give only your own, and let others check theirs themselves"
        )
    if len(given) == 1:
        return given[0], False
    if given:
        raise SubmissionError(
            f"{source} does not say which of your {name} profiles it is of; give one of them at a time"
        )
    return _named(platform, who, source)


def _comparable(account: Account, mine: Collection[str]) -> bool:
    """Whether the download's names would have to be the account's: a DID and a handle tell nothing apart."""
    did = "did:" in account.url
    return any(("did:" in name) is did for name in mine)


def _named(platform: str, who: Who, source: str) -> tuple[Account, bool]:
    address = who.url or (str(_rules.of(platform)["address"]).format(handle=who.handle) if who.handle else "")
    try:
        account = find(canonical(address))
    except SubmissionError:  # names nobody, or not in a way that leads anywhere
        return Account(platform, "", f"{data.facts(platform).name} download {source}"), False
    return account if account.platform == platform else Account(platform, who.handle, account.url), True


def _key(name: str) -> str:
    """A handle or address for comparing: no case, no scheme, no www, no sign before a handle."""
    plain = folded(name.strip()).removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return plain.rstrip("/").lstrip("@")
