"""The name of a category is read as words."""

import pytest

from postroom.learning.label_words import label_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Refund_not_showing_up", "refund not showing up"),
        ("refundNotShowingUp", "refund not showing up"),
        ("ORDER_TAKING", "order taking"),
        ("100_night_trial", "100 night trial"),
        ("Rückgabe/Umtausch", "rückgabe umtausch"),
        ("_?_", ""),
    ],
)
def test_a_name_becomes_words(name: str, words: str) -> None:
    assert label_words(name) == words
