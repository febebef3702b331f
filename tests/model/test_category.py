import pytest

from postroom.model.category import LABEL, LONGEST_LABEL


@pytest.mark.parametrize("label", ["returns", "Rückgabe & Umtausch", "x" * LONGEST_LABEL, "返品"])
def test_a_line_of_at_most_a_hundred_characters_may_name_a_category(label: str) -> None:
    assert LABEL.fullmatch(label)


@pytest.mark.parametrize("label", ["", "two\nlines", "a\x00b", "tab\there", "x" * (LONGEST_LABEL + 1)])
def test_nothing_control_characters_and_more_may_not(label: str) -> None:
    assert not LABEL.fullmatch(label)
