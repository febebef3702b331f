"""The audit log: who did what, when, from where."""

from typing import Annotated

from fastapi import Query

from postroom.api.access import Administrator
from postroom.api.moment import Moment
from postroom.api.office import OfficeHere
from postroom.api.routing import After, Limit, router
from postroom.api.written import LINE
from postroom.model.audit import AuditEntry, AuditFilter
from postroom.model.page import Page

ROUTER = router("/audit", "audit")

By = Annotated[str | None, Query(max_length=200, pattern=LINE, description="The name of who did it.")]
Act = Annotated[str | None, Query(max_length=200, pattern=LINE, description="The operation: `approve_review`.")]
Subject = Annotated[str | None, Query(max_length=400, pattern=LINE, description="What it was done to.")]
Since = Annotated[Moment | None, Query(description="From this time on.")]
Until = Annotated[Moment | None, Query(description="Until before this time.")]


@ROUTER.get("")
async def list_audit_entries(  # noqa: PLR0913 - each filter is a parameter of the query.
    _: Administrator,
    office: OfficeHere,
    by: By = None,
    act: Act = None,
    subject: Subject = None,
    since: Since = None,
    until: Until = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[AuditEntry]:
    """List who did what, newest first. Reading is not noted; log-ins that failed are."""
    wanted = AuditFilter(by=by, act=act, subject=subject, since=since, until=until)
    return await office.stores.audit.list(wanted, after=after, limit=limit)
