from dataclasses import replace

import pytest

from contracts.store_nouns import SUPPORT, at, execution, reply, workflow
from postroom.actions.control import allow_sending, ask, pause_workflow, resume_workflow, sending, stop_sending
from postroom.actions.desk import Desk
from postroom.errors import ConflictError, NotFoundError
from postroom.model.control import Wish
from postroom.model.execution import ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug

ALLOWED = {
    Wish.PAUSE: {"queued", "running", "waiting"},
    Wish.RESUME: {"paused"},
    Wish.CANCEL: {"queued", "running", "waiting", "paused"},
    Wish.RETRY: {"failed"},
}


@pytest.mark.parametrize("wish", list(Wish))
@pytest.mark.parametrize("status", list(ExecutionStatus))
async def test_a_wish_is_left_for_the_engine_only_where_it_can_be_carried_out(
    desk: Desk, wish: Wish, status: ExecutionStatus
) -> None:
    one = execution("execution-1", status=status)
    await desk.stores.executions.add(one)
    if status.value in ALLOWED[wish]:
        asked = await ask(desk, one.id, wish)
        assert await desk.stores.controls.requests() == (asked.request,)
        assert (asked.request.by, asked.status) == ("ann", status)
    else:
        with pytest.raises(ConflictError, match=f"is {status.value}"):
            await ask(desk, one.id, wish)
        assert await desk.stores.controls.requests() == ()


async def test_a_wish_for_nothing_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        await ask(desk, ExecutionId("nothing"), Wish.PAUSE)


async def test_a_workflow_is_paused_once_and_resumed_once(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    with pytest.raises(ConflictError, match="is not paused"):
        await resume_workflow(desk.stores, SUPPORT)
    assert (await pause_workflow(desk.stores, SUPPORT)).paused
    with pytest.raises(ConflictError, match="paused already"):
        await pause_workflow(desk.stores, SUPPORT)
    assert not (await resume_workflow(desk.stores, SUPPORT)).paused
    assert await desk.stores.controls.paused_workflows() == frozenset()


async def test_an_unknown_workflow_cannot_be_paused(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        await pause_workflow(desk.stores, WorkflowSlug("nothing"))


async def test_sending_can_be_stopped_and_allowed_as_often_as_one_likes(desk: Desk) -> None:
    await desk.stores.outbox.add(replace(reply("reply-1"), conversation_version=1))
    for _ in range(2):
        assert (await stop_sending(desk.stores)).halted
    assert (await sending(desk.stores)).pending == 1
    for _ in range(2):
        assert not (await allow_sending(desk.stores)).halted
