"""Model files from pinned packages, handed out only after their SHA-256 agrees."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from data import Weight, folder, weights
from detectors._model import Unavailable

CHUNK = 1 << 20
OUR_OWN = "data"
"""Weights of ours lie among our data rather than in a package."""


def verify(weight_id: str) -> Path:
    """The file of that id in `data/weights.toml`; its hash is taken once per process.

    Raises:
        Unavailable: the package or file is missing, or the file is not the one we pinned.
    """
    return check_file(weights()[weight_id])


def verify_folder(model: str) -> Path:
    """The folder of a model of several files (`model/...` ids), once every one of them agrees.

    Raises:
        Unavailable: as for `verify`; the reason names the first file that is wrong.
    """
    files = _files(model)
    checked = [check_file(weight) for weight in files]
    depth = len(Path(files[0].id).parts) - 1
    return checked[0].parents[depth - 1]


def weights_status() -> list[tuple[str, bool, str]]:
    """Every model with whether it may be used and why not; an optional one is not missed."""
    models = dict.fromkeys(weight_id.partition("/")[0] for weight_id in weights())
    return [(model, *_status(_files(model))) for model in models]


def check_file(weight: Weight) -> Path:
    """The file of one weight, whose hash agreed.

    Raises:
        Unavailable: one plain sentence.
    """
    path, reason = _checked(weight)
    if path is None:
        raise Unavailable(reason)
    return path


def installed(model: str) -> bool:
    """Whether the package of a model is there at all."""
    return _root(_files(model)[0].package) is not None


def _files(model: str) -> list[Weight]:
    return [w for w in weights().values() if w.id == model or w.id.startswith(f"{model}/")]


def _status(files: list[Weight]) -> tuple[bool, str]:
    if files[0].optional and _root(files[0].package) is None:
        return True, f"{files[0].package} is not installed; it is optional"
    reason = next((reason for _, reason in map(_checked, files) if reason), "")
    return not reason, reason


@lru_cache(maxsize=256)
def _checked(weight: Weight) -> tuple[Path | None, str]:
    root = _root(weight.package)
    if root is None:
        return None, f"the package {weight.package} {weight.version} is not installed"
    path = root / weight.path
    try:
        digest = _sha256(path)
    except OSError:
        return None, f"the file {weight.path} of {weight.package} is missing or cannot be read"
    if digest != weight.sha256:
        return None, f"the file {weight.path} of {weight.package} is not the one we know; reinstall it"
    return path, ""


def _root(package: str) -> Path | None:
    if package == OUR_OWN:
        return folder()
    try:
        return Path(str(distribution(package).locate_file("")))
    except PackageNotFoundError:
        return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
