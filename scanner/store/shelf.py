"""The store as sweeps see it: rows about one person under that person's key, and rows about nobody."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import nacl.encoding
import nacl.exceptions
import nacl.hash
from nacl.secret import SecretBox

from scanner.errors import StoreError
from scanner.store.database import SWEEPS, Database
from scanner.store.keys import Keyring

KEY = "sweeps.key"
TOKEN_PART = 16
"""Bytes of a random id in hexadecimal."""


class Shelf:
    """Rows of sweeps. A person who was erased has none, and raises StoreError when asked for."""

    def __init__(self, keyring: Keyring, database: Database) -> None:
        self._keyring, self._database = keyring, database
        self._key = keyring.kept(KEY)

    def people(self) -> tuple[str, ...]:
        """Random ids of the people here."""
        return tuple(self._keyring.people())

    def rows(self, table: str, person: str) -> dict[str, dict[str, Any]]:
        """A person's rows of one table, opened, by id."""
        key = self._keyring.person(person)
        return {row: json.loads(body) for row, body in self._database.get(table, key)}

    def every(self, person: str) -> dict[str, list[dict[str, Any]]]:
        """All that sweeps keep about a person, opened, by table."""
        return {table: list(self.rows(table, person).values()) for table in SWEEPS}

    def put(self, table: str, person: str, body: Mapping[str, Any], *, row: str | None = None) -> str:
        """Write one row, replacing the row of that id; gives its id."""
        plain = json.dumps(body, sort_keys=True).encode()
        return self._database.put(table, self._keyring.person(person), plain, row=row)

    def drop(self, table: str, row: str) -> None:
        """Delete one row. The bytes stay until `rewrite`."""
        self._database.remove_row(table, row)

    def rewrite(self) -> None:
        """Take the bytes of deleted rows out of the file."""
        self._database.rewrite()

    def transaction(self) -> AbstractContextManager[None]:
        """All writes of the block, or none of them."""
        return self._database.transaction()

    def fact(self, table: str, name: str) -> dict[str, Any] | None:
        """One row that says nothing about anybody."""
        return self._database.fact(table, name)

    def facts(self, table: str) -> dict[str, dict[str, Any]]:
        """All such rows of a table, by name."""
        return self._database.facts(table)

    def put_fact(self, table: str, name: str, body: Mapping[str, Any], *, once: bool = False) -> None:
        """Write one such row; `once` refuses to change one that is there."""
        self._database.put_fact(table, name, body, once=once)

    def blind(self, text: str) -> str:
        """What a text is filed under where it must not be readable."""
        hashed = nacl.hash.blake2b(
            text.encode(), digest_size=20, key=self._key, encoder=nacl.encoding.HexEncoder
        )
        return hashed.decode("ascii")

    def lock(self, person: str, plain: bytes, *, name: str) -> bytes:
        """Encrypt what lies outside the database, under a person's own key and bound to a name."""
        return self._keyring.person(person).lock(plain, table="outside", row=name)

    def unlock(self, person: str, body: bytes, *, name: str) -> bytes:
        """Open what `lock` made.

        Raises:
            StoreError: the person was erased, or it was made by somebody else or under another name.
        """
        return self._keyring.person(person).unlock(body, table="outside", row=name)

    def token(self, person: str, sweep: str) -> str:
        """A link's secret part: it names a person and a sweep to this installation and to nobody else."""
        sealed = SecretBox(self._key).encrypt(bytes.fromhex(person) + bytes.fromhex(sweep))
        return base64.urlsafe_b64encode(bytes(sealed)).decode("ascii").rstrip("=")

    def read_token(self, token: str) -> tuple[str, str]:
        """The person and the sweep of a token.

        Raises:
            StoreError: it is not one of ours.
        """
        try:
            padded = token + "=" * (-len(token) % 4)
            plain = SecretBox(self._key).decrypt(base64.urlsafe_b64decode(padded.encode("ascii")))
        except (binascii.Error, UnicodeEncodeError, ValueError, nacl.exceptions.CryptoError):
            raise StoreError("this link is not complete, or not one of ours; copy it again") from None
        return plain[:TOKEN_PART].hex(), plain[TOKEN_PART:].hex()
