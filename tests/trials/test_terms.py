"""What a reader must know before any figure."""

from dataclasses import replace

import pytest

from postroom.model.mailbox import Mode
from postroom.trials.terms import NO_TERMS, Notice, Terms, notices_of, notices_of_learnt

SUPPORT = Terms(mailbox_id="support")


def test_nothing_is_said_where_everything_is_as_in_earnest() -> None:
    assert notices_of(SUPPORT) == ()
    assert notices_of_learnt(0, 10) == ()


def test_the_made_up_shop_comes_first_and_what_is_missing_of_ones_own_is_then_no_matter() -> None:
    (notice, model) = notices_of(Terms(mailbox_id="main", made_up=True, articles=0, language_model=True))
    assert notice.text.startswith("THE MADE-UP SHOP")
    assert "add a mailbox" in notice.hint
    assert "without the language model" in model.text


@pytest.mark.parametrize(
    ("terms", "said", "hint"),
    [
        (replace(SUPPORT, switched_on=()), "No category is switched on", "Switch one on in the mailbox support"),
        (replace(SUPPORT, mode=Mode.REVIEW), "mode review", ""),
        (replace(SUPPORT, articles=0), "no articles", "POSTROOM_ARTICLES_DIR"),
        (replace(SUPPORT, trained_here=False), "came with the installation", "train a model"),
        (replace(SUPPORT, assumed_threshold=0.9, unproven="59 are missing"), "59 are missing", "The guarantee shows"),
        (replace(SUPPORT, assumed_threshold=0.9), "from a probability of 0.9 on", "The guarantee shows"),
        (replace(SUPPORT, language_model=True), "without the language model", ""),
        (NO_TERMS, "No mailbox is connected", "add a mailbox"),
    ],
)
def test_each_thing_that_makes_a_figure_another_is_said_with_what_changes_it(
    terms: Terms, said: str, hint: str
) -> None:
    (notice,) = notices_of(terms)
    assert said in notice.text
    assert hint in notice.hint


def test_a_category_that_is_switched_on_is_enough_to_say_nothing() -> None:
    assert notices_of(replace(SUPPORT, switched_on=("returns",))) == ()


def test_mail_that_the_model_learnt_is_counted() -> None:
    (notice,) = notices_of_learnt(3, 10, model="The model of b")
    assert notice == Notice(
        text="The model of b has learnt 3 of these 10 e-mails: on new mail the figures will be worse.",
        hint="Try mail that came after the training, or that was never imported.",
    )
