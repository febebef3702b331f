import numpy as np
import pytest

from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.priors import category_gains, intent_gains, is_known
from postroom.knowledge.search import ArticleSearch
from postroom.model.classification import Label

TOPICS = ArticleSearch(starter_shelf()).topics("en")


def test_topics_of_the_classified_category_lose_least() -> None:
    gains = category_gains(TOPICS, Label(name="voucher", probability=0.9))
    best = {topic.category for topic, gain in zip(TOPICS, gains, strict=True) if gain == gains.max()}
    assert best == {"voucher"}
    assert gains.max() == pytest.approx(2 * np.log(0.9))


def test_a_wrong_and_sure_category_cannot_forbid_anything() -> None:
    assert category_gains(TOPICS, Label(name="voucher", probability=1.0)).min() == pytest.approx(2 * np.log(0.02))


def test_the_topic_that_is_the_intent_gains_most() -> None:
    gains = intent_gains(TOPICS, Label(name="voucher_buy", probability=0.9))
    assert TOPICS[int(np.argmax(gains))].id == "voucher_buy"


@pytest.mark.parametrize("intent", [None, Label(name="somebody_elses", probability=0.99)])
def test_an_intent_that_no_topic_bears_changes_nothing(intent: Label | None) -> None:
    assert not intent_gains(TOPICS, intent).any()
    assert intent is None or not is_known(TOPICS, intent)
