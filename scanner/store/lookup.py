"""Finds a person by their secret alone, so that nobody needs a name: one small file per secret.

A file's name is a keyed hash of Argon2id(secret, a salt of this installation); what it holds is the
person's random id, encrypted. Both lie beside the keys and not in the database, so that a copy of the
database or of its backups cannot even be searched for a guessed passphrase, and erasing ends both.
Whoever has the keys as well can try guesses at Argon2's speed, which is why passphrases are made by us.
"""

from __future__ import annotations

import os

import nacl.encoding
import nacl.hash
from nacl.pwhash import argon2id

from scanner.errors import StoreError
from scanner.private import sync_folder, write_private
from scanner.store.keys import Keyring
from scanner.store.sealing import plain, stretch

FOLDER = "lookup"
TAG_BYTES = 20


class Lookup:
    """The folder of tags, with this installation's own key and salt."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._folder = keyring.folder / FOLDER
        self._key = keyring.kept("lookup.key")
        self._salt = keyring.kept("lookup.salt")[: argon2id.SALTBYTES]
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def tag(self, secret: str) -> str:
        """What the secret is filed under; takes as long as Argon2id takes."""
        hashed = nacl.hash.blake2b(
            stretch(plain(secret), self._salt),
            digest_size=TAG_BYTES,
            key=self._key,
            encoder=nacl.encoding.HexEncoder,
        )
        return hashed.decode("ascii")

    def put(self, tag: str, person: str) -> None:
        """File a person under a tag."""
        write_private(self._folder / tag, self._keyring.wrap(person.encode("ascii")))

    def find(self, tag: str) -> str | None:
        """Who is filed under a tag; a file that was tampered with finds nobody."""
        try:
            return self._keyring.unwrap((self._folder / tag).read_bytes()).decode("ascii")
        except (FileNotFoundError, StoreError, UnicodeDecodeError):
            return None

    def drop(self, person: str) -> None:
        """Remove whatever leads to a person."""
        for file in self._folder.iterdir():
            if self.find(file.name) == person:
                with file.open("r+b") as handle:
                    handle.write(b"\0" * file.stat().st_size)
                    handle.flush()
                    os.fsync(handle.fileno())
                file.unlink()
        sync_folder(self._folder)
