"""A model is two files in a folder: `arrays.npz` (numbers and n-grams, no pickle) and `model.json`, its manifest.

The folder appears at once. The manifest names the SHA-256 of the arrays and of itself: a model that was changed in any
byte is not loaded.
"""

import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from postroom.errors import ConfigurationError

ARRAYS = "arrays.npz"
MANIFEST = "model.json"
HINT = "Train it again: its folder can be deleted."
FORMAT, ARRAYS_SHA256, CHECKSUM = "format", "arrays_sha256", "checksum"

Fields = TypeVar("Fields", bound=BaseModel)
Arrays = Mapping[str, NDArray[np.generic]]
_MANIFEST = TypeAdapter(dict[str, JsonValue])


def save_sealed(fields: BaseModel, arrays: Arrays, folder: Path, *, format_number: int) -> str:
    """Write a model as `folder`, which must not exist or be empty, and return its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: the folder is in use or cannot be written.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    manifest: dict[str, JsonValue] = {FORMAT: format_number, **fields.model_dump(mode="json")}
    manifest[ARRAYS_SHA256] = hashlib.sha256(buffer.getvalue()).hexdigest()
    sealed = checksum(manifest)
    written = _MANIFEST.dump_json({**manifest, CHECKSUM: sealed}, indent=2) + b"\n"
    write_folder(folder, {ARRAYS: buffer.getvalue(), MANIFEST: written})
    return sealed


def load_sealed(kind: type[Fields], folder: Path, *, format_number: int) -> tuple[Fields, Arrays, str]:
    """Return what the manifest of `folder` says, the arrays, and the model's checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: a file is missing, was changed, or is of another kind or format.
    """
    content, packed = read_folder(folder)
    try:
        manifest = _MANIFEST.validate_json(content)
        said = {name: manifest.pop(name, None) for name in (CHECKSUM, ARRAYS_SHA256, FORMAT)}
        fields = kind.model_validate_json(_MANIFEST.dump_json(manifest))
    except ValidationError as error:
        raise ConfigurationError(
            f"{MANIFEST} in {str(folder)!r} is of another kind of model, or of another version.", hint=HINT
        ) from error
    if said[FORMAT] != format_number:
        raise ConfigurationError(f"The model in {str(folder)!r} has format {said[FORMAT]}.", hint=HINT)
    sealed = checksum({**manifest, FORMAT: format_number, ARRAYS_SHA256: said[ARRAYS_SHA256]})
    if said[CHECKSUM] != sealed or hashlib.sha256(packed).hexdigest() != said[ARRAYS_SHA256]:
        raise ConfigurationError(f"The model in {str(folder)!r} was changed after it was written.", hint=HINT)
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return fields, dict(arrays), sealed


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
