from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from postroom.api.written import NOT_BLANK, Reason, Revision

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
