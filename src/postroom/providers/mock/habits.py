"""What hurried fingers do to a text; words with digits stay as they are."""

import re

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.writer import Habit

_MARKS = re.compile(r"[,;:]|(?<=\w)[.!](?=\s|$)")


def typed(text: str, habit: Habit, dice: Dice) -> str:
    """Return `text` as a writer with `habit` types it."""
    if habit is Habit.LOWER_CASE:
        return _MARKS.sub("", text.lower()) if dice.chance(0.5) else text.lower()
    if habit is Habit.HASTY:
        return _with_slips(text, dice)
    return text


def _with_slips(text: str, dice: Dice) -> str:
    """Return `text` with about one slip in fifteen words: two letters swapped, one lost or one doubled."""
    words = text.split(" ")
    for position, word in enumerate(words):
        if len(word) > 4 and word.isalpha() and dice.chance(0.07):
            cut = dice.between(1, len(word) - 3)
            words[position] = dice.pick(
                (
                    word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :],
                    word[:cut] + word[cut + 1 :],
                    word[:cut] + word[cut] + word[cut:],
                )
            )
    return " ".join(words)
