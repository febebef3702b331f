"""An ensemble as two files in a folder: `arrays.npz` (numbers and n-grams, no pickle) and `model.json`, format 2.

`model.json` names the embedders whose vectors it was trained on, and the SHA-256 of the arrays and of itself: a model
that was changed in any byte, or whose embedders are others, is not used.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from postroom.errors import ConfigurationError
from postroom.learning.ensemble_model import EnsembleHead, EnsembleModel, FirstLook, Nearness, Space, nearness_of
from postroom.learning.evidence import Mix
from postroom.learning.features import Vocabulary
from postroom.learning.linear_model import Head, LinearModel
from postroom.learning.model_folder import ARRAYS, HINT, MANIFEST, checksum, read_folder, write_folder
from postroom.learning.rejector import Rejector

FORMAT = 2
Arrays = Mapping[str, NDArray[np.generic]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _WordsHead(_Strict):
    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    temperature: float = Field(gt=0, allow_inf_nan=False)


class _Words(_Strict):
    heads: tuple[_WordsHead, ...]
    languages: tuple[str, ...]
    seed: int
    examples: int
    unseen_idf: float


class _Mix(_Strict):
    temperatures: tuple[float, ...]
    weights: tuple[float, ...]

    def mix(self) -> Mix:
        return Mix(temperatures=self.temperatures, weights=self.weights)


class _EnsembleHead(_Strict):
    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    mix: _Mix
    near: bool


class _FirstLook(_Strict):
    mix: _Mix
    sure_from: float


class _Manifest(_Strict):
    format: int
    words: _Words
    words_count: bool
    embedders: tuple[str, ...]
    heads: tuple[_EnsembleHead, ...] = Field(min_length=1)
    first_look: _FirstLook | None
    outside: str | None
    arrays_sha256: str
    checksum: str = ""

    def expected_checksum(self) -> str:
        return checksum(self.model_dump(mode="json", exclude={"checksum"}))


def save_ensemble(model: EnsembleModel, folder: Path) -> str:
    """Write `model` as `folder`, which must not exist or be empty, and return its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: the folder is in use or cannot be written.
    """
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **_packed(model))
    manifest = _manifest(model, hashlib.sha256(buffer.getvalue()).hexdigest())
    manifest = manifest.model_copy(update={"checksum": manifest.expected_checksum()})
    written = (manifest.model_dump_json(indent=2) + "\n").encode()
    write_folder(folder, {ARRAYS: buffer.getvalue(), MANIFEST: written})
    return manifest.checksum


def load_ensemble(folder: Path) -> tuple[EnsembleModel, str]:
    """Return the model of `folder` and its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: a file is missing, was changed, or is of another format.
    """
    content, packed = read_folder(folder)
    try:
        manifest = _Manifest.model_validate_json(content)
    except ValidationError as error:
        raise ConfigurationError(f"{MANIFEST} in {str(folder)!r} is not an ensemble's.", hint=HINT) from error
    if manifest.format != FORMAT:
        raise ConfigurationError(f"The model in {str(folder)!r} has format {manifest.format}.", hint=HINT)
    intact = manifest.checksum == manifest.expected_checksum()
    if not intact or hashlib.sha256(packed).hexdigest() != manifest.arrays_sha256:
        raise ConfigurationError(f"The model in {str(folder)!r} was changed after it was written.", hint=HINT)
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return _unpacked(manifest, dict(arrays)), manifest.checksum


def _manifest(model: EnsembleModel, arrays_sha256: str) -> _Manifest:
    look = model.first_look
    return _Manifest(
        format=FORMAT,
        words=_Words(
            heads=tuple(
                _WordsHead(name=head.name, labels=head.labels, temperature=head.temperature)
                for head in model.linear.heads
            ),
            languages=model.linear.languages,
            seed=model.linear.seed,
            examples=model.linear.examples,
            unseen_idf=model.linear.vocabulary.unseen_idf,
        ),
        words_count=model.words_count,
        embedders=tuple(space.embedder for space in model.spaces),
        heads=tuple(
            _EnsembleHead(name=head.name, labels=head.labels, mix=_mix(head.mix), near=head.nearness is not None)
            for head in model.heads
        ),
        first_look=_FirstLook(mix=_mix(look.mix), sure_from=look.sure_from) if look else None,
        outside=model.outside,
        arrays_sha256=arrays_sha256,
    )


def _mix(mix: Mix) -> _Mix:
    return _Mix(temperatures=mix.temperatures, weights=mix.weights)


def _packed(model: EnsembleModel) -> dict[str, NDArray[np.generic]]:
    words = model.linear
    grams = "\n".join(words.vocabulary.columns).encode("utf-8", errors="surrogatepass")
    arrays: dict[str, NDArray[np.generic]] = {
        "grams": np.frombuffer(grams, dtype=np.uint8),
        "idf": words.vocabulary.idf,
        "weights": words.weights,
        "intercepts": words.intercepts,
        "known": model.known.astype(np.float16),
    }
    arrays |= _packed_rejector("rejector", model.rejector)
    if model.first_look:
        arrays |= _packed_rejector("first", model.first_look.rejector)
    for place, space in enumerate(model.spaces):
        arrays[f"mean_{place}"] = space.mean
    for number, head in enumerate(model.heads):
        if head.nearness is not None:
            arrays[f"columns_{number}"] = _wanted(head.nearness, len(model.known))
        for place, (weights, intercepts) in enumerate(zip(head.weights, head.intercepts, strict=True)):
            arrays[f"weights_{number}_{place}"] = weights
            arrays[f"intercepts_{number}_{place}"] = intercepts
    return arrays


def _packed_rejector(name: str, rejector: Rejector) -> dict[str, NDArray[np.generic]]:
    return {
        f"{name}_means": rejector.means,
        f"{name}_scales": rejector.scales,
        f"{name}_weights": np.append(rejector.weights, rejector.intercept),
    }


def _wanted(nearness: Nearness, known: int) -> NDArray[np.int64]:
    wanted = np.full(known, -1, dtype=np.int64)
    counts = np.diff(np.append(nearness.starts, len(nearness.order)))
    wanted[nearness.order] = np.repeat(nearness.columns, counts)
    return wanted


def _unpacked(manifest: _Manifest, arrays: Arrays) -> EnsembleModel:
    spaces = range(len(manifest.embedders))
    look = manifest.first_look
    return EnsembleModel(
        linear=_words(manifest.words, arrays),
        words_count=manifest.words_count,
        spaces=tuple(
            Space(embedder=name, mean=_singles(arrays[f"mean_{place}"]))
            for place, name in enumerate(manifest.embedders)
        ),
        known=_singles(arrays["known"]),
        heads=tuple(_head(number, head, spaces, arrays) for number, head in enumerate(manifest.heads)),
        rejector=_rejector("rejector", arrays),
        first_look=FirstLook(mix=look.mix.mix(), rejector=_rejector("first", arrays), sure_from=look.sure_from)
        if look
        else None,
        outside=manifest.outside,
    )


def _words(words: _Words, arrays: Arrays) -> LinearModel:
    grams = arrays["grams"].tobytes().decode("utf-8", errors="surrogatepass").split("\n")
    return LinearModel(
        vocabulary=Vocabulary(
            columns={gram: column for column, gram in enumerate(grams)} if len(arrays["idf"]) else {},
            idf=_singles(arrays["idf"]),
            unseen_idf=words.unseen_idf,
        ),
        weights=_singles(arrays["weights"]),
        intercepts=_singles(arrays["intercepts"]),
        heads=tuple(Head(name=head.name, labels=head.labels, temperature=head.temperature) for head in words.heads),
        languages=words.languages,
        seed=words.seed,
        examples=words.examples,
    )


def _head(number: int, head: _EnsembleHead, spaces: Sequence[int], arrays: Arrays) -> EnsembleHead:
    return EnsembleHead(
        name=head.name,
        labels=head.labels,
        weights=tuple(_singles(arrays[f"weights_{number}_{place}"]) for place in spaces),
        intercepts=tuple(_singles(arrays[f"intercepts_{number}_{place}"]) for place in spaces),
        nearness=nearness_of(arrays[f"columns_{number}"].astype(np.int64)) if head.near else None,
        mix=head.mix.mix(),
    )


def _rejector(name: str, arrays: Arrays) -> Rejector:
    weights = arrays[f"{name}_weights"].astype(np.float64)
    return Rejector(
        means=arrays[f"{name}_means"].astype(np.float64),
        scales=arrays[f"{name}_scales"].astype(np.float64),
        weights=weights[:-1],
        intercept=float(weights[-1]),
    )


def _singles(array: NDArray[np.generic]) -> NDArray[np.float32]:
    return array.astype(np.float32)
