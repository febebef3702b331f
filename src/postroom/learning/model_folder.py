"""A folder of files that appears at once, and is read as it was written: how every model is kept."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from postroom.errors import ConfigurationError

ARRAYS = "arrays.npz"
MANIFEST = "model.json"
HINT = "Train it again: its folder can be deleted."


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` as `folder`, which must not exist or be empty; a crash leaves at most a hidden folder beside it.

    Raises:
        ConfigurationError: the folder is in use or cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{folder.name}-", dir=folder.parent, ignore_cleanup_errors=True
        ) as temporary:
            made = Path(temporary) / "model"
            made.mkdir()
            for name, content in files.items():
                _write(made / name, content)
            made.rename(folder)
    except OSError as error:
        raise ConfigurationError(
            f"The model cannot be written to {str(folder)!r}: {error.strerror}.", hint="Choose a new folder."
        ) from error


def read_folder(folder: Path) -> tuple[bytes, bytes]:
    """Return the manifest and the arrays of `folder`.

    Raises:
        ConfigurationError: one is missing.
    """
    try:
        return (folder / MANIFEST).read_bytes(), (folder / ARRAYS).read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"There is no model in {str(folder)!r}: {error.strerror}.", hint="Train one first."
        ) from error


def checksum(fields: Mapping[str, JsonValue]) -> str:
    """Return the SHA-256 of a manifest's `fields`, hexadecimal, whatever their order."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
