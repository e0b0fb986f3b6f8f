"""School packs on disk: opening one, making one, and sealing its reference photos as fingerprints."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import nacl.exceptions
import nacl.secret
import nacl.utils

import data
import detectors
from data import PackError, Reference, School, load_school, read_bytes
from scanner.errors import UsageError
from scanner.private import write_private

FINGERPRINTS = "photos.fingerprints"
MAGIC = b"exposure-scanner photo fingerprints 1\n"


def open_school(path: Path) -> School:
    """Load a pack; a sealed fingerprint file of its photos is opened with this user's key.

    Raises:
        PackError: as `load_school`; also when the key for the fingerprint file is not on this machine,
            or the file is of another version.
    """
    school = load_school(path)
    data.policy(school.pack.policy)
    if len(school.photos) == 1 and school.photos[0].data.startswith(MAGIC):
        sealed = school.photos[0]
        opened = _unseal(sealed.data)
        detectors.read_fingerprints(opened)
        return replace(school, photos=(Reference(sealed.name, opened),))
    return school


def seal_photos(folder: Path) -> tuple[Path, detectors.PhotoReport]:
    """Turn a pack's reference photos into one sealed file; afterwards the photos may be deleted.

    Returns:
        The file written, and what came of each photo.
    """
    school = load_school(folder)
    if not school.photos or school.photos[0].data.startswith(MAGIC):
        raise UsageError(f"{folder} has no photos to seal: set references.photos to a folder of pictures")
    made = detectors.photo_fingerprints(school.photos)
    key = nacl.utils.random(nacl.secret.SecretBox.KEY_SIZE)
    body = nacl.secret.SecretBox(key).encrypt(made.data)
    target = (folder if folder.is_dir() else folder.parent) / FINGERPRINTS
    try:
        _keys().mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(_keys() / f"photos-{_key_id(key)}.key", key)
        write_private(target, MAGIC + _key_id(key).encode() + b"\n" + body)
    except OSError as error:
        raise UsageError(f"{target} or its key cannot be written: {error.strerror}") from None
    return target, made


def make_pack(folder: Path, name: str) -> Path:
    """Write a pack with every key explained.

    Raises:
        UsageError: there is a pack already; nothing is overwritten.
    """
    file = folder / "school.toml"
    if file.exists():
        raise UsageError(f"{file} is there already; nothing was changed")
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    template = read_bytes("texts/school-template.toml").decode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(template.replace("{name}", quoted), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    return file


def _unseal(sealed: bytes) -> bytes:
    identity, _, body = sealed[len(MAGIC) :].partition(b"\n")
    for file in _keys().glob("photos-*.key"):
        key = file.read_bytes()
        if _key_id(key).encode() == identity:
            try:
                return nacl.secret.SecretBox(key).decrypt(body)
            except nacl.exceptions.CryptoError:
                raise PackError(f"{FINGERPRINTS} is damaged; make it again from the photos") from None
    raise PackError(f"the key for {FINGERPRINTS} is not on this computer; copy it to {_keys()}")


def _keys() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "exposure-scanner"


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"photo key" + key).hexdigest()[:16]
