"""An ensemble as a sealed folder: its words, the spaces of its embedders by their names, and its heads, format 2."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from postroom.learning.ensemble_model import EnsembleHead, EnsembleModel, FirstLook, Nearness, Space, nearness_of
from postroom.learning.evidence import Mix
from postroom.learning.model_files import WordsFields, singles, words_arrays, words_fields, words_model
from postroom.learning.model_folder import Arrays, load_sealed, save_sealed
from postroom.learning.rejector import Rejector

FORMAT = 2


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class _Fields(_Strict):
    words: WordsFields
    words_count: bool
    embedders: tuple[str, ...]
    heads: tuple[_EnsembleHead, ...] = Field(min_length=1)
    first_look: _FirstLook | None
    outside: str | None


def save_ensemble(model: EnsembleModel, folder: Path) -> str:
    """Write `model` as `folder`, which must not exist or be empty, and return its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: the folder is in use or cannot be written.
    """
    return save_sealed(_fields(model), _packed(model), folder, format_number=FORMAT)


def load_ensemble(folder: Path) -> tuple[EnsembleModel, str]:
    """Return the model of `folder` and its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: a file is missing, was changed, or is of another kind or format.
    """
    fields, arrays, checksum = load_sealed(_Fields, folder, format_number=FORMAT)
    return _unpacked(fields, arrays), checksum


def _fields(model: EnsembleModel) -> _Fields:
    look = model.first_look
    return _Fields(
        words=words_fields(model.linear),
        words_count=model.words_count,
        embedders=tuple(space.embedder for space in model.spaces),
        heads=tuple(
            _EnsembleHead(name=head.name, labels=head.labels, mix=_mix(head.mix), near=head.nearness is not None)
            for head in model.heads
        ),
        first_look=_FirstLook(mix=_mix(look.mix), sure_from=look.sure_from) if look else None,
        outside=model.outside,
    )


def _mix(mix: Mix) -> _Mix:
    return _Mix(temperatures=mix.temperatures, weights=mix.weights)


def _packed(model: EnsembleModel) -> dict[str, NDArray[np.generic]]:
    arrays = words_arrays(model.linear)
    arrays["known"] = model.known.astype(np.float16)
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


def _unpacked(fields: _Fields, arrays: Arrays) -> EnsembleModel:
    spaces = range(len(fields.embedders))
    look = fields.first_look
    return EnsembleModel(
        linear=words_model(fields.words, arrays),
        words_count=fields.words_count,
        spaces=tuple(
            Space(embedder=name, mean=singles(arrays[f"mean_{place}"])) for place, name in enumerate(fields.embedders)
        ),
        known=singles(arrays["known"]),
        heads=tuple(_head(number, head, spaces, arrays) for number, head in enumerate(fields.heads)),
        rejector=_rejector("rejector", arrays),
        first_look=FirstLook(mix=look.mix.mix(), rejector=_rejector("first", arrays), sure_from=look.sure_from)
        if look
        else None,
        outside=fields.outside,
    )


def _head(number: int, head: _EnsembleHead, spaces: Sequence[int], arrays: Arrays) -> EnsembleHead:
    return EnsembleHead(
        name=head.name,
        labels=head.labels,
        weights=tuple(singles(arrays[f"weights_{number}_{place}"]) for place in spaces),
        intercepts=tuple(singles(arrays[f"intercepts_{number}_{place}"]) for place in spaces),
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
