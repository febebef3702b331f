import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postroom.embeddings.choose import chosen_embedder
from postroom.errors import ConfigurationError


def test_the_same_setting_gives_the_same_embedder_on_every_thread() -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(chosen_embedder, ["minilm"] * 4))
    assert all(one is found[0] for one in found)
    assert found[0].name.startswith("minilm@")


def test_a_folder_is_an_embedder(model_folder: Path) -> None:
    assert chosen_embedder(str(model_folder)).name.startswith(f"{model_folder.name}@")


@pytest.mark.parametrize("setting", ["", "maxilm", "/no/such/folder"])
def test_an_unknown_name_says_what_there_is(setting: str) -> None:
    with pytest.raises(ConfigurationError, match="There is no embedding model") as caught:
        chosen_embedder(setting)
    assert "minilm" in caught.value.hint


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no model\.onnx"):
        chosen_embedder(str(tmp_path))


def test_a_folder_that_is_mended_can_be_chosen_without_a_restart(tmp_path: Path, model_folder: Path) -> None:
    shutil.copy(model_folder / "tokenizer.json", tmp_path)
    with pytest.raises(ConfigurationError):
        chosen_embedder(str(tmp_path))
    shutil.copy(model_folder / "model.onnx", tmp_path)
    assert chosen_embedder(str(tmp_path)).dimensions == 384
