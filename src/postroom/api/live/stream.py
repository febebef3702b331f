"""The live stream of a workflow or an execution, and the same events page by page."""

from typing import Annotated

from fastapi import Path, Query, Response

from postroom.api.access import Reader
from postroom.api.live.connection import MAX_CURSOR, MAX_ID, serve
from postroom.api.live.messages import EventsMessage, event_json, events_json
from postroom.api.live.state import topic_of
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import Limit, router
from postroom.errors import ConflictError
from postroom.model.execution import ExecutionId
from postroom.model.workflow import WorkflowSlug

STREAM_PATH = "/api/v1/visual/workflows/{id}/stream"
ROUTER = router("/visual/workflows", "live")
# Not by `ROUTER.websocket`: what the router demands of requests is not for connections.
ROUTER.add_websocket_route(STREAM_PATH, serve)


@ROUTER.get("/{id}/events", response_model=EventsMessage, responses=problems(404, 409))
async def list_workflow_events(
    office: OfficeHere,
    _caller: Reader,
    workflow_id: Annotated[str, Path(alias="id", max_length=MAX_ID, description="The workflow.")],
    execution_id: Annotated[
        str | None, Query(max_length=MAX_ID, description="One execution of it; without it all of them.")
    ] = None,
    after: Annotated[
        int, Query(ge=0, le=MAX_CURSOR, description="`cursor` of the answer before; 0 begins with the oldest event.")
    ] = 0,
    limit: Limit = 200,
) -> Response:
    """List what changed behind a cursor, oldest first.

    For clients without WebSockets: ask again with the `cursor` of the answer, at once where `events` was full. 409
    says that the log has no such cursor (any more): read the state anew.
    """
    topic = await topic_of(
        office.stores, WorkflowSlug(workflow_id), ExecutionId(execution_id) if execution_id else None
    )
    # First: what is written between the two reads is then told at the latest by the next answer.
    newest = await office.stores.executions.newest_cursor()
    if after > newest:
        raise ConflictError(f"There is no cursor {after} yet.", hint="Read the state anew and go on from there.")
    events = await office.stores.executions.events(topic, after=after, limit=limit)
    cursor = events[-1].cursor if len(events) == limit else max(newest, *(event.cursor for event in events), after)
    text = events_json((event_json(event) for event in events), cursor)
    return Response(text, media_type="application/json")
