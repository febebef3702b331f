import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.knowledge.lexical import LexicalIndex

TEXTS = ("Where is my parcel?", "How do I pay by invoice?", "Wo ist mein Paket?", "")
INDEX = LexicalIndex(TEXTS, ("en", "en", "de", "en"))


def test_a_text_has_the_whole_of_its_own_rare_words() -> None:
    shares = INDEX.shares("pay by invoice", "en")
    assert int(np.argmax(shares)) == 1
    assert shares[1] == pytest.approx(1)


def test_words_that_no_text_holds_make_the_share_smaller() -> None:
    assert INDEX.shares("pay the plumber by invoice", "en")[1] < INDEX.shares("pay by invoice", "en")[1]


def test_a_question_of_which_nothing_is_known_has_no_share_of_anything() -> None:
    assert not INDEX.shares("qwxz vrtl", "en").any()


def test_a_question_without_meaningful_words_has_no_share_of_anything() -> None:
    assert not INDEX.shares("Hello, could you please?", "en").any()


def test_an_index_of_nothing_gives_nothing() -> None:
    assert LexicalIndex((), ()).shares("parcel", "en").shape == (0,)


@given(st.text(max_size=200), st.sampled_from(["en", "de", "ja"]))
def test_a_share_is_between_nothing_and_everything(asked: str, language: str) -> None:
    shares = INDEX.shares(asked, language)
    assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()
