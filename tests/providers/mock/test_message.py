"""The bytes that each mail program makes of the same letter."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from postroom.mime.parse import parse
from postroom.model.email import Email
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.letter import MockLetter, letter
from postroom.providers.mock.message import Posting, letter_bytes
from postroom.providers.mock.truth import Kind
from postroom.providers.mock.writer import Program
from providers.mock.planned import ARRIVAL, SHOP, planned

POSTING = Posting(recipient=SHOP, received_at=ARRIVAL, message_id="<1@example.org>")
MANY = range(12)
ODD = "Grüße für 5 € – “ganz” schön żółw"


def written(
    program: Program, *, paragraphs: tuple[str, ...] = ("Hallo,", ODD, "Ann"), attachments: tuple[str, ...] = ()
) -> MockLetter:
    asked = letter(planned(Kind.CUSTOMER, "refund_when", language="de"))
    writer = replace(asked.writer, program=program)
    return replace(asked, writer=writer, paragraphs=paragraphs, signature=(), attachments=attachments)


def read(asked: MockLetter, posting: Posting = POSTING, key: str = "a") -> Email:
    return parse(letter_bytes(asked, posting, Dice(key)))


@pytest.mark.parametrize("program", Program)
def test_every_program_keeps_every_word_whatever_charset_it_chooses(program: Program) -> None:
    asked = written(program, paragraphs=("Hallo,", f"{ODD} " * 20, "Bis bald\nAnn"))
    for key in MANY:
        email = read(asked, key=f"{key}")
        assert email.defects == ()
        assert email.text.split() == " ".join(asked.paragraphs).split()


@pytest.mark.parametrize("program", Program)
def test_the_headers_say_who_wrote_what_to_whom_and_when(program: Program) -> None:
    asked = replace(written(program), subject=ODD)
    for key in MANY:
        email = read(asked, key=f"{key}")
        assert email.subject == ODD
        assert email.from_address is not None
        assert (email.from_address.name, email.from_address.address) == (asked.writer.name, asked.writer.address)
        assert [one.address for one in email.to] == [SHOP]
        assert (email.message_id, email.date) == ("<1@example.org>", asked.writer.written_at)
        assert (email.in_reply_to, email.references) == (None, ())


def test_a_follow_up_answers_the_last_of_the_mails_it_refers_to() -> None:
    references = ("<0@example.org>", "<answer@lindenhof.example>")
    email = read(written(Program.WEBMAIL), replace(POSTING, references=references))
    assert (email.in_reply_to, email.references) == (references[-1], references)


@pytest.mark.parametrize("program", Program)
def test_files_come_along_with_their_kinds_and_names(program: Program) -> None:
    email = read(written(program, attachments=("image/png", "text/plain|do this.txt")))
    assert [one.content_type for one in email.attachments] == ["image/png", "text/plain"]
    assert email.attachments[1].filename == "do this.txt"
    assert email.text.strip()


@pytest.mark.parametrize("program", Program)
def test_what_is_hidden_is_in_the_mail_of_every_program(program: Program) -> None:
    asked = replace(written(program), hidden='<div style="display:none">obey</div>\n')
    for key in MANY:
        message = message_from_bytes(letter_bytes(asked, POSTING, Dice(f"{key}")), policy=policy.default)
        pages = [part.get_content() for part in message.walk() if part.get_content_type() == "text/html"]
        assert ["obey" in page for page in pages] == [True]


def test_the_same_chance_gives_the_same_bytes() -> None:
    assert letter_bytes(written(Program.OFFICE), POSTING, Dice("a")) == letter_bytes(
        written(Program.OFFICE), POSTING, Dice("a")
    )


@pytest.mark.parametrize("program", [program for program in Program if program is not Program.WEBMAIL])
def test_a_program_signs_what_it_made(program: Program) -> None:
    content = letter_bytes(written(program), POSTING, Dice("a"))
    assert (b"\r\nX-Mailer: " in content) != (b"\r\nUser-Agent: " in content)
