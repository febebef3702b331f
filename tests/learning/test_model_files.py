"""A model survives its files exactly, and changed files are refused."""

from pathlib import Path

import numpy as np
import pytest

from learning.trained import english_model
from postroom.errors import ConfigurationError
from postroom.learning.model_files import ARRAYS, MANIFEST, load_model, save_model

TEXTS = ("Where is my parcel?", "My card was declined", "", "Rückgabe", "\ud800")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(english_model(), tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_model_gives_the_very_same_probabilities(folder: Path) -> None:
    model, _ = load_model(folder)
    for text in TEXTS:
        assert model.ranking(text) == english_model().ranking(text)
    assert np.array_equal(model.weights, english_model().weights)
    assert (model.heads, model.languages, model.seed, model.examples) == (
        english_model().heads,
        english_model().languages,
        english_model().seed,
        english_model().examples,
    )


def test_the_checksum_is_the_same_each_time_the_model_is_written(tmp_path: Path) -> None:
    first, second = (save_model(english_model(), tmp_path / name) for name in ("first", "second"))
    assert first == second == load_model(tmp_path / "first")[1]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.999])
def test_a_flipped_byte_in_the_arrays_is_refused(folder: Path, share: float) -> None:
    flip(folder / ARRAYS, share)
    with pytest.raises(ConfigurationError, match="was changed"):
        load_model(folder)


def test_a_changed_manifest_is_refused(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace('"urgent"', '"normal"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="was changed"):
        load_model(folder)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.75])
def test_a_flipped_byte_in_the_manifest_is_refused(folder: Path, share: float) -> None:
    flip(folder / MANIFEST, share)
    with pytest.raises(ConfigurationError):
        load_model(folder)


@pytest.mark.parametrize("name", [ARRAYS, MANIFEST])
def test_a_missing_file_is_named_as_no_model(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ConfigurationError, match="no model"):
        load_model(folder)


def test_a_model_never_overwrites_another(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save_model(english_model(), folder)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def flip(path: Path, share: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(share * (len(content) - 1))] ^= 0x01
    path.write_bytes(bytes(content))
