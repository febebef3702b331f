from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from postroom.api.written import NOT_BLANK, PLAIN_NUMBER, Reason, Revision, YesNo

Whole = Annotated[int, Field(ge=0, le=10), PLAIN_NUMBER]
Number = Annotated[float, Field(ge=0, le=10), PLAIN_NUMBER]
NotBlank = Annotated[str, Field(pattern=NOT_BLANK)]


def test_a_text_may_have_lines_and_every_sign_but_nul() -> None:
    assert TypeAdapter(NotBlank).validate_python("\n a\nb 🙂 \n") == "\n a\nb 🙂 \n"
    assert TypeAdapter(Reason).validate_python("") == ""


@pytest.mark.parametrize("text", ["", " \n\t", "a\x00", "\x00", "\ud800"])
def test_a_text_that_is_blank_or_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(NotBlank).validate_python(text)


@pytest.mark.parametrize("number", [-1, 2**31, 2**70])
def test_a_revision_has_bounds(number: int) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Revision).validate_python(number)


@pytest.mark.parametrize("kind", [Whole, Number, YesNo])
@pytest.mark.parametrize("wrong", ["1", "true", "", [1]])
def test_what_json_calls_a_text_or_a_list_is_no_number_and_no_yes(kind: type[int], wrong: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(wrong)


def test_a_yes_is_no_number_and_a_number_no_yes() -> None:
    for kind, wrong in ((Whole, True), (Number, False), (YesNo, 1)):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(wrong)


def test_numbers_that_are_whole_are_taken_however_json_writes_them() -> None:
    assert TypeAdapter(Whole).validate_json("1.0") == 1
    assert TypeAdapter(Number).validate_json("1") == 1.0
    assert TypeAdapter(YesNo).validate_json("true") is True
    with pytest.raises(ValidationError):
        TypeAdapter(Whole).validate_json("1.5")


def test_the_bounds_of_a_number_are_in_its_description() -> None:
    for kind in (Whole, Number):
        schema = TypeAdapter(kind).json_schema()
        assert (schema["minimum"], schema["maximum"]) == (0, 10)
