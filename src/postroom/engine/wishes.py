"""Wishes: what people asked of executions that are under way, and the workflows that they paused."""

import structlog

from postroom.engine.conclude import Hold
from postroom.engine.control import Control
from postroom.engine.slots import Slots
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.control import Request, Wish
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug

log = structlog.get_logger()


class Wishes:
    """Carries requests out: at once where nothing runs, else at the next border between two nodes."""

    def __init__(self, stores: Stores, control: Control, slots: Slots) -> None:
        self._stores = stores
        self._control = control
        self._slots = slots
        self._wishes: dict[ExecutionId, Wish] = {}
        self._paused: frozenset[WorkflowSlug] = frozenset()

    @property
    def paused_workflows(self) -> frozenset[WorkflowSlug]:
        """The workflows that are held back, as of the last look at the store."""
        return self._paused

    def hold_of(self, execution: Execution) -> Hold | None:
        """Return why a run must start no further node, None where it may."""
        wish = self._wishes.get(execution.id)
        if wish is not None:
            return Hold.CANCEL if wish is Wish.CANCEL else Hold.PAUSE
        return Hold.WORKFLOW_PAUSED if execution.workflow in self._paused else None

    def forget(self, execution_id: ExecutionId) -> bool:
        """Forget what was wished of an execution of which nothing runs any more; False where nothing was."""
        return self._wishes.pop(execution_id, None) is not None

    async def look_at_pauses(self) -> None:
        """Learn which workflows are paused."""
        self._paused = await self._stores.controls.paused_workflows()

    async def look(self) -> None:
        """Learn what is paused and carry out every request that the store holds."""
        await self.look_at_pauses()
        for request in await self._stores.controls.requests():
            await self._fulfil(request)

    async def _fulfil(self, request: Request) -> None:
        # A wish for what is under way stays in the store until it has come true, so that no crash swallows it.
        execution_id, wish = request.execution_id, request.wish
        if execution_id in self._slots:
            if wish in {Wish.PAUSE, Wish.CANCEL}:
                if self._wishes.get(execution_id) is not Wish.CANCEL:
                    self._wishes[execution_id] = wish
                return
            if wish is Wish.RESUME and self._wishes.get(execution_id) is Wish.PAUSE:
                return
        try:
            fulfilled = await self._control.fulfil(request)
            if not fulfilled and wish in {Wish.PAUSE, Wish.CANCEL} and await self._is_running(execution_id):
                return
        except NotFoundError:
            fulfilled = False
        if not fulfilled:
            log.warning("request_has_no_effect", execution=execution_id, wish=wish.value)
        await self._stores.controls.done(request)

    async def _is_running(self, execution_id: ExecutionId) -> bool:
        return (await self._stores.executions.get(execution_id)).status is ExecutionStatus.RUNNING
