"""A linear model as two files in a folder: `arrays.npz` (numbers and n-grams, no pickle) and `model.json`.

`model.json` names the SHA-256 of the arrays and of itself; a model that was changed in any byte is not loaded.
"""

import hashlib
import io
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from postroom.errors import ConfigurationError
from postroom.learning.features import Vocabulary
from postroom.learning.linear_model import Head, LinearModel
from postroom.learning.model_folder import ARRAYS as ARRAYS
from postroom.learning.model_folder import HINT, checksum, read_folder, write_folder
from postroom.learning.model_folder import MANIFEST as MANIFEST

FORMAT = 1


class _HeadFields(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    temperature: float = Field(gt=0, allow_inf_nan=False)


class _Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    format: int
    heads: tuple[_HeadFields, ...]
    languages: tuple[str, ...]
    seed: int
    examples: int
    unseen_idf: float
    arrays_sha256: str
    checksum: str = ""

    def expected_checksum(self) -> str:
        """Return the SHA-256 of everything else in the manifest, the checksum of the arrays included."""
        return checksum(self.model_dump(mode="json", exclude={"checksum"}))


def save_model(model: LinearModel, folder: Path) -> str:
    """Write `model` as `folder`, which must not exist or be empty, and return its checksum (hexadecimal SHA-256).

    The folder appears at once with all its files: a crash leaves at most a hidden temporary folder beside it.

    Raises:
        ConfigurationError: the folder is in use or cannot be written.
    """
    arrays = _packed(model)
    manifest = _Manifest(
        format=FORMAT,
        heads=tuple(
            _HeadFields(name=head.name, labels=head.labels, temperature=head.temperature) for head in model.heads
        ),
        languages=model.languages,
        seed=model.seed,
        examples=model.examples,
        unseen_idf=model.vocabulary.unseen_idf,
        arrays_sha256=hashlib.sha256(arrays).hexdigest(),
    )
    manifest = manifest.model_copy(update={"checksum": manifest.expected_checksum()})
    written = (manifest.model_dump_json(indent=2) + "\n").encode()
    write_folder(folder, {ARRAYS: arrays, MANIFEST: written})
    return manifest.checksum


def load_model(folder: Path) -> tuple[LinearModel, str]:
    """Return the model of `folder` and its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: a file is missing, was changed, or is of another format.
    """
    content, arrays = read_folder(folder)
    try:
        manifest = _Manifest.model_validate_json(content)
    except ValidationError as error:
        raise ConfigurationError(f"{MANIFEST} in {str(folder)!r} is not a model of this version.", hint=HINT) from error
    if manifest.format != FORMAT:
        raise ConfigurationError(f"The model in {str(folder)!r} has format {manifest.format}.", hint=HINT)
    intact = manifest.checksum == manifest.expected_checksum()
    if not intact or hashlib.sha256(arrays).hexdigest() != manifest.arrays_sha256:
        raise ConfigurationError(f"The model in {str(folder)!r} was changed after it was written.", hint=HINT)
    return _unpacked(manifest, arrays), manifest.checksum


def _packed(model: LinearModel) -> bytes:
    grams = "\n".join(model.vocabulary.columns).encode("utf-8", errors="surrogatepass")
    buffer = io.BytesIO()
    np.savez(
        buffer,
        allow_pickle=False,
        grams=np.frombuffer(grams, dtype=np.uint8),
        idf=model.vocabulary.idf,
        weights=model.weights,
        intercepts=model.intercepts,
    )
    return buffer.getvalue()


def _unpacked(manifest: _Manifest, content: bytes) -> LinearModel:
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        grams = arrays["grams"].tobytes().decode("utf-8", errors="surrogatepass").split("\n")
        idf, weights, intercepts = arrays["idf"], arrays["weights"], arrays["intercepts"]
    return LinearModel(
        vocabulary=Vocabulary(
            columns={gram: column for column, gram in enumerate(grams)}, idf=idf, unseen_idf=manifest.unseen_idf
        ),
        weights=weights,
        intercepts=intercepts,
        heads=tuple(Head(name=head.name, labels=head.labels, temperature=head.temperature) for head in manifest.heads),
        languages=manifest.languages,
        seed=manifest.seed,
        examples=manifest.examples,
    )
