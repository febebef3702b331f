"""One e-mail gets one answer, however many executions of it people approve; a second one only where they want it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.house import eventually
from journeys.letters import HELP, letter
from journeys.rooms import maildir_settings, working
from journeys.shop import copy_articles
from postroom.actions import decide
from postroom.actions.control import ask
from postroom.actions.desk import Desk
from postroom.actions.execute import ExecutionOrder, execute_stored
from postroom.actions.queue import sheet
from postroom.actions.rerun import rerun
from postroom.actions.sequel import sequel
from postroom.bootstrap import Postroom
from postroom.engine.runtime import Engine
from postroom.errors import ConflictError
from postroom.intake.receive import receive_once
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Claim, Delivery, SendResult
from postroom.interfaces.stores import Stores
from postroom.model.control import Wish
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.reply import OutgoingEmail
from postroom.model.review import Review, ReviewStatus, Verdict
from postroom.model.workflow import WorkflowSlug
from postroom.outbox.question import ANOTHER_IS_OUT
from postroom.settings import Settings

S = ExecutionStatus


@dataclass(slots=True)
class Refusing:
    """A sender that refuses everything after it has claimed it."""

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        granted = await claim()
        if granted is not Claim.GRANTED:
            return SendResult(delivery=Delivery.NOT_CLAIMED, claim=granted)
        return SendResult(delivery=Delivery.REFUSED, detail="550 no")

    async def find(self, message_id: str) -> bool | None:
        return None

    async def check(self) -> str:
        return "refuses"

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Room:
    """A working Postroom in mode review that has received one letter, and what it sent."""

    postroom: Postroom
    engine: Engine
    settings: Settings

    @property
    def stores(self) -> Stores:
        """Its stores."""
        return self.postroom.stores

    @property
    def desk(self) -> Desk:
        """The desk of Ann."""
        return Desk(stores=self.stores, clock=SystemClock(), by="ann")

    @property
    def order(self) -> ExecutionOrder:
        """An order that is no dry run, by the mailboxes as they are now."""
        slug = WorkflowSlug("customer_support")
        return ExecutionOrder(workflow=slug, dry_run=False, mailboxes=self.postroom.services.mailboxes)

    def set_mode(self, mode: Mode) -> None:
        """Let the mailbox of the settings have another mode from now on."""
        known = self.postroom.services.mailboxes
        assert isinstance(known, dict)
        changed: dict[str, Mailbox] = {name: replace(mailbox, mode=mode) for name, mailbox in known.items()}
        known.update(changed)

    async def receive(self) -> Execution:
        """Receive the letter and execute it."""
        (Path(self.settings.mailbox_path or "") / "new" / "1.mail").write_bytes(letter()[0])
        assert await receive_once(self.postroom.reception(self.engine)) == 1
        return await self.until((await self.stores.executions.list()).rows[0].id, S.WAITING)

    async def beside(self, first: Execution) -> Execution:
        """Return a second execution that waits beside the first, as two that begin at the same moment do."""
        made = replace(first, id=ExecutionId("ex_beside"), status=S.QUEUED, run=1, final_state=None, progress=None)
        assert await self.stores.executions.add(made)
        return made

    async def until(self, execution_id: ExecutionId, status: ExecutionStatus) -> Execution:
        """Return the execution when it stands so; a test that hangs fails by its time-out."""

        async def reached() -> bool:
            self.engine.wake()
            return (await self.stores.executions.get(execution_id)).status is status

        await eventually(reached)
        return await self.stores.executions.get(execution_id)

    async def question(self, execution_id: ExecutionId) -> Review:
        """Return the only open question about an execution, when there is one."""

        async def asked() -> bool:
            return len(await self._open(execution_id)) == 1

        await eventually(asked)
        await self.until(execution_id, S.WAITING)
        return (await self._open(execution_id))[0]

    async def _open(self, execution_id: ExecutionId) -> list[Review]:
        found = await self.stores.reviews.of_execution(execution_id)
        return [review for review in found if review.status is ReviewStatus.OPEN]

    async def approve(self, execution_id: ExecutionId) -> None:
        """Approve the open question about an execution."""
        await decide.approve(self.desk, (await self.question(execution_id)).id)

    def sent(self) -> int:
        """Return how many letters went out."""
        folder = self.settings.outbox_dir
        return len(list(folder.rglob("*.eml"))) if folder.exists() else 0


@pytest.fixture
async def room(tmp_path: Path, models: Path) -> AsyncIterator[Room]:
    """A room in which a person approves every reply, at first."""
    copy_articles(tmp_path / "articles")
    settings = maildir_settings(tmp_path, models, "review").model_copy(
        update={"articles_dir": tmp_path / "articles", "mailbox_address": HELP}
    )
    async with working(settings) as (postroom, engine):
        await postroom.stores.workflows.save(postroom.workflow, at=SystemClock().now())
        yield Room(postroom=postroom, engine=engine, settings=settings)


async def test_of_two_reviews_about_one_mail_that_are_both_approved_one_is_sent(room: Room) -> None:
    first = await room.receive()
    second = await room.beside(first)
    await room.question(second.id)
    await room.approve(first.id)
    await room.until(first.id, S.SUCCEEDED)
    await room.approve(second.id)
    asked = await room.question(second.id)
    assert (ANOTHER_IS_OUT in asked.reason, room.sent()) == (True, 1)
    (reply,) = await room.stores.outbox.of_execution(first.id)
    assert reply.id in {one.id for one in (await sequel(room.stores, await sheet(room.stores, asked.id))).replies}
    # Whoever knows of the first may still send a second one.
    await decide.approve(room.desk, asked.id)
    await room.until(second.id, S.SUCCEEDED)
    assert room.sent() == 2


async def test_of_two_reviews_about_one_mail_that_are_approved_at_the_same_time_one_is_sent(room: Room) -> None:
    first = await room.receive()
    second = await room.beside(first)
    asked = [await room.question(one.id) for one in (first, second)]
    async with room.engine._turn:
        for review in asked:
            await decide.approve(room.desk, review.id)

    async def over() -> bool:
        room.engine.wake()
        found = [await room.stores.executions.get(one.id) for one in (first, second)]
        return sorted(one.status for one in found) == [S.SUCCEEDED, S.WAITING]

    await eventually(over)
    assert room.sent() == 1


async def test_an_approval_that_waited_in_a_pause_is_not_sent_after_another_execution_answered(room: Room) -> None:
    first = await room.receive()
    with pytest.raises(ConflictError, match=first.id):
        await execute_stored(room.desk, room.order, first.email_id)
    asked = await room.question(first.id)
    await ask(room.desk, first.id, Wish.PAUSE)
    await room.until(first.id, S.PAUSED)
    await decide.approve(room.desk, asked.id)
    room.set_mode(Mode.AUTOMATIC)
    second = await room.beside(first)
    await room.until(second.id, S.SUCCEEDED)
    assert room.sent() == 1
    await ask(room.desk, first.id, Wish.RESUME)
    again = await room.question(first.id)
    assert (again.id != asked.id, ANOTHER_IS_OUT in again.reason, room.sent()) == (True, True, 1)
    await decide.reject(room.desk, again.id)
    await room.until(first.id, S.SUCCEEDED)
    assert room.sent() == 1


async def test_what_failed_is_not_sent_by_a_retry_after_its_rerun_was_answered(room: Room) -> None:
    senders = room.postroom.services.senders
    assert isinstance(senders, dict)
    ((name, real),) = senders.items()
    senders[name] = Refusing()
    first = await room.receive()
    await room.approve(first.id)
    await room.until(first.id, S.FAILED)
    senders[name] = real
    second = (await rerun(room.desk, room.order, first.id)).executions[0].execution_id
    await room.approve(second)
    await room.until(second, S.SUCCEEDED)
    await ask(room.desk, first.id, Wish.RETRY)
    asked = await room.question(first.id)
    assert (asked.decision, ANOTHER_IS_OUT in asked.reason, room.sent()) == (None, True, 1)
    await decide.edit(room.desk, asked.id, text="One more thing.")
    await room.until(first.id, S.SUCCEEDED)
    assert room.sent() == 2
    found = await room.stores.reviews.get(asked.id)
    assert found.decision is not None
    assert found.decision.verdict is Verdict.EDIT
