"""Secrets are kept so that only this installation can read them, and only in their place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.errors import ConfigurationError
from postroom.sealing import Seal

SECRET = bytes(range(32))


@given(st.text())
def test_what_was_closed_opens_again_in_its_place(text: str) -> None:
    seal = Seal(SECRET)
    assert seal.open(seal.close(text, place="sender/smtp/password"), place="sender/smtp/password") == text


def test_a_closed_text_shows_nothing_and_differs_each_time() -> None:
    first, second = (Seal(SECRET).close("correct horse", place="p") for _ in range(2))
    assert first != second
    assert "correct" not in first


@pytest.mark.parametrize(
    ("secret", "place", "damage"),
    [(bytes(32), "p", ""), (SECRET, "another place", ""), (SECRET, "p", "A"), (SECRET, "p", "!")],
)
def test_another_key_another_place_or_damage_is_an_error_that_says_what_to_do(
    secret: bytes, place: str, damage: str
) -> None:
    sealed = Seal(SECRET).close("correct horse", place="p")
    with pytest.raises(ConfigurationError) as caught:
        Seal(secret).open(sealed + damage, place=place)
    assert "secret.key" in caught.value.hint
    assert "correct" not in caught.value.message
