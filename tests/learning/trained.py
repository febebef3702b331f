"""Models trained once for all tests of a run."""

from functools import cache

from postroom.classifiers.starter import train_starter
from postroom.knowledge.articles import starter_shelf
from postroom.learning.corpus import load_starter
from postroom.learning.linear_model import LinearModel
from postroom.learning.train import train


@cache
def english_model() -> LinearModel:
    """Return a model of the English starter corpus: a second or two."""
    return train(load_starter(("en",)), seed=3)


@cache
def starter_model() -> LinearModel:
    """Return the model of the whole starter corpus, as a new installation trains it: about fifteen seconds."""
    return train_starter(starter_shelf())
