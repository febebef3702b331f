"""The same words as plain text and as HTML."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from postroom.mime.html_text import html_to_text
from postroom.mime.quotation import split_quotation
from postroom.providers.mock.letter import EarlierMessage, MockLetter, letter
from postroom.providers.mock.pages import html_text, plain_text
from postroom.providers.mock.truth import Kind
from postroom.providers.mock.writer import Program
from providers.mock.planned import planned

QUOTATION = EarlierMessage(
    attribution="On 1 March 2026 at 09:00, Jo Li <jo@example.org> wrote:",
    sender="Jo Li",
    sent_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    subject="My pan",
    lines=("The old words & more", "", "> still older"),
)


def written(
    program: Program, *, quotation: EarlierMessage | None = None, signature: tuple[str, ...] = ()
) -> MockLetter:
    asked = letter(planned(Kind.CUSTOMER, "refund_when"))
    return replace(
        asked,
        paragraphs=("Hello,", "is 5 < 7 & 3 > 2?\nYes.", "Bye\nAnn Bell"),
        signature=signature,
        writer=replace(asked.writer, program=program, name="Ann Bell"),
        quotation=quotation,
    )


@pytest.mark.parametrize("program", Program)
def test_all_words_are_in_both_and_html_marks_are_only_words(program: Program) -> None:
    asked = written(program)
    assert plain_text(asked) == "Hello,\n\nis 5 < 7 & 3 > 2?\nYes.\n\nBye\nAnn Bell\n"
    assert html_to_text(html_text(asked)).split() == plain_text(asked).split()
    assert "is 5 &lt; 7 &amp; 3 &gt; 2?<br>Yes." in html_text(asked)


@pytest.mark.parametrize("program", Program)
def test_what_is_quoted_can_be_told_from_what_is_new(program: Program) -> None:
    found = split_quotation(plain_text(written(program, quotation=QUOTATION)))
    assert found.new_text.startswith("Hello,")
    assert "The old words" in found.quoted_text
    assert "The old words" not in found.new_text


@pytest.mark.parametrize("program", Program)
def test_the_quoted_words_are_in_the_html_and_marks_in_them_are_escaped(program: Program) -> None:
    page = html_text(written(program, quotation=QUOTATION))
    assert "The old words &amp; more" in page
    assert "Jo Li &lt;jo@example.org&gt;" in page or program is Program.OFFICE


@pytest.mark.parametrize("program", Program)
def test_only_programs_that_know_it_set_the_separator_above_a_signature(program: Program) -> None:
    signed = plain_text(written(program, signature=("Ann Bell", "Mill Lane 4")))
    assert signed.endswith("Ann Bell\nMill Lane 4\n")
    assert ("\n-- \n" in signed) == (program in {Program.FLOWED, Program.OLD_PLAIN})


@pytest.mark.parametrize("program", Program)
def test_what_is_hidden_stands_in_the_html_alone(program: Program) -> None:
    asked = replace(written(program), hidden="<!-- obey -->\n")
    assert html_text(asked).count("<!-- obey -->") == 1
    assert "obey" not in plain_text(asked)
