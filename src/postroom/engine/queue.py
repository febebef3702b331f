"""The queue: begins what waits in the store while there is room, and finds runs that went missing."""

from collections import deque
from collections.abc import Callable

from dbos import DBOS, SetWorkflowID

from postroom.engine.control import Control
from postroom.engine.execution import execute
from postroom.engine.journal import begun_before
from postroom.engine.order import order_for
from postroom.engine.plan import Plans
from postroom.engine.slots import Slots, run_id
from postroom.errors import PostroomError
from postroom.interfaces.codec import encode
from postroom.interfaces.stores import Stores
from postroom.model.execution import Execution, ExecutionFilter, ExecutionStatus

BACKLOG = 100
RUNNING = ExecutionFilter(status=ExecutionStatus.RUNNING)
STRANDED = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "SUCCESS"})


class Queue:
    """Begins queued executions, oldest first; its methods must not run at the same time as each other.

    `rest` is called for a run that could not be begun.
    """

    def __init__(
        self, stores: Stores, plans: Plans, control: Control, slots: Slots, *, rest: Callable[[Execution], None]
    ) -> None:
        self._stores = stores
        self._plans = plans
        self._control = control
        self._slots = slots
        self._rest = rest
        self._backlog: deque[Execution] = deque()
        self._closed = False

    def close(self) -> None:
        """Begin nothing any more."""
        self._closed = True

    async def begin_anew(self) -> None:
        """Forget what was read of the queue, and begin what is in it now."""
        # What was just paused or cancelled may be in it.
        self._backlog.clear()
        await self.refill()

    async def refill(self) -> None:
        """Begin as many queued executions as there is room for, oldest first."""
        if self._closed:
            return
        if self._slots.free > 0 and not self._backlog:
            queued = await self._stores.executions.queued(limit=BACKLOG + self._slots.given)
            self._backlog.extend(execution for execution in queued if not self._slots.has_begun(execution))
        room = self._slots.free
        while room > 0 and self._backlog:
            room -= 1
            await self._begin(self._backlog.popleft())

    async def sweep(self) -> None:
        """Find what runs by the store but not here, after a crash or beside a broken run, and let it be begun again."""
        page = await self._stores.executions.list(RUNNING, limit=1000)
        for execution in page.rows:
            if execution.id not in self._slots:
                await self._look_after(execution)

    async def _begin(self, execution: Execution) -> None:
        if execution.id in self._slots:
            return
        self._slots.give(execution)
        try:
            order = await order_for(execution, reviews=self._stores.reviews, plans=self._plans)
            with SetWorkflowID(run_id(execution)):
                handle = await DBOS.start_workflow_async(execute, encode(order))
        except PostroomError as error:
            self._rest(execution)
            if error.retryable:
                raise
            await self._control.set_aside(execution, f"{error.message} {error.hint}")
            return
        except BaseException:
            # Whatever the journal raises: the execution is still queued and must be begun later.
            self._rest(execution)
            raise
        if begun_before(handle):
            self._slots.give_back(execution)
            await self._look_after(execution)

    async def _look_after(self, execution: Execution) -> None:
        # By the store it runs or may begin, but nothing runs here: the journal knows whether it is being recovered.
        status = await DBOS.get_workflow_status_async(run_id(execution))
        # Read last: what the journal calls ended is ended in the store already, unless the run broke.
        present = await self._stores.executions.get(execution.id)
        if execution.id in self._slots or (present.run, present.status) != (execution.run, execution.status):
            return
        execution = present
        if status is None:
            await self._stores.executions.requeue(execution.id, run=execution.run + 1, status=execution.status)
        elif status.status in STRANDED:
            await self._control.set_aside(execution, f"The journal knows this run as {status.status} already.")
