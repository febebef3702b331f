"""Small made-up labelled mail, and an ensemble of it trained once for all tests of a run."""

import random
from functools import cache

from embeddings.hashing_embedder import HashingEmbedder
from postroom.learning.corpus import LabelledText
from postroom.learning.learn_members import Recipe, TrainingText
from postroom.learning.train_ensemble import Trained, train_ensemble

OUTSIDE = "other"
_WORDS = {
    "invoice": ("invoice", "bill", "receipt", "tax number", "copy of the invoice"),
    "refund": ("refund", "money back", "repay", "reimburse", "returned amount"),
    "delivery": ("parcel", "delivery", "courier", "tracking", "shipment"),
    "account": ("password", "log in", "account", "username", "locked out"),
    OUTSIDE: ("weather", "football", "partnership", "vacancy", "holiday photos"),
}
_FRAMES = (
    "where is my {} please",
    "I have a question about the {}",
    "the {} is wrong",
    "can you help me with {} today",
    "hello, {} does not work for me",
    "what about {} for order",
    "still waiting for {}",
)


def text(words: str, category: str, *, natural: bool = False) -> TrainingText:
    labels = LabelledText(text=words, intent="", category=category, priority="", sentiment="", language="en")
    return TrainingText(text=words, labels=labels, natural=natural)


def mails(count: int, *, seed: int, outside: bool = False) -> list[TrainingText]:
    """Return `count` mails, in turn of each category; with `outside` also of none."""
    chance = random.Random(seed)
    names = [name for name in _WORDS if outside or name != OUTSIDE]
    found = []
    for place in range(count):
        name = names[place % len(names)]
        words = chance.choice(_FRAMES).format(chance.choice(_WORDS[name]))
        # One in ten is about two things, which makes it hard, and all have a word of their own.
        more = chance.choice(_WORDS[chance.choice(names)]) if chance.random() < 0.1 else ""
        found.append(text(f"{words} {more} {chance.randrange(16**6):06x}", name))
    return found


@cache
def small_ensemble() -> Trained:
    """Return an ensemble of 600 mails, of which some belong to no category: a few seconds."""
    return train_ensemble(mails(600, seed=1, outside=True), [HashingEmbedder()], recipe=Recipe(seed=5, outside=OUTSIDE))
