"""What a sent message answers, whom it goes to and who made it is read from any header."""

import pytest

from postroom.providers.imap_smtp.imap_sent_header import MAX_RECIPIENTS, read_sent_header


@pytest.mark.parametrize(
    ("header", "message_id", "refers_to"),
    [
        (b"", "", ()),
        (b"message-id:<a@x>\r\nIN-REPLY-TO: <b@x> (of Monday)\r\n\r\n", "<a@x>", ("<b@x>",)),
        (b"References: <a@x>\n <b@x>\nIn-Reply-To: <c@x> <b@x>\n", "", ("<c@x>", "<b@x>", "<a@x>")),
        (b"In-Reply-To: your mail of Monday\r\nReferences: \xff<b@x>\r\n", "", ("<b@x>",)),
    ],
)
def test_ids_are_read_nearest_first(header: bytes, message_id: str, refers_to: tuple[str, ...]) -> None:
    found = read_sent_header(header)
    assert (found.message_id, found.refers_to) == (message_id, refers_to)


def test_recipients_are_those_of_all_three_fields_in_lower_case_and_once() -> None:
    header = (
        b'To: "Ada, Dr" <Ada@Example.ORG>,\r\n bob@example.org\r\nCC: team: carl@x.example;\r\nBcc: ada@example.org\r\n'
    )
    assert read_sent_header(header).recipients == ("ada@example.org", "bob@example.org", "carl@x.example")


def test_a_round_letter_has_a_bounded_number_of_recipients() -> None:
    header = "To: " + ", ".join(f"{number}@example.org" for number in range(500))
    assert len(read_sent_header(header.encode()).recipients) == MAX_RECIPIENTS


@pytest.mark.parametrize("value", ["auto-replied", "Auto-Generated; x=y"])
def test_what_no_person_wrote_says_so(value: str) -> None:
    assert read_sent_header(f"Auto-Submitted: {value}\r\n".encode()).automatic


@pytest.mark.parametrize("header", ["Auto-Submitted: no\r\n", "Auto-Submitted:\r\n", "Subject: auto-replied\r\n"])
def test_what_a_person_wrote_does_not(header: str) -> None:
    assert not read_sent_header(header.encode()).automatic


def test_our_own_id_is_found_although_a_provider_wrote_another_message_id() -> None:
    header = b"Message-ID: <0102@relay.example>\r\nX-Postroom-Reply: <postroom.1.2@shop.example>\r\n"
    assert read_sent_header(header).own_ids == ("<0102@relay.example>", "<postroom.1.2@shop.example>")
