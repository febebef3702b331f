from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from numpy.typing import NDArray

from contracts.embedder_contract import EmbedderContract
from embeddings.hashing_embedder import HashingEmbedder
from postroom.embeddings.memory import RememberingEmbedder
from postroom.interfaces.embedder import Embedder


class TestRememberingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return RememberingEmbedder(HashingEmbedder())


def test_a_text_is_embedded_once_whoever_asks() -> None:
    inner = HashingEmbedder()
    embedder = RememberingEmbedder(inner)
    embedder.embed(["one", "two", "one"])
    embedder.embed(["two"])
    assert inner.texts == ["one", "two"]
    assert embedder.misses == 2


def test_threads_that_ask_at_the_same_moment_share_one_vector() -> None:
    inner = HashingEmbedder()
    embedder = RememberingEmbedder(inner)
    together = Barrier(8)

    def ask(_: int) -> NDArray[np.float32]:
        together.wait()
        return embedder.embed(["where is my parcel"])

    with ThreadPoolExecutor(8) as threads:
        vectors = list(threads.map(ask, range(8)))
    assert inner.texts == ["where is my parcel"]
    assert all(np.array_equal(one, vectors[0]) for one in vectors)


def test_the_text_that_was_asked_for_longest_ago_is_forgotten() -> None:
    inner = HashingEmbedder()
    embedder = RememberingEmbedder(inner, most=2)
    embedder.embed(["one", "two", "one", "three", "one", "two"])
    assert inner.texts == ["one", "two", "three", "two"]


def test_a_changed_answer_changes_nothing_that_is_remembered() -> None:
    embedder = RememberingEmbedder(HashingEmbedder())
    first = embedder.embed(["one"])
    expected = first.copy()
    first[:] = 0
    assert np.array_equal(embedder.embed(["one"]), expected)


class _FailsOnce(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.failed = False

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not self.failed:
            self.failed = True
            raise MemoryError
        return super().embed(texts)


def test_a_failure_is_not_remembered() -> None:
    embedder = RememberingEmbedder(_FailsOnce())
    with pytest.raises(MemoryError):
        embedder.embed(["one"])
    assert embedder.embed(["one"]).shape == (1, 64)
