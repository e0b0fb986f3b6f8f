"""Keys on disk, outside the database and its backups: the server's, and one file per person.

A person's data key is wrapped by the server key. Destroying the one small file makes every row about
that person unreadable, in the database and in all its backups, at once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nacl.bindings
import nacl.encoding
import nacl.exceptions
import nacl.hash
import nacl.signing
import nacl.utils
from nacl.secret import Aead, SecretBox

from scanner.errors import StoreError
from scanner.private import create_private, sync_folder, write_private

KEY_BYTES = SecretBox.KEY_SIZE


@dataclass(frozen=True, slots=True)
class DataKey:
    """One person's data key; encrypts rows, each bound to its table and row id."""

    person: str
    secret: bytes

    def tag(self, table: str) -> bytes:
        """Finds the person's rows in one table; without the key it says nothing."""
        return nacl.hash.blake2b(
            table.encode(), digest_size=16, key=self.secret, encoder=nacl.encoding.RawEncoder
        )

    def lock(self, plain: bytes, *, table: str, row: str) -> bytes:
        """Encrypt a row (XChaCha20-Poly1305)."""
        return bytes(Aead(self.secret).encrypt(plain, aad=f"{table}/{row}".encode()))

    def unlock(self, body: bytes, *, table: str, row: str) -> bytes:
        """Decrypt a row.

        Raises:
            StoreError: the row was changed, or moved from another place.
        """
        try:
            return Aead(self.secret).decrypt(body, aad=f"{table}/{row}".encode())
        except nacl.exceptions.CryptoError:
            raise StoreError(f"a row of {table} is damaged or was moved; it was not used") from None


class Keyring:
    """The folder of keys. Owner-readable only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._people = folder / "people"
        try:
            for place in (folder.parent, folder, self._people):
                place.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
            self._server = SecretBox(self.kept("server.key"))
            self._signing = nacl.signing.SigningKey(self.kept("signing.key"))
        except OSError as error:
            raise StoreError(f"the key folder {folder} cannot be used: {error.strerror}") from None

    @property
    def verify_key(self) -> bytes:
        """Checks that a report was made by this installation."""
        return bytes(self._signing.verify_key)

    @property
    def folder(self) -> Path:
        """Where the keys lie."""
        return self._folder

    def wrap(self, plain: bytes) -> bytes:
        """Encrypt something small that lies beside the keys."""
        return bytes(self._server.encrypt(plain))

    def unwrap(self, body: bytes) -> bytes:
        """Decrypt what `wrap` made.

        Raises:
            StoreError: it was not made with this installation's server key.
        """
        try:
            return self._server.decrypt(body)
        except nacl.exceptions.CryptoError:
            raise StoreError("a key does not fit this installation's server key") from None

    def sign(self, message: bytes) -> bytes:
        """A detached signature of this installation."""
        return self._signing.sign(message).signature

    def new_person(self) -> DataKey:
        """A person with a random id that says nothing about them."""
        key = DataKey(secrets.token_hex(16), nacl.utils.random(KEY_BYTES))
        write_private(self._people / f"{key.person}.key", self.wrap(key.secret))
        return key

    def person(self, person: str) -> DataKey:
        """The data key of a person.

        Raises:
            StoreError: there is no such person (any more).
        """
        try:
            wrapped = (self._people / f"{person}.key").read_bytes()
        except FileNotFoundError:
            raise StoreError("this person is not known here; perhaps it was erased") from None
        return DataKey(person, self.unwrap(wrapped))

    def people(self) -> Iterator[str]:
        """The random ids there are; for housekeeping only, never shown."""
        return (file.stem for file in sorted(self._people.glob("*.key")))

    def destroy(self, person: str) -> None:
        """Overwrite and remove a person's key; from now on their rows are noise everywhere."""
        file = self._people / f"{person}.key"
        if not file.is_file():
            return
        with file.open("r+b") as handle:
            handle.write(nacl.utils.random(file.stat().st_size))
            handle.flush()
            os.fsync(handle.fileno())
        file.unlink()
        sync_folder(self._people)

    def kept(self, name: str) -> bytes:
        """A secret of this installation, made when it is first asked for."""
        file = self._folder / name
        create_private(file, nacl.utils.random(KEY_BYTES))
        key = file.read_bytes()
        if len(key) != KEY_BYTES:
            raise StoreError(f"the key file {file} is damaged; put it back from where you keep it safe")
        return key
