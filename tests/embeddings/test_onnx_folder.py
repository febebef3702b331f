import json
from pathlib import Path

import numpy as np
import pytest

from contracts.embedder_contract import EmbedderContract
from embeddings.linked_model import linked_model
from postroom.embeddings.onnx_folder import open_folder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder

TEXT = "Where is my parcel? I have been waiting for two weeks."


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return open_folder(linked_model(tmp_path_factory.mktemp("model")))


class TestOnnxFolder(EmbedderContract):
    @pytest.fixture
    def embedder(self, opened: Embedder) -> Embedder:
        return opened


def test_a_folder_of_the_packaged_files_gives_the_packaged_vectors(model_folder: Path, minilm: Embedder) -> None:
    assert np.array_equal(open_folder(model_folder).embed([TEXT]), minilm.embed([TEXT]))


def test_the_name_changes_with_the_tokenizer(model_folder: Path) -> None:
    before = open_folder(model_folder).name
    tokenizer = model_folder / "tokenizer.json"
    written = tokenizer.read_text(encoding="utf-8")
    tokenizer.unlink()
    tokenizer.write_text(written + "\n", encoding="utf-8")
    assert open_folder(model_folder).name != before


@pytest.mark.parametrize(
    ("file", "settings"),
    [
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}),
        ("sentence_bert_config.json", {"max_seq_length": 8}),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}, "default_prompt_name": "query"}),
    ],
)
def test_what_the_folder_says_of_pooling_length_and_prompt_is_obeyed(
    model_folder: Path, minilm: Embedder, file: str, settings: object
) -> None:
    (model_folder / file).parent.mkdir(exist_ok=True)
    (model_folder / file).write_text(json.dumps(settings), encoding="utf-8")
    assert not np.allclose(open_folder(model_folder).embed([TEXT]), minilm.embed([TEXT]), atol=1e-3)


def test_only_the_first_tokens_count(model_folder: Path) -> None:
    (model_folder / "sentence_bert_config.json").write_text('{"max_seq_length": 8}', encoding="utf-8")
    embedder = open_folder(model_folder)
    first, second = embedder.embed(["one two three four five six seven", "one two three four five six eight"])
    assert np.array_equal(first, second)


def test_longer_texts_than_the_model_was_trained_for_are_cut(model_folder: Path, minilm: Embedder) -> None:
    (model_folder / "sentence_bert_config.json").write_text('{"max_seq_length": 4096}', encoding="utf-8")
    text = "parcel " * 500
    assert np.array_equal(open_folder(model_folder).embed([text]), minilm.embed([text]))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("model.onnx", "not a model", "not an ONNX model"),
        ("tokenizer.json", "{}", "not a tokenizer"),
        ("sentence_bert_config.json", "{", "not readable JSON"),
    ],
)
def test_a_damaged_file_is_named(model_folder: Path, file: str, content: str, message: str) -> None:
    (model_folder / file).unlink(missing_ok=True)
    (model_folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message) as caught:
        open_folder(model_folder)
    assert file in caught.value.message
    assert caught.value.hint


def test_a_missing_tokenizer_is_named(model_folder: Path) -> None:
    (model_folder / "tokenizer.json").unlink()
    with pytest.raises(ConfigurationError, match=r"has no tokenizer\.json"):
        open_folder(model_folder)
