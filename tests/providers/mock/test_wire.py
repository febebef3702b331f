from email import message_from_bytes, policy

from postroom.providers.mock.wire import encoded, fitting, flowed, mailbox, message, multipart, text_part


def test_a_message_is_read_back_by_the_standard_library() -> None:
    parts = [
        text_part("Grüße, 5 €\n", "plain", "iso-8859-15", "quoted-printable"),
        text_part("<p>é</p>\n", "html", "utf-8", "base64"),
    ]
    content = message([("Subject", encoded("Größe der Töpfe " * 6))], multipart("alternative", parts, "x1"))
    read = message_from_bytes(content, policy=policy.default)
    assert read["Subject"] == "Größe der Töpfe " * 6
    texts = [part.get_content().replace("\r\n", "\n") for part in read.iter_parts()]
    assert texts == ["Grüße, 5 €\n", "<p>é</p>\n"]


def test_a_charset_that_cannot_write_the_text_is_passed_over() -> None:
    assert fitting("5 €", "iso-8859-1", "windows-1252") == "windows-1252"
    assert fitting("żółw", "iso-8859-1", "windows-1252") == "utf-8"


def test_names_with_special_characters_are_quoted() -> None:
    assert mailbox('Dr. "Bo"', "a@example.org") == '"Dr. \\"Bo\\"" <a@example.org>'


def test_flowed_lines_are_short_and_join_to_the_same_words() -> None:
    text = "word " * 40 + "end"
    lines = flowed(text).split("\n")
    assert all(len(line) <= 73 for line in lines)
    assert "".join(lines) == text
