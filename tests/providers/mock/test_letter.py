"""What a customer writes, and the labels that go with it."""

from collections import Counter
from collections.abc import Iterator

import pytest

from postroom.model.catalogue import INTENTS, LANGUAGES
from postroom.providers.mock.letter import (
    ATTACHMENT_TYPES,
    MockLetter,
    Pen,
    customer_truth,
    letter,
    thanks_letter,
    with_opening,
)
from postroom.providers.mock.truth import Kind
from providers.mock.planned import BY_ID, planned

MANY = range(40)


def letters(kind: Kind, *intents: str, language: str = "en") -> Iterator[MockLetter]:
    for index in MANY:
        yield letter(planned(kind, *intents, index=index, language=language))


@pytest.mark.parametrize("intent", [intent.id for intent in INTENTS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_is_written_in_every_language_with_no_slot_left_open(intent: str, language: str) -> None:
    written = letter(planned(Kind.CUSTOMER, intent, language=language))
    text = "\n".join((written.subject, *written.paragraphs, *written.signature))
    assert not set("{}[]|") & set(text)
    assert written.writer.name in written.paragraphs[-1]
    assert len(written.paragraphs) >= 2


def test_the_same_plan_gives_the_same_letter_and_another_mail_another() -> None:
    assert letter(planned(Kind.CUSTOMER, "refund_when")) == letter(planned(Kind.CUSTOMER, "refund_when"))
    texts = {written.paragraphs for written in letters(Kind.CUSTOMER, "refund_when")}
    assert len(texts) == len(MANY)


@pytest.mark.parametrize(
    ("kind", "intents", "answerable"),
    [
        (Kind.CUSTOMER, ("refund_when",), True),
        (Kind.FOLLOW_UP, ("refund_when",), True),
        (Kind.CUSTOMER, ("payment_double",), False),
        (Kind.CUSTOMER, ("refund_when", "order_cancel"), False),
        (Kind.INJECTION, ("refund_when",), False),
    ],
)
def test_exactly_one_clear_question_with_an_article_is_answerable(
    kind: Kind, intents: tuple[str, ...], *, answerable: bool
) -> None:
    truth = customer_truth(planned(kind, *intents), mood="neutral", urgent=False)
    assert truth.answerable is answerable
    assert truth.article_id == (intents[0] if answerable else None)
    assert (truth.intent, truth.category) == (intents[0], BY_ID[intents[0]].category)


@pytest.mark.parametrize(
    ("intents", "urgent", "priority"),
    [
        (("refund_when",), False, "normal"),
        (("refund_when",), True, "urgent"),
        (("account_hacked",), False, "urgent"),
        (("payment_double",), False, "high"),
        (("product_care",), False, "low"),
        (("product_care",), True, "urgent"),
        (("product_care", "refund_when"), False, "normal"),
    ],
)
def test_the_priority_follows_what_is_asked_and_how(intents: tuple[str, ...], *, urgent: bool, priority: str) -> None:
    assert customer_truth(planned(Kind.CUSTOMER, *intents), mood="neutral", urgent=urgent).priority == priority


def test_who_is_angry_or_was_robbed_is_never_in_a_good_mood() -> None:
    angry = Counter(written.truth.sentiment for written in letters(Kind.ANGRY, "refund_wrong_amount"))
    robbed = Counter(written.truth.sentiment for written in letters(Kind.CUSTOMER, "account_hacked"))
    assert set(angry) == set(robbed) == {"negative"}
    assert "positive" not in Counter(written.truth.sentiment for written in letters(Kind.CUSTOMER, "delivery_missing"))


def test_only_mails_about_an_order_bring_files_and_what_is_broken_is_shown_in_a_picture() -> None:
    broken = {file for written in letters(Kind.CUSTOMER, "delivery_damaged") for file in written.attachments}
    other = {file for written in letters(Kind.CUSTOMER, "warranty_claim") for file in written.attachments}
    assert broken == {"image/png"}
    assert other <= set(ATTACHMENT_TYPES)
    assert not any(written.attachments for written in letters(Kind.CUSTOMER, "product_care"))


def test_the_second_of_two_questions_is_written_too_and_the_first_is_the_label() -> None:
    seconds = ("product_care", "voucher_redeem", "order_cancel")
    both = [letter(planned(Kind.CUSTOMER, "refund_when", second)) for second in seconds]
    assert len({" ".join(written.paragraphs) for written in both}) == len(seconds)
    assert {written.truth.intent for written in both} == {"refund_when"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_says_thank_you_asks_for_nothing(language: str) -> None:
    truth = thanks_letter(planned(Kind.THANKS, language=language)).truth
    assert (truth.intent, truth.answerable, truth.sentiment, truth.machine) == (None, False, "positive", False)


def test_an_opening_goes_before_what_is_said_and_after_the_greeting() -> None:
    written = letter(planned(Kind.FOLLOW_UP, "refund_when"))
    opened = with_opening(written, "You asked me for this.")
    assert opened.paragraphs[0] == written.paragraphs[0]
    assert opened.paragraphs[1] == f"You asked me for this. {written.paragraphs[1]}"
    assert opened.paragraphs[2:] == written.paragraphs[2:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_follow_up_has_a_greeting_and_words_to_open(language: str) -> None:
    for written in letters(Kind.FOLLOW_UP, "refund_when", language=language):
        assert len(written.paragraphs) >= 3


def test_asides_are_of_another_making_while_there_are_others() -> None:
    pen = Pen(planned(Kind.CUSTOMER, "refund_when"))
    count = len(pen.words.pools["greybox"])
    assert len({pen.aside("greybox") for _ in range(count)}) == count
    assert pen.aside("greybox")


def test_about_speaks_of_the_same_things_throughout_the_mail() -> None:
    pens = [Pen(planned(Kind.CUSTOMER, "warranty_claim", index=index), topic="warranty_claim") for index in range(20)]
    assert all(pen.slots["p"] == pen.slots["device"] for pen in pens)
    assert all(pen.slots["p"] in pen.source.nouns["device"] for pen in pens)
