"""Uploads and executions on demand, on the real engine, where a mail of a customer would be answered at once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.house import eventually
from journeys.letters import HELP, letter
from journeys.rooms import maildir_settings, working
from journeys.shop import copy_articles
from postroom.actions import decide
from postroom.actions.desk import Desk
from postroom.actions.execute import ExecutionOrder, execute_stored
from postroom.actions.once import OnceKey
from postroom.actions.upload import Upload, execute_upload
from postroom.bootstrap import Postroom
from postroom.engine.runtime import Engine
from postroom.errors import ConflictError, StoreError
from postroom.intake.receive import receive_once
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.ledger import Ledger
from postroom.mime.content_hash import content_hash
from postroom.model.email import EmailId
from postroom.model.execution import ExecutionId, ExecutionStatus, FinalState
from postroom.model.ledger import Acceptance, Arrival
from postroom.model.reply import ReplyState
from postroom.model.review import Review, ReviewKind
from postroom.model.workflow import WorkflowSlug
from postroom.settings import Settings

SLUG = WorkflowSlug("customer_support")
FORGED = "Ann Weber <ann@customer.example>"


@dataclass(slots=True)
class Room:
    """A working Postroom in mode automatic, and what it sent."""

    postroom: Postroom
    engine: Engine
    settings: Settings
    maildir: Path
    received: int = field(default=0)

    @property
    def desk(self) -> Desk:
        """The desk of Ann."""
        return Desk(stores=self.postroom.stores, clock=SystemClock(), by="ann")

    @property
    def stores(self) -> Stores:
        """Its stores."""
        return self.postroom.stores

    def order(self, *, dry_run: bool, key: str = "") -> ExecutionOrder:
        """Return an order for the workflow of the mailbox."""
        once = OnceKey(key=f"ann/{key}", fingerprint=key) if key else None
        return ExecutionOrder(workflow=SLUG, dry_run=dry_run, mailboxes=self.postroom.services.mailboxes, once=once)

    def upload(self, content: bytes) -> Upload:
        """Return an upload to the only mailbox."""
        return Upload(content=content, mailbox_id=None, secret=self.postroom.services.identity.secret)

    async def receive(self, content: bytes) -> ExecutionId:
        """Let a mail come by its mailbox and be executed to its end."""
        self.received += 1
        (self.maildir / "new" / f"{self.received}.mail").write_bytes(content)
        assert await receive_once(self.postroom.reception(self.engine)) == 1
        await self.quiet()
        return (await self.stores.executions.list()).rows[0].id

    async def until(self, execution_id: ExecutionId, status: ExecutionStatus) -> None:
        """Return when an execution stands so; a test that hangs fails by its time-out."""

        async def reached() -> bool:
            self.engine.wake()
            return (await self.stores.executions.get(execution_id)).status is status

        await eventually(reached)

    async def quiet(self) -> None:
        """Wait until nothing is queued or running."""
        self.engine.wake()
        await self.engine.quiet()

    async def reviews(self, execution_id: ExecutionId) -> tuple[Review, ...]:
        """Return what people are asked about an execution."""
        return await self.stores.reviews.of_execution(execution_id)

    def sent(self) -> int:
        """Return how many letters went out."""
        folder = self.settings.outbox_dir
        return len(list(folder.rglob("*.eml"))) if folder.exists() else 0


@pytest.fixture
async def room(tmp_path: Path, models: Path) -> AsyncIterator[Room]:
    """A room that answers the customer's question by itself."""
    copy_articles(tmp_path / "articles")
    settings = maildir_settings(tmp_path, models, "automatic").model_copy(
        update={"articles_dir": tmp_path / "articles", "mailbox_address": HELP}
    )
    async with working(settings) as (postroom, engine):
        await postroom.stores.workflows.save(postroom.workflow, at=SystemClock().now())
        yield Room(postroom=postroom, engine=engine, settings=settings, maildir=tmp_path / "maildir")


async def test_a_dry_upload_shows_what_would_happen_and_reaches_nobody(room: Room) -> None:
    content, _ = letter(sender=FORGED)
    plan = await execute_upload(room.desk, room.order(dry_run=True), room.upload(content))
    await room.quiet()

    (one,) = plan.executions
    execution = await room.stores.executions.get(one.execution_id)
    assert (execution.status, execution.final_state) == (ExecutionStatus.SUCCEEDED, FinalState.OBSERVED)
    assert room.sent() == 0
    assert await room.reviews(one.execution_id) == ()
    assert await room.stores.outbox.of_execution(one.execution_id) == ()
    assert execution.progress is not None
    drafts = [outcome.draft for outcome in execution.progress.outcomes.values() if outcome.draft is not None]
    assert drafts


