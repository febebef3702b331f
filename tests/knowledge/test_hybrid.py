from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from postroom.interfaces.embedder import Embedder
from postroom.knowledge.hybrid import Facet, HybridRanking


class _Meanings:
    """Knows three meanings by heart, and nothing else."""

    name = "meanings@00000000"
    dimensions = 4

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, 4)

    def _vector(self, text: str) -> list[float]:
        if "parcel" in text or "package" in text:
            return [1, 0, 0, 0]
        if "refund" in text or "money" in text:
            return [0, 1, 0, 0]
        return [0, 0, 1, 0] if "password" in text else [0, 0, 0, 1]


QUESTIONS = ("Where is my parcel?", "When do I get my refund?", "I forgot my password", "Does the X200 fit the Y3?")


def ranking(embedder: Embedder | None, *, owners: tuple[int, ...] = (0, 1, 2, 3)) -> HybridRanking:
    facet = Facet(texts=QUESTIONS, owners=owners, languages=("en",) * 4)
    return HybridRanking((facet,), embedder)


def best(found: NDArray[np.float64]) -> int:
    return int(np.argmax(found))


def test_other_words_of_the_same_meaning_are_found_with_an_embedder_only() -> None:
    assert best(ranking(_Meanings()).scores("has the package left", "en")) == 0
    assert not ranking(None).scores("has the package left", "en").any()


def test_names_that_no_embedder_knows_are_found_by_their_words() -> None:
    assert best(ranking(_Meanings()).scores("Y-fit, which one", "en")) == 3
    assert best(ranking(None).scores("which fit", "en")) == 3


def test_each_topic_gets_one_score_however_many_texts_it_has() -> None:
    scores = ranking(_Meanings(), owners=(0, 0, 1, 1)).scores("my money, please: a refund", "en")
    assert scores.shape == (2,)
    assert best(scores) == 0


def test_a_topic_with_many_far_texts_is_no_better_than_one_with_a_near_one() -> None:
    texts = ("Where is my parcel?", *(f"I forgot my password {number}" for number in range(5)))
    facet = Facet(texts=texts, owners=(0, 1, 1, 1, 1, 1), languages=("en",) * 6)
    assert best(HybridRanking((facet,), _Meanings()).scores("package", "en")) == 0


def test_a_topic_that_lacks_one_side_can_still_be_found() -> None:
    questions = Facet(texts=QUESTIONS[:2], owners=(0, 1), languages=("en", "en"))
    answers = Facet(texts=("The carrier brings it.",), owners=(1,), languages=("en",))
    assert best(HybridRanking((questions, answers), _Meanings()).scores("Where is my parcel?", "en")) == 0


def test_a_ranking_of_nothing_gives_nothing() -> None:
    empty = Facet(texts=(), owners=(), languages=())
    assert HybridRanking((empty,), _Meanings()).scores("Hello", "en").shape == (0,)
