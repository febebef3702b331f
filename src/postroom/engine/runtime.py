"""The engine at work: starts queued executions, recovers those a crash cut off, and does what people ask for."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import structlog
from dbos import DBOS
from sqlalchemy import Engine as DatabaseEngine

from postroom.engine.beat import beat
from postroom.engine.control import Control
from postroom.engine.execution import work_with
from postroom.engine.fast_journal import FastJournal
from postroom.engine.journal import Journal, hasten, journal_config, journal_engine
from postroom.engine.loops import attempt, every_so_often
from postroom.engine.plan import NodeTypes, Plans
from postroom.engine.queue import RUNNING, Queue
from postroom.engine.reminders import Backoff, remind, tell_alarms
from postroom.engine.run import Run
from postroom.engine.slots import Slots
from postroom.engine.wishes import Wishes
from postroom.errors import PostroomError
from postroom.interfaces.codec import decode
from postroom.interfaces.node import Services
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.workflow import WorkflowSlug

log = structlog.get_logger()

BEAT_SECONDS = 5.0
SWEEP_SECONDS = 30.0
SENDING_SECONDS = 5.0
GRACE_SECONDS = 10.0
MAX_BROKEN_RUNS = 3
"""How often in this process an execution may break on what may pass before a person is asked."""


def _a_quarter_of_an_hour() -> timedelta:
    return timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """How the engine works: its name, how many executions run at once, how often it looks for work, reminders.

    `remind_after` is asked each time, as it may change while the engine works.
    """

    executor_id: str = "local"
    parallel: int = 10
    poll_seconds: float = 0.25
    remind_after: Callable[[], timedelta] = _a_quarter_of_an_hour


class Engine:
    """Runs executions until stopped. One per process, because DBOS is."""

    def __init__(
        self, *, journal: Journal, services: Services, types: NodeTypes, options: EngineOptions | None = None
    ) -> None:
        self._journal = journal
        self._database: DatabaseEngine | None = None
        self._fast: FastJournal | None = None
        self._services = services
        self._stores = services.stores
        self._options = options or EngineOptions()
        self._plans = Plans(services.stores.workflows, types)
        self._control = Control(services.stores, services.clock, drawn=services.assurance.drawn)
        self._patience = Backoff()
        self._slots = Slots(self._options.parallel)
        self._wishes = Wishes(services.stores, self._control, self._slots)
        self._queue = Queue(self._stores, self._plans, self._control, self._slots, rest=self._rest)
        self._broken: dict[ExecutionId, int] = {}
        self._halted = True
        self._wake = asyncio.Event()
        # Held while states are changed or executions begun, so that nothing begins that was just cancelled.
        self._turn = asyncio.Lock()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Recover what a crash cut off and begin to work.

        Raises:
            StoreError: the store cannot be reached.
        """
        work_with(self._run_order)
        await self._wishes.look_at_pauses()
        self._database = journal_engine(self._journal)
        DBOS(config=journal_config(self._database, self._options.executor_id))
        # On this thread: DBOS then runs recovered executions on this event loop, too.
        DBOS.launch()
        self._fast = hasten(self._journal)
        await self._queue.sweep()
        self._loops = [
            asyncio.create_task(every_so_often(self._options.poll_seconds, self._in_turn(self._look), self._wake)),
            asyncio.create_task(every_so_often(BEAT_SECONDS, self._in_turn(self._queue.refill), self._slots.room)),
            asyncio.create_task(every_so_often(SWEEP_SECONDS, self._in_turn(self._queue.sweep))),
            asyncio.create_task(every_so_often(SENDING_SECONDS, self._in_turn(self._continue_sending))),
            asyncio.create_task(every_so_often(BEAT_SECONDS, self._beat)),
            # Out of turn: a notifier that hangs must not keep executions from beginning.
            asyncio.create_task(every_so_often(SWEEP_SECONDS, self._tell)),
        ]

    async def stop(self) -> None:
        """Start nothing more, let what runs end for a while, and let go; the next start recovers what is cut off."""
        self._queue.close()
        async with self._turn:
            # In turn, so that nothing is cut off half begun.
            for loop in self._loops:
                loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                while len(self._slots):
                    self._slots.idle.clear()
                    await self._slots.idle.wait()
        await self._stores.controls.leave(self._options.executor_id)
        await asyncio.to_thread(DBOS.destroy)
        # DBOS made its own thread pool the loop's default and has just closed it.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(thread_name_prefix="postroom"))
        work_with(None)
        if self._fast is not None:
            self._fast.close()
        if self._database is not None:
            self._database.dispose()

    @property
    def paused_workflows(self) -> frozenset[WorkflowSlug]:
        """The workflows that the engine holds back, as of its last look at the store."""
        return self._wishes.paused_workflows

    def wake(self) -> None:
        """Look for work now: something was accepted, decided or asked for in this process."""
        self._wake.set()

    async def quiet(self) -> None:
        """Return when nothing is queued or running (waiting and paused executions rest)."""
        await self.calm(below=1)

    async def calm(self, *, below: int) -> None:
        """Return when fewer than `below` executions are queued or running."""
        while True:
            self._slots.idle.clear()
            executions = self._stores.executions
            # In the order that an execution goes through them: one that moves on meanwhile is met again. What is
            # recovered after a crash runs by the store before it is in flight here.
            under_way = {each.id for each in await executions.queued(limit=below)}
            under_way.update(each.id for each in (await executions.list(RUNNING, limit=below)).rows)
            under_way.update(self._slots.under_way())
            if len(under_way) < below:
                return
            self.wake()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.poll_seconds):
                    await self._slots.idle.wait()

    # ---- what DBOS calls

    async def _run_order(self, order: str) -> str:
        execution = decode(Execution, order)
        recovered = self._slots.enter(execution)
        try:
            if recovered and (over := await self._already_over(execution)) is not None:
                return over
            plan = await self._plans.get(execution.workflow, execution.version)
            stored = await self._stores.emails.get(execution.email_id)
            run = Run(order=execution, plan=plan, stored=stored, services=self._services, hold_of=self._wishes.hold_of)
            ended = await run.to_its_end()
            self._broken.pop(execution.id, None)
            if ended.status is ExecutionStatus.CANCELLED:
                await self._control.clean_up(ended)
        except PostroomError as error:
            return await self._run_later(execution, error)
        else:
            return ended.status
        finally:
            self._rest(execution)

    async def _run_later(self, execution: Execution, error: PostroomError) -> ExecutionStatus:
        """Queue a run again that broke for a reason that may pass, a few times; else bring it before a person."""
        times = self._broken[execution.id] = self._broken.get(execution.id, 0) + 1
        if error.retryable and times < MAX_BROKEN_RUNS:
            log.warning("run_broke", execution=execution.id, problem=error.message, hint=error.hint)
            await self._stores.executions.requeue(execution.id, run=execution.run + 1, status=ExecutionStatus.RUNNING)
            return ExecutionStatus.QUEUED
        self._broken.pop(execution.id, None)
        await self._control.set_aside(execution, f"{error.message} {error.hint}")
        return ExecutionStatus.FAILED

    def _rest(self, execution: Execution) -> None:
        self._slots.leave(execution)
        if self._wishes.forget(execution.id):
            # What was wished is settled now that nothing runs.
            self._wake.set()

    async def _already_over(self, order: Execution) -> ExecutionStatus | None:
        # A crash can fall between the end of a run in the store and in the journal, and people may have stopped the
        # execution since. In turn: a stop that is being carried out just now is seen.
        async with self._turn:
            present = await self._stores.executions.get(order.id)
        under_way = {ExecutionStatus.QUEUED, ExecutionStatus.RUNNING}
        return None if present.run == order.run and present.status in under_way else present.status

    # ---- looking for work

    def _in_turn(self, look: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def look_in_turn() -> None:
            async with self._turn:
                await look()

        return look_in_turn

    async def _look(self) -> None:
        """Do what people asked for and decided since the last look, then begin what is queued.

        Each part on its own: a row that cannot be read must not keep the others from being looked at.
        """
        for part in (self._wishes.look, self._look_at_decisions, self._look_at_sending, self._queue.begin_anew):
            await attempt(part)

    async def _look_at_decisions(self) -> None:
        for review in await self._stores.reviews.decided(at=self._services.clock.now()):
            if ExecutionId(review.execution_id) not in self._slots:
                await self._control.carry_out(review.id)

    async def _look_at_sending(self) -> None:
        halted = await self._stores.controls.sending_halted()
        if self._halted and not halted:
            await self._control.continue_sending()
        self._halted = halted

    async def _continue_sending(self) -> None:
        if not self._halted:
            await self._control.continue_sending()

    async def _tell(self) -> None:
        # Each on its own: what keeps reviews from being read must not silence an alarm.
        await attempt(lambda: tell_alarms(self._services, self._patience))
        await attempt(lambda: remind(self._services, after=self._options.remind_after()))

    async def _beat(self) -> None:
        await beat(self._stores.controls, self._services.clock, executor_id=self._options.executor_id)
