"""What every classifier must do: label anything, repeatably, by the customer's own words."""

from dataclasses import replace

import pytest

from postroom.interfaces.classifier import Classifier
from postroom.model.classification import Classification
from postroom.model.email import Email

ODD_TEXTS = (
    "",
    " \n\t ",
    "?!?!",
    "\x00\x01\x7f",
    "\ud800 a lone surrogate",
    "e\u0301\u200b\u202e\ufeff",
    "🎉" * 50,
    "注文した商品が届きません",
    "أين طردي؟",
    "0123456789 " * 20,
    "a" * 10_000,
)
HUGE_TEXT = "Where is my parcel? I have been waiting. " * 25_000


def mail(subject: str, text: str) -> Email:
    """Return an e-mail of nothing but a subject and its new text."""
    return Email(subject=subject, from_address=None, text=text, new_text=text)


def check_labels(classification: Classification, classifier: Classifier) -> None:
    """Every label has a name and a probability in 0..1, and the classifier signs what it says."""
    labels = (classification.category, classification.priority, classification.sentiment, classification.language)
    for label in labels:
        assert label.name
        assert 0.0 <= label.probability <= 1.0
    assert classification.classifier == classifier.name


class ClassifierContract:
    """The promises of `interfaces/classifier.py`; a subclass gives the fixture `classifier`."""

    async def test_every_label_has_a_name_and_a_probability(self, classifier: Classifier) -> None:
        check_labels(await classifier.classify(mail("Invoice", "Please send me the invoice of my order.")), classifier)

    async def test_the_same_mail_gets_the_same_labels_whatever_came_between(self, classifier: Classifier) -> None:
        asked = mail("Refund", "When do I get my money back?")
        first = await classifier.classify(asked)
        await classifier.classify(mail("Something else", "Can I pay by invoice?"))
        assert await classifier.classify(asked) == first

    @pytest.mark.parametrize("odd", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    async def test_odd_text_gets_labels_too(self, classifier: Classifier, odd: str) -> None:
        check_labels(await classifier.classify(mail(odd, odd)), classifier)

    async def test_a_megabyte_of_text_gets_labels_too(self, classifier: Classifier) -> None:
        check_labels(await classifier.classify(mail(HUGE_TEXT[:5000], HUGE_TEXT)), classifier)

    async def test_what_was_quoted_or_signed_changes_nothing(self, classifier: Classifier) -> None:
        asked = mail("Password", "I forgot my password.")
        quoting = replace(
            asked,
            text=asked.new_text + "\n> Please delete my account.",
            quoted_text="> Please delete my account.",
            signature="The complaints department",
        )
        assert await classifier.classify(quoting) == await classifier.classify(asked)
