"""Sealing to one owner: anyone may put a report in, only the owner can take it out.

An envelope is encrypted to the owner's public key (X25519 sealed box) and signed by the installation
over its purpose, owner, scan and ciphertext, so that it cannot be moved to another person or scan.
The owner's private key is locked twice, by passphrase and by recovery code (Argon2id), together with
the public key and the installation's verify key of that day: a swapped key shows when it is opened.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass

import nacl.exceptions
import nacl.signing
import nacl.utils
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from scanner.errors import StoreError
from scanner.store.keys import Keyring

MIN_PASSPHRASE = 10
RECOVERY_GROUPS = 6
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
OPSLIMIT = argon2id.OPSLIMIT_MODERATE
MEMLIMIT = argon2id.MEMLIMIT_MODERATE


class Unfit(StoreError):
    """The passphrase or recovery code does not open these keys."""


class Swapped(StoreError):
    """A key was exchanged since the owner was here last; nothing was opened."""


class Forged(StoreError):
    """A sealed report is not what this installation made for its owner."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What the store keeps of an owner; nothing here opens a report without a secret."""

    public: bytes
    by_passphrase: bytes
    by_recovery: bytes


@dataclass(frozen=True, slots=True)
class OpenOwner:
    """An owner who has just given the passphrase or recovery code."""

    private: PrivateKey
    verify_key: bytes


def new_owner(keyring: Keyring, passphrase: str) -> tuple[Owner, str]:
    """An owner's key pair, and the recovery code to show once.

    Raises:
        StoreError: the passphrase is too short.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise StoreError(
            f"the passphrase must have at least {MIN_PASSPHRASE} characters; three words do well"
        )
    private = PrivateKey.generate()
    public = bytes(private.public_key)
    recovery = "-".join(_letters(5) for _ in range(RECOVERY_GROUPS))
    bundle = bytes(private) + public + keyring.verify_key
    return Owner(public, _lock(bundle, passphrase), _lock(bundle, plain(recovery))), recovery


def open_owner(owner: Owner, secret: str, keyring: Keyring) -> OpenOwner:
    """Open an owner's keys with the passphrase or the recovery code.

    Raises:
        StoreError: the secret does not fit, or a key was swapped since the last time.
    """
    for locked, candidate in ((owner.by_passphrase, secret), (owner.by_recovery, plain(secret))):
        bundle = _unlock(locked, candidate)
        if bundle is None:
            continue
        private, public, verify_key = bundle[:32], bundle[32:64], bundle[64:96]
        if not hmac.compare_digest(public, owner.public):
            raise Swapped("your public key was swapped by somebody; do not trust new reports, ask the DPO")
        if not hmac.compare_digest(verify_key, keyring.verify_key):
            raise Swapped(
                "this installation's signing key was swapped; do not trust new reports, ask the DPO"
            )
        return OpenOwner(PrivateKey(private), verify_key)
    raise Unfit("the passphrase or recovery code does not fit")


def seal(body: bytes, *, purpose: str, scan: str, public: bytes, keyring: Keyring) -> bytes:
    """Seal a report or memory to its owner, bound to purpose and scan."""
    sealed = SealedBox(PublicKey(public)).encrypt(body)
    signature = keyring.sign(_bound(purpose, scan, public, sealed))
    parts = {"scan": scan, "sealed": _text(sealed), "signature": _text(signature)}
    return json.dumps(parts).encode()


def unseal(envelope: bytes, *, purpose: str, owner: OpenOwner) -> bytes:
    """Open an envelope.

    Raises:
        StoreError: it was not made by this installation for this owner, purpose and scan.
    """
    try:
        parts = json.loads(envelope)
        sealed, signature = base64.b64decode(parts["sealed"]), base64.b64decode(parts["signature"])
        public = bytes(owner.private.public_key)
        bound = _bound(purpose, str(parts["scan"]), public, sealed)
        nacl.signing.VerifyKey(owner.verify_key).verify(bound, signature)
        return SealedBox(owner.private).decrypt(sealed)
    except (ValueError, KeyError, TypeError, nacl.exceptions.CryptoError):
        raise Forged("a sealed report is forged or damaged; it was not opened") from None


def _bound(purpose: str, scan: str, public: bytes, sealed: bytes) -> bytes:
    parts = (purpose.encode(), scan.encode(), public, hashlib.sha256(sealed).digest())
    return b"exposure-scanner seal 1" + b"".join(len(p).to_bytes(4, "big") + p for p in parts)


def _lock(bundle: bytes, secret: str) -> bytes:
    salt = nacl.utils.random(argon2id.SALTBYTES)
    return salt + bytes(SecretBox(stretch(secret, salt)).encrypt(bundle))


def _unlock(locked: bytes, secret: str) -> bytes | None:
    salt, body = locked[: argon2id.SALTBYTES], locked[argon2id.SALTBYTES :]
    try:
        return SecretBox(stretch(secret, salt)).decrypt(body)
    except nacl.exceptions.CryptoError:
        return None


def stretch(secret: str, salt: bytes) -> bytes:
    """A key made of a secret, slowly (Argon2id)."""
    return argon2id.kdf(SecretBox.KEY_SIZE, secret.encode(), salt, opslimit=OPSLIMIT, memlimit=MEMLIMIT)


def _letters(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))


def plain(secret: str) -> str:
    """Letters and digits alone, so that it does not matter how words and groups were parted."""
    return "".join(char for char in secret.lower() if char.isalnum())


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
