"""Each packaged model is loaded once for all tests here."""

from pathlib import Path

import pytest

from embeddings.linked_model import linked_model
from postroom.embeddings.packaged import packaged_embedder
from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    return packaged_embedder("minilm")


@pytest.fixture(scope="session")
def e5() -> Embedder:
    try:
        return packaged_embedder("e5")
    except ConfigurationError as error:
        pytest.skip(f"{error.message} {error.hint}")


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A folder as an operator would make it, with links to the packaged files."""
    folder = tmp_path / "my-model"
    folder.mkdir()
    return linked_model(folder)
