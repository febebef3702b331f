"""Where a signature begins."""

from postroom.mime.signature import signature_start


def test_a_signature_begins_at_its_closing() -> None:
    assert signature_start(["Hello", "", "Kind regards", "Jane Doe"]) == 2


def test_a_closing_without_a_name_is_no_signature() -> None:
    assert signature_start(["Hello", "Thanks"]) is None


def test_a_mail_of_nothing_but_a_closing_keeps_it() -> None:
    assert signature_start(["Thanks", "Jane"]) is None


def test_blank_lines_have_no_signature() -> None:
    assert signature_start(["", " "]) is None
