import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from postroom.knowledge.letter import _environment, letter, letter_template
from postroom.model.catalogue import LANGUAGES


def test_a_letter_has_greeting_passages_closing_and_signature() -> None:
    assert letter("en", name="Anna Berg", paragraphs=("One.", "Two."), signature="Lindenhof support") == (
        "Hello Anna Berg,\n\nThank you for your message.\n\nOne.\n\nTwo.\n\nWe hope this helps you.\n\n"
        "Kind regards\nLindenhof support"
    )


def test_an_unknown_language_is_written_in_english() -> None:
    assert letter("xx", name=None, paragraphs=(), signature="S").startswith("Hello,\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_template_marks_in_a_value_stay_text(language: str) -> None:
    text = letter(language, name=None, paragraphs=("{{ 7 * 7 }} {% raw %} <b>",), signature="S")
    assert "{{ 7 * 7 }} {% raw %} <b>" in text


def test_a_missing_value_is_an_error_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        letter_template("en").render(name=None)


def test_templates_cannot_reach_into_python() -> None:
    template = _environment().from_string("{{ ().__class__.__base__.__subclasses__() }}")
    with pytest.raises(SecurityError):
        template.render()
