"""Control of executions that are not running: pause, resume, cancel, retry, and the decisions of people."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import structlog

from postroom.engine.conclude import final_state
from postroom.engine.failure_review import failure_review
from postroom.errors import NotFoundError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.learning.audit import conclude_audit, conclude_draft
from postroom.model.control import Request, Wish
from postroom.model.execution import Event, EventKind, Execution, ExecutionId, ExecutionStatus, FinalState
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.outbox.question import cut_off_question

log = structlog.get_logger()

_CANCELLED = {ReplyState.PENDING: ReplyState.WITHDRAWN, ReplyState.SENDING: ReplyState.UNCERTAIN}
PAGE = 200
DUE_PER_LOOK = 2 * PAGE
STOPPABLE = frozenset({ExecutionStatus.QUEUED, ExecutionStatus.WAITING, ExecutionStatus.PAUSED})


def _nothing(execution_id: ExecutionId) -> bool:
    del execution_id
    return False


class Control:
    """Changes where an execution stands, by compare-and-set on the store.

    `drawn` tells which executions belong to the random share that people judge whatever comes of them.
    """

    def __init__(self, stores: Stores, clock: Clock, *, drawn: Callable[[ExecutionId], bool] = _nothing) -> None:
        self._stores = stores
        self._clock = clock
        self._drawn = drawn
        self._met: str | None = None

    async def fulfil(self, request: Request) -> bool:
        """Carry out a request on an execution that is not running; False where its state does not allow it."""
        execution = await self._stores.executions.get(request.execution_id)
        match request.wish:
            case Wish.PAUSE if execution.status in {ExecutionStatus.QUEUED, ExecutionStatus.WAITING}:
                return await self._stop(execution, ExecutionStatus.PAUSED)
            case Wish.CANCEL if execution.status in STOPPABLE:
                return await self._stop(execution, ExecutionStatus.CANCELLED)
            case Wish.CANCEL if execution.status is ExecutionStatus.CANCELLED:
                # It was cut off between the two, or the run ended with it.
                await self.clean_up(execution)
                return True
            case Wish.PAUSE if execution.status is ExecutionStatus.PAUSED:
                return True
            case Wish.RESUME if execution.status is ExecutionStatus.PAUSED:
                return await self._go_on(execution)
            case Wish.RETRY if execution.status is ExecutionStatus.FAILED:
                for review in await self._stores.reviews.of_execution(execution.id):
                    # The other questions stay as they are: the nodes that asked them find them again.
                    if review.kind is ReviewKind.FAILURE and review.status is not ReviewStatus.CLOSED:
                        await self._stores.reviews.close(review.id)
                return await self._go_on(execution)
            case _:
                return False

    async def carry_out(self, review_id: ReviewId) -> bool:
        """Make the decision of a review final, continue what waits for it, then close the review.

        False where nothing is to be carried out (any more), as it was taken back or is not due yet, and where it must
        be looked at again.
        """
        if not await self._stores.reviews.finalise(review_id, at=self._clock.now()):
            return False
        # Read behind that border: from here on the decision stays as it is.
        review = await self._stores.reviews.get(review_id)
        try:
            execution = await self._stores.executions.get(ExecutionId(review.execution_id))
        except NotFoundError:
            log.warning("review_of_nothing", review=review.id, execution=review.execution_id)
            await self._stores.reviews.close(review.id)
            return True
        decision = review.final_decision
        if review.kind is ReviewKind.AUDIT:
            return await conclude_audit(self._stores, review.id)
        if review.kind is ReviewKind.FAILURE:
            if decision is not None and decision.verdict is Verdict.APPROVE:
                await self._go_on_if(execution, ExecutionStatus.FAILED)
        elif not (
            # Where nothing runs by itself now, a later run finds the decision with the closed review.
            execution.status.settled
            or execution.status is ExecutionStatus.PAUSED
            or self._has_it(execution, review)
            or await self._go_on_if(execution, ExecutionStatus.WAITING)
        ):
            return False
        if execution.status.settled:
            await conclude_draft(self._stores, review, drawn=self._drawn)
        await self._stores.reviews.close(review.id)
        return True

    async def set_aside(self, execution: Execution, reason: str) -> None:
        """Fail an execution that the engine cannot run, and ask a person about it."""
        now = self._clock.now()
        for review in await self._stores.reviews.of_execution(execution.id):
            await conclude_draft(self._stores, review, drawn=self._drawn)
        await self._stores.reviews.add(failure_review(execution, node_id="", reason=reason, at=now))
        failed = replace(
            execution,
            status=ExecutionStatus.FAILED,
            final_state=_state_of(execution, ExecutionStatus.FAILED),
            updated_at=now,
        )
        event = Event(
            execution_id=execution.id,
            node_id="",
            attempt=execution.run,
            kind=EventKind.EXECUTION_FAILED,
            at=now,
            note=reason,
            workflow=execution.workflow,
        )
        await self._stores.executions.settle(failed, (event,))

    async def continue_sending(self) -> int:
        """Continue executions whose reply is pending and may now be sent; return how many.

        One look reads at most `DUE_PER_LOOK` replies that are due and the next one goes on behind them, from the
        beginning again after the last: however many wait, a look costs the same; what cannot go on (its execution is
        gone, or failed) keeps no other from it; and a reply that was not parked yet is met again.
        """
        count = read = 0
        while read < DUE_PER_LOOK:
            looked_at = self._clock.now()
            page = await self._stores.outbox.due(at=looked_at, after=self._met, limit=PAGE)
            self._met = page.next_cursor
            read += PAGE
            for reply_id in page.rows:
                count += await self._continue_with(reply_id, looked_at)
            if self._met is None:
                break
        return count

    async def _continue_with(self, reply_id: ReplyId, looked_at: datetime) -> bool:
        # A reply's id begins with its execution's; an edition may follow the node.
        try:
            execution = await self._stores.executions.get(ExecutionId(reply_id.partition("/")[0]))
        except NotFoundError:
            log.warning("reply_of_nothing", reply=reply_id)
            return False
        if looked_at <= execution.updated_at <= self._clock.now():
            # Its run has ended since, and may just have parked the reply that was due: it is met again. One that ended
            # later than now did so before the clock was set back.
            return False
        parked = execution.progress.outcomes.values() if execution.progress else ()
        if not any(outcome.waiting_for == "sending" for outcome in parked):
            return False
        return await self._go_on_if(execution, ExecutionStatus.WAITING)

    async def clean_up(self, execution: Execution) -> None:
        """Close the reviews and settle the replies of a cancelled execution, of which nothing runs any more.

        What was not handed over is withdrawn; what a crash cut off while it was is uncertain for good. A question what
        became of a reply stays open, and is asked of what was cut off: somebody has to look. Where a person wanted it
        sent again and that was not final yet, it is open again, as nothing is sent any more. Audits stay open, too:
        what they ask about was sent.
        """
        for review in await self._stores.reviews.of_execution(execution.id):
            # What was decided teaches what it does, although nothing follows from it any more.
            await conclude_draft(self._stores, review, drawn=self._drawn)
            if review.kind is ReviewKind.UNCERTAIN_SEND:
                await self._take_back(review)
            elif review.kind is not ReviewKind.AUDIT and review.status is not ReviewStatus.CLOSED:
                await self._stores.reviews.close(review.id)
        for reply in await self._stores.outbox.of_execution(execution.id):
            if reply.state is ReplyState.SENDING:
                # Asked first: a crash in between only asks again.
                await self._stores.reviews.add(cut_off_question(execution, reply, at=self._clock.now()))
            after = _CANCELLED.get(reply.state)
            if after is not None:
                await self._stores.outbox.settle(reply.id, before=reply.state, after=after, detail="Cancelled.")

    async def _take_back(self, review: Review) -> None:
        """Open a question again whose decision to send was not final; a rejection says that somebody has looked."""
        decision = review.decision
        if decision is None or decision.final or decision.verdict is Verdict.REJECT:
            return
        if await self._stores.reviews.undo(review.id, by=decision.by):
            await self._stores.reviews.release(review.id, by=decision.by)

    async def _stop(self, execution: Execution, status: ExecutionStatus) -> bool:
        cancelled = status is ExecutionStatus.CANCELLED
        stopped = replace(
            execution,
            status=status,
            final_state=_state_of(execution, status),
            updated_at=self._clock.now(),
        )
        kind = EventKind.EXECUTION_CANCELLED if cancelled else EventKind.EXECUTION_PAUSED
        event = Event(
            execution_id=execution.id,
            node_id="",
            attempt=execution.run,
            kind=kind,
            at=self._clock.now(),
            workflow=execution.workflow,
        )
        changed = await self._stores.executions.settle(stopped, (event,))
        if changed and cancelled:
            await self.clean_up(stopped)
        return changed

    async def _go_on(self, execution: Execution) -> bool:
        return await self._stores.executions.requeue(execution.id, run=execution.run + 1, status=execution.status)

    async def _go_on_if(self, execution: Execution, status: ExecutionStatus) -> bool:
        return execution.status is status and await self._go_on(execution)

    @staticmethod
    def _has_it(execution: Execution, review: Review) -> bool:
        """Return whether a run has already begun with this decision."""
        given = execution.progress.decisions if execution.progress else {}
        return any(decision == review.final_decision for decision in given.values())


def _state_of(execution: Execution, status: ExecutionStatus) -> FinalState | None:
    return final_state(status, execution.progress.outcomes if execution.progress else {})
