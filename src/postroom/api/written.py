"""What people write in requests: texts with bounds, without the one sign that no store keeps, and numbers as such."""

from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, WithJsonSchema

from postroom.actions.articles_kept import LANGUAGE_CODES
from postroom.model.category import LABEL_SIGNS, LONGEST_LABEL

NO_NUL = r"^[^\x00]*$"
LINE = rf"^{LABEL_SIGNS}*$"
NOT_BLANK = r"^[^\x00]*[^\s\x00][^\x00]*$"


def _number(value: object) -> object:
    """Return what JSON calls a number, or null: `"1"` and `true` are none, whatever could be made of them.

    Raises:
        ValueError: it is something else.
    """
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError("it must be a number")


PLAIN_NUMBER = BeforeValidator(_number)
"""Stands behind the bounds of a number: in front of it they would not come into the description."""
YesNo = StrictBool

Reason = Annotated[
    str, Field(max_length=2_000, pattern=NO_NUL, description="Why, for the record; no customer ever sees it.")
]
Revision = Annotated[
    int,
    Field(ge=0, le=2**31 - 1, description="The revision that was read; where it is another by now: 409."),
    PLAIN_NUMBER,
]
Language = Annotated[
    str,
    Field(pattern=r"^[a-z]{2}$"),
    WithJsonSchema({"type": "string", "enum": sorted(LANGUAGE_CODES), "description": "A language by ISO 639-1."}),
]
CategoryName = Annotated[
    str, Field(min_length=1, max_length=LONGEST_LABEL, pattern=LINE, description="The name of a category.")
]
