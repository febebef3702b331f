import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.embeddings.readable import readable


def test_plain_text_stays_as_it_is() -> None:
    assert readable("Wo ist mein Päckchen?") == "Wo ist mein Päckchen?"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\0b", "a b"),
        ("  a \n\n\t b ", "a b"),
        ("\ud800x", "?x"),
        ("Liefer\u00adung", "Lieferung"),
        ("ﬁne", "fine"),
        ("", ""),
    ],
)
def test_odd_characters_are_made_readable(text: str, read: str) -> None:
    assert readable(text) == read


def test_characters_that_grow_are_cut_again() -> None:
    assert len(readable("\ufdfa" * 1_000, most_characters=500)) <= 500


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_becomes_printable_utf_8_in_compatibility_form(text: str) -> None:
    read = readable(text, most_characters=100)
    assert len(read) <= 100
    assert read.isprintable()
    assert readable(read, most_characters=100) == read
    read.encode("utf-8")
