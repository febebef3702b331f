import aiosmtplib
import pytest

from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.smtp_words import MAX_ANSWER_CHARS, answer_words, connection_problem


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("2.0.0 Ok\nqueued", "250 2.0.0 Ok queued"),
        ("a\x00b\x1b[31mc", "250 a b [31mc"),
        ("", "250"),
        ("x" * 1000, "250 " + "x" * (MAX_ANSWER_CHARS - 4)),
        ("\udcff", "250 "),
    ],
)
def test_what_a_server_says_becomes_one_short_line(message: str, words: str) -> None:
    assert answer_words(aiosmtplib.SMTPResponse(250, message)).rstrip("? ") == words.rstrip()


@pytest.mark.parametrize(("port", "hint"), [(25, "block port 25"), (587, "587 wants starttls")])
def test_silence_is_explained_by_the_port(port: int, hint: str) -> None:
    config = SmtpConfig.model_validate({"host": "smtp.example.com", "port": port})
    assert hint in connection_problem(TimeoutError(), config).hint
