"""A linear model as a sealed folder: its words and heads, format 1."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from postroom.learning.features import WordVocabulary
from postroom.learning.linear_model import Head, LinearModel
from postroom.learning.model_folder import ARRAYS as ARRAYS
from postroom.learning.model_folder import MANIFEST as MANIFEST
from postroom.learning.model_folder import Arrays, load_sealed, save_sealed

FORMAT = 1


class _HeadFields(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    labels: tuple[str, ...] = Field(min_length=1)
    temperature: float = Field(gt=0, allow_inf_nan=False)


class WordsFields(BaseModel):
    """What a manifest says of a linear model."""

    model_config = ConfigDict(extra="forbid")
    heads: tuple[_HeadFields, ...]
    languages: tuple[str, ...]
    seed: int
    examples: int
    unseen_idf: float


def save_model(model: LinearModel, folder: Path) -> str:
    """Write `model` as `folder`, which must not exist or be empty, and return its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: the folder is in use or cannot be written.
    """
    return save_sealed(words_fields(model), words_arrays(model), folder, format_number=FORMAT)


def load_model(folder: Path) -> tuple[LinearModel, str]:
    """Return the model of `folder` and its checksum (hexadecimal SHA-256).

    Raises:
        ConfigurationError: a file is missing, was changed, or is of another format.
    """
    fields, arrays, checksum = load_sealed(WordsFields, folder, format_number=FORMAT)
    return words_model(fields, arrays), checksum


def words_fields(model: LinearModel) -> WordsFields:
    """Return what a manifest says of `model`."""
    return WordsFields(
        heads=tuple(
            _HeadFields(name=head.name, labels=head.labels, temperature=head.temperature) for head in model.heads
        ),
        languages=model.languages,
        seed=model.seed,
        examples=model.examples,
        unseen_idf=model.vocabulary.unseen_idf,
    )


def words_arrays(model: LinearModel) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of `model`: its n-grams as bytes, one a line, and its numbers."""
    grams = "\n".join(model.vocabulary.columns).encode("utf-8", errors="surrogatepass")
    return {
        "grams": np.frombuffer(grams, dtype=np.uint8),
        "idf": model.vocabulary.idf,
        "weights": model.weights,
        "intercepts": model.intercepts,
    }


def words_model(fields: WordsFields, arrays: Arrays) -> LinearModel:
    """Return the model of which `words_fields` and `words_arrays` were made."""
    grams = arrays["grams"].tobytes().decode("utf-8", errors="surrogatepass").split("\n")
    return LinearModel(
        vocabulary=WordVocabulary(
            columns={gram: column for column, gram in enumerate(grams)} if len(arrays["idf"]) else {},
            idf=singles(arrays["idf"]),
            unseen_idf=fields.unseen_idf,
        ),
        weights=singles(arrays["weights"]),
        intercepts=singles(arrays["intercepts"]),
        heads=tuple(Head(name=head.name, labels=head.labels, temperature=head.temperature) for head in fields.heads),
        languages=fields.languages,
        seed=fields.seed,
        examples=fields.examples,
    )


def singles(array: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return `array` in single precision."""
    return array.astype(np.float32, copy=False)
