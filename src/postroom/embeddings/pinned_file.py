"""Files that are used only as they were reviewed: their SHA-256 is written in the code."""

import hashlib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from postroom.errors import ConfigurationError


def sha256(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the contents of `paths`, one after the other, in hexadecimal digits."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def package_folder(package: str, *, command: str) -> Path:
    """Return the folder of an installed package, without running any of its code; `command` installs it.

    Raises:
        ConfigurationError: it is not installed.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            f"The package {package!r}, which carries an embedding model, is not installed.",
            hint=f"Install it: {command}",
        )
    return Path(next(iter(found.submodule_search_locations)))


def pinned_file(path: Path, checksum: str, *, command: str) -> Path:
    """Return `path` after checking that its SHA-256 is `checksum`; `command` installs the right one.

    Raises:
        ConfigurationError: the file is missing or another one.
    """
    try:
        found = sha256([path])
    except OSError as error:
        raise ConfigurationError(
            f"The file {path.name!r} of an embedding model cannot be read: {error.strerror}.",
            hint=f"Install its package again: {command}",
        ) from error
    if found != checksum:
        raise ConfigurationError(
            f"The file {path.name!r} of an embedding model is not the reviewed one: its SHA-256 begins with "
            f"{found[:8]}, not with {checksum[:8]}.",
            hint=f"Install its package again, in the reviewed version: {command}",
        )
    return path
