"""What every implementation of `Controls` does."""

from dataclasses import replace

from contracts.store_nouns import SUPPORT, at
from postroom.interfaces.stores import Stores
from postroom.model.control import Process, Request, Wish
from postroom.model.execution import ExecutionId
from postroom.model.workflow import WorkflowSlug


class ControlsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_sending_is_halted_until_it_is_allowed(self, stores: Stores) -> None:
        assert not await stores.controls.sending_halted()
        for _ in range(2):
            await stores.controls.halt_sending()
        assert await stores.controls.sending_halted()
        for _ in range(2):
            await stores.controls.allow_sending()
        assert not await stores.controls.sending_halted()

    async def test_workflows_are_paused_until_they_are_resumed(self, stores: Stores) -> None:
        for slug in (SUPPORT, SUPPORT, WorkflowSlug("other")):
            await stores.controls.pause_workflow(slug)
        assert await stores.controls.paused_workflows() == {"support", "other"}
        await stores.controls.resume_workflow(SUPPORT)
        assert await stores.controls.paused_workflows() == {"other"}

    async def test_a_request_stands_once_until_it_is_done(self, stores: Stores) -> None:
        pause = Request(execution_id=ExecutionId("x1"), wish=Wish.PAUSE, by="kim", at=at(1))
        cancel = replace(pause, wish=Wish.CANCEL, at=at(2))
        for request in (pause, replace(pause, by="lee"), cancel):
            await stores.controls.ask(request)
        assert await stores.controls.requests() == (pause, cancel)
        assert await stores.controls.requests(limit=1) == (pause,)
        for _ in range(2):
            await stores.controls.done(pause)
        assert await stores.controls.requests() == (cancel,)

    async def test_processes_are_listed_by_their_last_heart_beat(self, stores: Stores) -> None:
        first = Process(executor_id="a", host="h", pid=1, beat_at=at(1))
        second = Process(executor_id="b", host="h", pid=2, beat_at=at(2))
        for process in (first, second):
            await stores.controls.beat(process)
        assert await stores.controls.processes(since=at(1)) == (first, second)
        assert await stores.controls.processes(since=at(2)) == (second,)
        again = replace(first, pid=3, beat_at=at(3))
        await stores.controls.beat(again)
        assert await stores.controls.processes(since=at(2)) == (again, second)

    async def test_a_process_that_ends_in_good_order_is_gone_at_once(self, stores: Stores) -> None:
        await stores.controls.beat(Process(executor_id="a", host="h", pid=1, beat_at=at(1)))
        await stores.controls.leave("a")
        await stores.controls.leave("never there")
        assert await stores.controls.processes(since=at(1)) == ()
