"""What every embedder must do: unit vectors that depend on nothing but their text, for any text, on any thread."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from contracts.classifier_contract import HUGE_TEXT, ODD_TEXTS
from postroom.interfaces.embedder import Embedder

TEXTS = (
    "Where is my parcel?",
    "Please send me a copy of the invoice for my last order.",
    "The lamp flickers. I have tried another bulb, another socket and another room, and it still does.",
)
# Each becomes 18 code points when it is normalised: engines that reserve less memory write past its end.
GROWING_TEXT = "\ufdfa" * 5_000


class EmbedderContract:
    """The promises of `interfaces/embedder.py`; a subclass gives the fixture `embedder`."""

    def test_each_text_gets_a_vector_of_length_one(self, embedder: Embedder) -> None:
        vectors = embedder.embed(TEXTS)
        assert vectors.shape == (len(TEXTS), embedder.dimensions)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)

    def test_no_texts_give_no_vectors(self, embedder: Embedder) -> None:
        assert embedder.embed([]).shape == (0, embedder.dimensions)

    def test_a_text_gets_the_same_vector_alone_and_among_others(self, embedder: Embedder) -> None:
        together = embedder.embed([*TEXTS, *reversed(TEXTS)])
        for at, text in enumerate(TEXTS):
            alone = embedder.embed([text])[0]
            assert np.array_equal(together[at], alone)
            assert np.array_equal(together[-1 - at], alone)

    @pytest.mark.parametrize("odd", [*ODD_TEXTS, HUGE_TEXT, GROWING_TEXT], ids=range(len(ODD_TEXTS) + 2))
    def test_odd_text_gets_a_vector_too(self, embedder: Embedder, odd: str) -> None:
        vector = embedder.embed([odd])[0]
        assert np.isfinite(vector).all()
        assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)

    def test_text_after_a_nul_is_read(self, embedder: Embedder) -> None:
        first, second = embedder.embed(["Hello\0 where is my parcel?", "Hello"])
        assert not np.array_equal(first, second)

    def test_threads_get_what_one_thread_gets(self, embedder: Embedder) -> None:
        expected = embedder.embed(TEXTS)
        with ThreadPoolExecutor(4) as threads:
            for vectors in threads.map(embedder.embed, [TEXTS] * 4):
                assert np.array_equal(vectors, expected)

    def test_the_name_ends_with_the_beginning_of_a_checksum(self, embedder: Embedder) -> None:
        name, _, checksum = embedder.name.partition("@")
        assert name
        assert len(checksum) == 8
        assert set(checksum) <= set("0123456789abcdef")
