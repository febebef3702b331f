"""What else a mail is about: the surest intent of one of its sentences, told by words alone."""

import re

from postroom.learning.corpus import OTHER
from postroom.learning.features import MAX_CHARACTERS
from postroom.learning.linear_model import LinearModel
from postroom.model.classification import Label

MOST_SENTENCES = 12
SHORTEST_SENTENCE = 4  # Words; less is a greeting or a name.

_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n+")


def second_intent(model: LinearModel, text: str, first: Label) -> Label | None:
    """Return the surest intent of a sentence of `text` that is not `first`; None where each sentence is about that."""
    found = [
        model.head(sentence, "intent")
        for sentence in _SENTENCE_END.split(text[:MAX_CHARACTERS])[:MOST_SENTENCES]
        if len(sentence.split()) >= SHORTEST_SENTENCE
    ]
    others = [label for label in found if label.name not in {first.name, OTHER}]
    return max(others, key=lambda label: label.probability, default=None)
