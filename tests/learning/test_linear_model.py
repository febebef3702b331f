"""Scores become probabilities, one label for each head."""

import numpy as np
import pytest

from learning.trained import english_model
from postroom.learning.linear_model import probabilities
from postroom.model.catalogue import CATEGORIES, PRIORITIES, SENTIMENTS


def test_probabilities_of_each_row_sum_to_one_even_for_huge_scores() -> None:
    shares = probabilities(np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32), 0.1)
    assert shares.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert shares[0, 0] == pytest.approx(1.0)


def test_a_higher_temperature_is_less_sure() -> None:
    scores = np.array([[1.0, 0.0]], dtype=np.float32)
    assert probabilities(scores, 0.5)[0, 0] > probabilities(scores, 2.0)[0, 0] > 0.5


def test_every_head_ranks_all_its_labels() -> None:
    ranking = english_model().ranking("Where is my parcel?")
    assert {label.name for label in ranking["category"]} == {*CATEGORIES, "other"}
    assert {label.name for label in ranking["priority"]} == set(PRIORITIES)
    assert {label.name for label in ranking["sentiment"]} == set(SENTIMENTS)
    for labels in ranking.values():
        assert sum(label.probability for label in labels) == pytest.approx(1.0)


def test_the_label_of_a_head_is_the_most_probable() -> None:
    text = "I was charged twice, give me my money back immediately!"
    model = english_model()
    best = model.labels(text)
    for name, labels in model.ranking(text).items():
        assert best[name].probability == max(label.probability for label in labels)
