"""The words of texts, without a database."""

import pytest

from contracts.store_nouns import SALES, SHOP, arrival
from postroom.model.email import MailboxId
from postroom.stores.sql.search_words import (
    LONGEST_WORD,
    MOST_CHARACTERS,
    email_words,
    mailbox_word,
    note_words,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("one two, ONE", ["one", "two"]),
        ("ann.lee@example.org", ["ann", "lee", "example", "org"]),
        ("order_4711-B", ["order", "4711", "b"]),
        ("Müller", ["muller"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("がぎ ガ", ["がぎ", "ガ"]),
        ("한국어", ["한국어"]),
        ("1²", ["12"]),
        ("x\x00y\ud800z\ue000", ["x", "y", "z"]),
        ("\u0301\u0301", []),
    ],
)
def test_a_word_is_a_run_of_letters_and_digits(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_words_with_and_without_other_scripts_beside_them_are_cut_alike() -> None:
    text = "Order 4711, ann@example.org: it_is 'late'"
    assert words_of(f"{text} я") == [*words_of(text), "я"]


def test_of_a_long_word_the_beginning_counts() -> None:
    assert words_of("x" * 500 + " y") == ["x" * LONGEST_WORD, "y"]


def test_of_a_long_text_the_beginning_counts() -> None:
    assert note_words("a" + " b" * MOST_CHARACTERS + " c") == ["a", "b"]


def test_no_text_holds_the_word_of_a_mailbox() -> None:
    assert words_of(mailbox_word(SHOP)) == [mailbox_word(SHOP)[1:]]
    assert mailbox_word(SHOP) != mailbox_word(SALES)
    assert " " not in mailbox_word(MailboxId("a b"))


def test_the_words_of_an_email_begin_with_its_subject_and_sender() -> None:
    assert email_words(arrival(7).email) == ["about", "mail", "7", "ann", "example", "com"]
