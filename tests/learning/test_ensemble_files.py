"""An ensemble survives its files exactly, and changed files are refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.hashing_embedder import HashingEmbedder
from learning.small_mail import mails, small_ensemble
from postroom.errors import ConfigurationError
from postroom.learning.ensemble_files import load_ensemble, save_ensemble
from postroom.learning.model_files import save_model
from postroom.learning.model_folder import ARRAYS, MANIFEST


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_ensemble(small_ensemble().model, tmp_path / "model")
    return tmp_path / "model"


def test_a_loaded_ensemble_says_the_very_same(folder: Path) -> None:
    loaded, _ = load_ensemble(folder)
    asked = [one.text for one in mails(60, seed=30)] + ["", "\ud800"]
    before, after = (
        model.choose(asked, lambda some: [HashingEmbedder().embed(some)]) for model in (small_ensemble().model, loaded)
    )
    assert np.array_equal(before.log_probabilities, after.log_probabilities)
    assert np.array_equal(before.certainty, after.certainty)
    assert loaded.outside == small_ensemble().model.outside
    assert [space.embedder for space in loaded.spaces] == ["hashing@00000000"]


def test_an_ensemble_of_words_alone_survives_too(tmp_path: Path) -> None:
    model = small_ensemble().model
    head = replace(model.heads[0], weights=(), intercepts=(), nearness=None)
    words = replace(model, spaces=(), known=np.zeros((0, 0), dtype=np.float32), heads=(head,), first_look=None)
    save_ensemble(words, tmp_path / "model")
    loaded, _ = load_ensemble(tmp_path / "model")
    assert loaded.spaces == ()
    assert loaded.heads[0].nearness is None


def test_the_checksum_is_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    assert save_ensemble(small_ensemble().model, tmp_path / "again") == load_ensemble(folder)[1]


@pytest.mark.parametrize("name", [ARRAYS, MANIFEST])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_flipped_byte_is_refused(folder: Path, name: str, share: float) -> None:
    content = bytearray((folder / name).read_bytes())
    content[int(share * (len(content) - 1))] ^= 0x01
    (folder / name).write_bytes(bytes(content))
    with pytest.raises(ConfigurationError):
        load_ensemble(folder)


def test_a_changed_number_in_the_manifest_is_refused(folder: Path) -> None:
    path = folder / MANIFEST
    path.write_text(path.read_text(encoding="utf-8").replace('"other"', '"refund"'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="was changed"):
        load_ensemble(folder)


@pytest.mark.parametrize("name", [ARRAYS, MANIFEST])
def test_a_missing_file_is_named_as_no_model(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ConfigurationError, match="no model"):
        load_ensemble(folder)


def test_the_model_of_another_format_is_refused(tmp_path: Path) -> None:
    save_model(small_ensemble().model.linear, tmp_path / "linear")
    with pytest.raises(ConfigurationError, match="another kind"):
        load_ensemble(tmp_path / "linear")


def test_an_ensemble_never_overwrites_another(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        save_ensemble(small_ensemble().model, folder)
