"""Routers whose endpoints all note what was done, and the parameters that lists share."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from postroom.api.audit import audited
from postroom.api.problem import COMMON, problems

MAX_PAGE = 200

_LONGEST = 1_000  # Twice what the longest address makes in base64.

After = Annotated[
    str | None,
    Query(max_length=_LONGEST, description="`next_cursor` of the page before, unchanged; without it the first page."),
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
