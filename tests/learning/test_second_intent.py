"""What another sentence is about."""

from learning.trained import english_model
from postroom.learning.second_intent import second_intent
from postroom.model.classification import Label


def test_another_sentence_is_found_and_short_ones_are_not_read() -> None:
    first = Label(name="account_password", probability=0.9)
    text = "I forgot my password and cannot log in. How do I unsubscribe from the newsletter? Unsubscribe me."
    found = second_intent(english_model(), text, first)
    assert found is not None
    assert found.name == "privacy_newsletter"
    assert second_intent(english_model(), "Hello there.", first) is None
