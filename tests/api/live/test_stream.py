"""The events page by page, for clients without WebSockets."""

import pytest

from api.conftest import Rooms
from api.live.writing import WORKFLOW, event, execution
from postroom.api.live.messages import EventsMessage
from postroom.api.live.stream import ROUTER
from postroom.model.user import Role
from postroom.model.workflow import WorkflowSlug
from postroom.workflows.load import template

PATH = f"/api/v1/visual/workflows/{WORKFLOW}/events"


@pytest.fixture(autouse=True)
async def stored(rooms: Rooms) -> None:
    """Store a workflow, two executions and their events."""
    await rooms.stores.workflows.save(template(WORKFLOW), at=rooms.clock.now())
    await rooms.stores.executions.add(execution("x1"))
    await rooms.stores.executions.add(execution("x2"))
    for number in range(5):
        await rooms.stores.executions.record([event(number), event(number, "x2")])


async def test_pages_follow_each_other_by_their_cursor_without_gap_or_double(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(ROUTER), Role.VIEWER)
    seen: list[int] = []
    after = 0
    for _ in range(4):
        answer = await client.get(PATH, params={"after": after, "limit": 4})
        message = EventsMessage.model_validate_json(answer.content)
        seen.extend(each.cursor for each in message.events)
        after = message.cursor
    assert seen == list(range(1, 11))
    assert after == 10


async def test_the_events_of_one_execution_move_the_cursor_past_those_of_others(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(ROUTER), Role.VIEWER)
    answer = await client.get(PATH, params={"execution_id": "x1"})
    message = EventsMessage.model_validate_json(answer.content)
    assert [each.cursor for each in message.events] == [1, 3, 5, 7, 9]
    assert message.cursor == 10


async def test_a_cursor_that_the_log_does_not_have_is_a_conflict(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(ROUTER), Role.VIEWER)
    assert (await client.get(PATH, params={"after": 11})).status_code == 409
    assert (await client.get(PATH, params={"after": 10})).status_code == 200


async def test_what_is_not_there_is_not_found(rooms: Rooms) -> None:
    await rooms.stores.executions.add(execution("elsewhere", workflow=WorkflowSlug("returns")))
    client = await rooms.client(rooms.app(ROUTER), Role.VIEWER)
    for path in (PATH.replace(WORKFLOW, "nowhere"), f"{PATH}?execution_id=x9", f"{PATH}?execution_id=elsewhere"):
        assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", f"after={2**63}", f"after={'9' * 400}", "limit=0", "limit=201"]
)
async def test_a_query_that_cannot_be_used_is_refused(rooms: Rooms, query: str) -> None:
    client = await rooms.client(rooms.app(ROUTER), Role.VIEWER)
    assert (await client.get(f"{PATH}?{query}")).status_code == 422


async def test_nobody_sees_events_without_a_credential(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(ROUTER), None)
    assert (await client.get(PATH)).status_code == 401
