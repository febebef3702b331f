"""`/visual/workflows/{id}/logs`: the events of a workflow, page by page or as a file."""

from typing import Annotated

from fastapi import Depends, Path, Query
from fastapi.responses import StreamingResponse

from postroom.actions.logs import Level
from postroom.actions.workflow_log import LogOrder, WantedLog, log_lines, log_page, require_log
from postroom.api.access import Reader
from postroom.api.moment import Moment
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.mime.download_name import as_attachment, download_name
from postroom.model.execution import Event, EventKind, ExecutionId
from postroom.model.page import Page
from postroom.model.workflow import WorkflowSlug

ROUTER = router("/visual/workflows/{id}", "visual workflows")

NDJSON = "application/x-ndjson"

Slug = Annotated[str, Path(alias="id", max_length=100, description="The slug of the workflow.")]
OneExecution = Annotated[
    str | None, Query(max_length=200, description="An execution of the workflow; without it the whole workflow.")
]


async def wanted_log(  # noqa: PLR0913 - each is a parameter of the query.
    slug: Slug,
    execution_id: OneExecution = None,
    node: Annotated[str | None, Query(max_length=200, description="Events of this node alone.")] = None,
    level: Annotated[Level, Query(description="The least that matters.")] = Level.INFO,
    kind: Annotated[EventKind | None, Query(description="Events of this kind alone.")] = None,
    since: Annotated[Moment | None, Query(description="From this time on.")] = None,
    until: Annotated[Moment | None, Query(description="Before this time.")] = None,
) -> WantedLog:
    """Return which events of a workflow are wanted, as the query says."""
    return WantedLog(
        workflow=WorkflowSlug(slug),
        execution_id=None if execution_id is None else ExecutionId(execution_id),
        node_id=node,
        level=level,
        kind=kind,
        since=since,
        until=until,
    )


Wanted = Annotated[WantedLog, Depends(wanted_log)]


@ROUTER.get("/logs", responses=problems(404))
async def list_workflow_logs(
    wanted: Wanted,
    office: OfficeHere,
    _caller: Reader,
    order: Annotated[LogOrder, Query(description="Which events come first.")] = LogOrder.NEWEST,
    after: After = None,
    limit: Limit = 50,
) -> Page[Event]:
    """List the events of a workflow, or of one execution of it."""
    await require_log(office.stores, wanted)
    return await log_page(office.stores, wanted, order=order, cursor=after, limit=limit)


@ROUTER.get(
    "/logs/download",
    response_class=StreamingResponse,
    responses=problems(404)
    | {
        200: {
            "description": "One JSON object a line, oldest first.",
            "content": {NDJSON: {"schema": {"type": "string"}}},
        }
    },
)
async def download_workflow_logs(wanted: Wanted, office: OfficeHere, _caller: Reader) -> StreamingResponse:
    """Download all events of a workflow, or of one execution of it, that are stored now, oldest first."""
    await require_log(office.stores, wanted)
    name = download_name(f"{wanted.execution_id or wanted.workflow}-events.ndjson")
    return StreamingResponse(
        log_lines(office.stores, wanted),
        media_type=NDJSON,
        headers={"Content-Disposition": as_attachment(name), "Cache-Control": "no-store"},
    )
