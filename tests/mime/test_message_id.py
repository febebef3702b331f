"""Message-IDs that only we can make."""

import pytest

from postroom.mime.message_id import is_our_message_id, make_message_id

SECRET = b"secret"


def test_the_same_reply_always_gets_the_same_id_and_it_is_ours() -> None:
    made = make_message_id("reply-1", domain="bücher.example", secret=SECRET)
    assert made == make_message_id("reply-1", domain="bücher.example", secret=SECRET)
    assert made.endswith("@xn--bcher-kva.example>")
    assert is_our_message_id(made, secret=SECRET)


def test_two_replies_get_two_ids() -> None:
    first, second = (make_message_id(name, domain="x.example", secret=SECRET) for name in ("a", "b"))
    assert first != second


@pytest.mark.parametrize(
    "wrong", ["", "<a@b>", "<postroom.0.0@x>", "<postroom." + "0" * 32 + "." + "0" * 32 + "@x.example>"]
)
def test_a_made_up_id_is_not_ours(wrong: str) -> None:
    assert not is_our_message_id(wrong, secret=SECRET)


def test_another_secret_does_not_know_our_id() -> None:
    assert not is_our_message_id(make_message_id("a", domain="x.example", secret=SECRET), secret=b"other")


def test_a_domain_that_is_none_cannot_bend_the_id() -> None:
    assert make_message_id("a", domain="x>\r\nBcc: y", secret=SECRET).endswith("@localhost>")
