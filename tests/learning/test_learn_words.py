"""Words are learnt for several questions at once, each of the texts that say something about it."""

import numpy as np
from scipy.sparse import csr_matrix

from postroom.learning.learn_words import WordQuestion, WordsRecipe, learn_words

TEXTS = ("my refund", "the refund", "an invoice", "my invoice")
RECIPE = WordsRecipe(penalty=1.0, min_texts=1, seed=0)
TOPIC = WordQuestion(name="category", labels=("invoice", "refund"), wanted=np.array([1, 1, 0, 0]))
TONE = WordQuestion(name="tone", labels=("kind", "stern"), wanted=np.array([-1, 1, 0, -1]))


def test_each_question_has_its_head_and_its_own_temperature() -> None:
    asked: list[tuple[str, tuple[int, int]]] = []

    def temperature(question: WordQuestion, matrix: csr_matrix) -> float:
        asked.append((question.name, matrix.shape))
        return 0.5 * len(asked)

    model = learn_words(TEXTS, [TOPIC, TONE], RECIPE, temperature)
    assert [(head.name, head.labels, head.temperature) for head in model.heads] == [
        ("category", ("invoice", "refund"), 0.5),
        ("tone", ("kind", "stern"), 1.0),
    ]
    assert asked == [(name, (4, len(model.vocabulary.idf))) for name in ("category", "tone")]
    assert (model.examples, model.seed) == (4, 0)


def test_texts_that_teach_nothing_of_a_question_change_nothing_of_it() -> None:
    model = learn_words(TEXTS, [TOPIC, TONE], RECIPE, lambda _question, _matrix: 1.0)
    alone = learn_words(TEXTS, [TONE], WordsRecipe(penalty=1.0, min_texts=1, seed=0), lambda _question, _matrix: 1.0)
    start, end = model.columns("tone")
    assert np.array_equal(model.weights[:, start:end], alone.weights)
    assert model.labels("the refund")["category"].name == "refund"
    assert model.labels("the")["tone"].name == "stern"