async def test_an_upload_that_is_not_dry_is_at_most_a_draft_that_a_person_looks_at(room: Room) -> None:
    content, _ = letter(sender=FORGED)
    # The very same mail is answered without a person where it comes by the mailbox.
    real = await room.receive(content)
    assert (await room.stores.executions.get(real)).final_state is FinalState.ANSWERED
    assert room.sent() == 1

    plan = await execute_upload(room.desk, room.order(dry_run=False), room.upload(content))
    await room.quiet()

    (one,) = plan.executions
    assert (await room.stores.executions.get(one.execution_id)).status is ExecutionStatus.WAITING
    (review,) = await room.reviews(one.execution_id)
    assert review.kind is ReviewKind.DRAFT
    assert "a person uploaded it, so its sender can be forged" in review.reason
    assert await room.stores.outbox.of_execution(one.execution_id) == ()
    assert room.sent() == 1


async def test_an_email_that_was_answered_is_not_answered_again_by_itself(room: Room) -> None:
    content, _ = letter()
    first = await room.receive(content)
    assert (await room.stores.executions.get(first)).final_state is FinalState.ANSWERED
    email_id = EmailId(f"em_{content_hash(content)[:32]}")

    for _ in range(2):
        plan = await execute_stored(room.desk, room.order(dry_run=False), email_id)
        await room.quiet()
        again = plan.executions[0].execution_id
        assert again != first
        assert (await room.stores.executions.get(again)).status is ExecutionStatus.WAITING
        (review,) = await room.reviews(again)
        assert review.kind is ReviewKind.DRAFT
        replies = await room.stores.outbox.of_execution(again)
        assert all(reply.state is ReplyState.WITHDRAWN for reply in replies)
        with pytest.raises(ConflictError, match=again):
            await execute_stored(room.desk, room.order(dry_run=False), email_id)
        await decide.reject(room.desk, review.id)
        await room.until(again, ExecutionStatus.SUCCEEDED)
    assert room.sent() == 1


async def test_an_uploaded_delivery_report_says_nothing_of_our_replies(room: Room) -> None:
    await room.receive(letter()[0])
    (reply,) = (await room.stores.outbox.list(state=ReplyState.SENT)).rows
    plan = await execute_upload(
        room.desk, room.order(dry_run=False), room.upload(forged_report(reply.outgoing.message_id))
    )
    await room.quiet()

    execution = await room.stores.executions.get(plan.executions[0].execution_id)
    assert (await room.stores.emails.get(execution.email_id)).email.report is not None
    assert execution.final_state is FinalState.IGNORED_AUTOMATIC
    assert (await room.stores.outbox.get(reply.id)).bounced == ""
    assert await room.stores.suppressions.get(reply.outgoing.recipient.address) is None


@dataclass(slots=True)
class Breaking:
    """A ledger whose process ends before it has accepted anything."""

    inner: Ledger

    async def accept(self, arrivals: list[Arrival]) -> tuple[Acceptance, ...]:
        raise StoreError("The process ended here.")


async def test_a_crash_between_the_plan_and_the_upload_gives_the_same_execution(room: Room) -> None:
    content, _ = letter()
    order = room.order(dry_run=True, key="k-1")
    planned = await _cut_off(room, order, content)

    first = await execute_upload(room.desk, order, room.upload(content))
    second = await execute_upload(room.desk, order, room.upload(content))
    await room.quiet()

    assert [one.execution_id for one in first.executions] == [planned]
    assert first == second
    assert len((await room.stores.executions.list()).rows) == 1
    assert len((await room.stores.ledger.entries()).rows) == 1


async def _cut_off(room: Room, order: ExecutionOrder, content: bytes) -> str:
    """Plan an upload that is cut off before it is stored; return the id that was planned."""
    broken = replace(room.stores, ledger=Breaking(room.stores.ledger))  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        await execute_upload(replace(room.desk, stores=broken), order, room.upload(content))
    assert (await room.stores.executions.list()).rows == ()
    assert order.once is not None
    kept = await room.stores.submissions.find(order.once.key)
    assert kept is not None
    return kept.plan.partition('"execution_id":"')[2].partition('"')[0]


def forged_report(message_id: str) -> bytes:
    """Return a delivery report about a reply, as anybody can write one."""
    return (
        "From: Mail Delivery <mailer-daemon@customer.example>\r\n"
        f"To: {HELP}\r\n"
        "Subject: Undelivered\r\n"
        "Message-ID: <forged-report@customer.example>\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.customer.example\r\n\r\n"
        "Final-Recipient: rfc822; ann@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
    ).encode()
