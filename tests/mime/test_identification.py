"""The ids of messages, as they are written and as they are found."""

import pytest

from postroom.mime.headers import Headers
from postroom.mime.identification import MAX_IDS, read_ids, read_message_id


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@b>", ("<a@b>", True)),
        ("<a@b> <c@d>", ("<a@b>", True)),
        ("a@b (comment)", ("<a@b>", False)),
        ("<>", (None, False)),
        ("", (None, False)),
    ],
)
def test_a_message_id_is_read_and_mended(value: str, expected: tuple[str | None, bool]) -> None:
    assert read_message_id(Headers({"message-id": [value]})) == expected


def test_a_missing_message_id_is_not_malformed() -> None:
    assert read_message_id(Headers()) == (None, True)


def test_ids_stand_once_in_their_order_and_the_last_ones_are_kept() -> None:
    assert read_ids(Headers({"references": ["<a@b> <c@d>", "<a@b><e@f>"]}), "references") == ("<a@b>", "<c@d>", "<e@f>")
    many = [f"<{number}@x>" for number in range(MAX_IDS)]
    found = read_ids(Headers({"references": [" ".join(many), "<last@x>"]}), "references")
    assert (len(found), found[-1]) == (MAX_IDS, "<last@x>")
