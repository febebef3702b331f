"""Routers whose endpoints all note what was done, and the parameters that lists share."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from postroom.api.audit import audited
from postroom.api.problem import COMMON, problems

MAX_PAGE = 200

_CURSOR = "`next_cursor` of the page before; without it the first page."
_TEXT = r"([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{4}|[A-Za-z0-9_-]{3}=|[A-Za-z0-9_-]{2}==)"
# Twice what the longest address makes in base64.
_LONGEST = 1_000

# A cursor is opaque to clients. Here it stands by what it is made of, so that whatever has its form is one.
NUMBER = r"^[0-9]{1,18}$"
TEXT = rf"^{_TEXT}$"
After = Annotated[str | None, Query(pattern=NUMBER, description=_CURSOR)]
AfterTwoNumbers = Annotated[str | None, Query(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$", description=_CURSOR)]
AfterThreeNumbers = Annotated[str | None, Query(pattern=r"^[0-9]{1,18}-[0-9]{1,18}-[0-9]{1,18}$", description=_CURSOR)]
AfterText = Annotated[str | None, Query(max_length=_LONGEST, pattern=TEXT, description=_CURSOR)]
AfterTwoTexts = Annotated[str | None, Query(max_length=_LONGEST, pattern=rf"^{_TEXT}[.]{_TEXT}$", description=_CURSOR)]
AfterNumberAndText = Annotated[
    str | None, Query(max_length=_LONGEST, pattern=rf"^[0-9]{{1,18}}[.]{_TEXT}$", description=_CURSOR)
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many at most.")]


def router(prefix: str, tag: str) -> APIRouter:
    """Return a router under `/api/v1` whose acts (all but GET) are noted in the audit log."""
    return APIRouter(
        prefix=f"/api/v1{prefix}",
        tags=[tag],
        responses=problems(*COMMON),
        dependencies=[Depends(audited, scope="function")],
    )
