"""What the classification says beforehand of the topics of a shelf, as numbers that are added to their scores."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from postroom.knowledge.search import Topic
from postroom.model.classification import Label

# How many standard deviations of BM25 one natural logarithm of probability is worth.
PRIOR_WEIGHT = 2.0
INTENT_WEIGHT = 1.0
_PRIOR_FLOOR = 0.02  # A classifier that is sure and wrong can still be outvoted by the words.


def category_gains(topics: Sequence[Topic], category: Label) -> NDArray[np.float64]:
    """Return for each topic the weighted logarithm of how probable its category is (0 or less)."""
    categories = {topic.category for topic in topics}
    rest = (1 - category.probability) / max(len(categories - {category.name}), 1)
    chances = [category.probability if topic.category == category.name else rest for topic in topics]
    return PRIOR_WEIGHT * np.log(np.maximum(chances, _PRIOR_FLOOR))


def intent_gains(topics: Sequence[Topic], intent: Label | None) -> NDArray[np.float64]:
    """Return for each topic the weighted logarithm of how probable it is itself; zeros where no topic is known."""
    if intent is None or not is_known(topics, intent):
        return np.zeros(len(topics))
    rest = (1 - intent.probability) / len(topics)
    chances = [intent.probability if topic.id == intent.name else rest for topic in topics]
    return INTENT_WEIGHT * np.log(np.maximum(chances, _PRIOR_FLOOR))


def is_known(topics: Sequence[Topic], intent: Label) -> bool:
    """Whether the classifier and the shelf speak of the same topics; a company's own articles have ids of their own."""
    return any(topic.id == intent.name for topic in topics)
