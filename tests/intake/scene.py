"""What the tests of intake share: mails, a clock that the test sets, and a mailbox in memory on a real store."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clocks import SetClock
from empty_store import open_stores_at
from engine.house import MAILBOX, SECRET, make_workflow
from postroom.intake.accept import Intake, accept
from postroom.intake.receive import Reception
from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import Fetched
from postroom.interfaces.stores import Stores
from postroom.model.alarm import Alarm
from postroom.model.answer import Answer
from postroom.model.email import Address, ConversationId, EmailId, RawEmail
from postroom.model.ledger import Acceptance
from postroom.model.mailbox import Mailbox
from postroom.model.reply import OutgoingEmail, Reply, ReplyId, ReplyState
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

ARRIVED = datetime(2026, 1, 5, tzinfo=UTC)
NOW = ARRIVED + timedelta(hours=1)
MAX_BYTES = 10_000


def mail(uid: int, *, message_id: str = "<one@example.org>", body: str = "Hello", received: str = "") -> RawEmail:
    head = f"Received: from {received}\r\nReturn-Path: <ada@{received}>\r\n" if received else ""
    content = f"{head}From: Ada <ada@example.org>\r\nMessage-ID: {message_id}\r\nSubject: Hi\r\n\r\n{body}\r\n"
    return RawEmail(
        mailbox_id=MAILBOX.id,
        uid_validity="1",
        uid=str(uid),
        received_at=ARRIVED,
        content=content.encode(),
    )


async def intake_of(stores: Stores, clock: Clock, *, mailbox: Mailbox = MAILBOX, max_bytes: int = MAX_BYTES) -> Intake:
    return Intake(
        ledger=stores.ledger,
        clock=clock,
        mailbox=mailbox,
        workflow=await stores.workflows.save(make_workflow({"s": "start"}, []), at=clock.now()),
        own_addresses=frozenset(mailbox.addresses),
        secret=SECRET,
        max_bytes=max_bytes,
    )


@dataclass
class Box:
    """A mailbox in memory that notes what it was told, and fails as often as it is told to."""

    stores: Stores
    mails: list[RawEmail]
    batch: int = 2
    cursor: str | None = None
    failures: list[Exception] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    stored_when_acknowledged: list[bool] = field(default_factory=list)
    waits: int = 0
    last_wait: int = 3

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        if self.failures:
            raise self.failures.pop(0)
        start = 0 if cursor is None else int(cursor)
        rest = [(each, each.uid) for each in self.mails if int(each.uid) > start]
        return Fetched(emails=tuple(rest[: self.batch]), more=len(rest) > self.batch, cursor=self.cursor)

    async def wait(self, *, timeout_seconds: float) -> None:
        self.waits += 1
        if self.waits == self.last_wait:
            raise asyncio.CancelledError

    async def acknowledge(self, email: RawEmail) -> None:
        known = await self.stores.ledger.known(MAILBOX.id, email.uid_validity, [email.uid])
        self.stored_when_acknowledged.append(email.uid in known)
        self.acknowledged.append(email.uid)

    async def close(self) -> None:
        pass


@dataclass
class Signs:
    """A lookout that tells each sign once; an exception in place of signs is raised."""

    looks: list[Sequence[Answer] | Exception]
    asked: int = 0

    async def answers(self) -> tuple[Answer, ...]:
        self.asked += 1
        found = self.looks.pop(0) if self.looks else ()
        if isinstance(found, Exception):
            raise found
        return tuple(found)


@dataclass
class Folder:
    """A Sent folder in memory; `failures` are raised first, by Message-ID."""

    failures: dict[str, list[Exception]] = field(default_factory=dict)
    held: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def file(self, content: bytes, *, message_id: str) -> None:
        self.asked.append(message_id)
        if waiting := self.failures.get(message_id):
            raise waiting.pop(0)
        self.held.setdefault(message_id, content)

    async def holds(self, message_id: str) -> bool:
        return message_id in self.held


@dataclass
class Scene:
    """A reception on a real store, whom it told, and how long it paused."""

    stores: Stores
    clock: SetClock
    box: Box
    reception: Reception
    told: list[Acceptance]
    pauses: list[float]
    wakes: int = 0

    async def alarms(self) -> list[Alarm]:
        return list((await self.stores.alarms.open()).rows)

    async def accept(self, *mails: RawEmail) -> list[EmailId]:
        found = await accept(self.reception.intake, [(each, each.uid) for each in mails])
        return [each.email_id for each in found if each.email_id is not None]

    async def ask(self, email_id: EmailId, *, kind: ReviewKind = ReviewKind.DRAFT) -> ReviewId:
        """Open a review about an e-mail."""
        review = Review(
            id=ReviewId(f"{email_id}/{kind}"),
            kind=kind,
            execution_id=f"ex_{email_id.removeprefix('em_')}",
            node_id="ask",
            email_id=email_id,
            rank=1,
            reason="unsure",
            draft=None,
            status=ReviewStatus.OPEN,
            created_at=self.clock.now(),
        )
        assert await self.stores.reviews.add(review)
        return review.id

    async def sent_reply(self, name: str) -> Reply:
        """Put a reply into the outbox that was sent and not filed."""
        reply = Reply(
            id=ReplyId(name),
            email_id=EmailId("e"),
            mailbox_id=MAILBOX.id,
            conversation_id=ConversationId("c"),
            outgoing=OutgoingEmail(
                message_id=f"<{name}@lindenhof.example>",
                mail_from="support@lindenhof.example",
                recipient=Address(name="", address="ada@example.org"),
                content=f"Subject: {name}\r\n\r\n".encode(),
            ),
            conversation_version=None,
            automatic=False,
            filed=False,
            created_at=self.clock.now(),
            updated_at=self.clock.now(),
        )
        await self.stores.outbox.add(reply)
        assert await self.stores.outbox.settle(reply.id, before=ReplyState.PENDING, after=ReplyState.SENT, detail="")
        return reply

    async def unfiled(self) -> list[str]:
        return [each.id for each in await self.stores.outbox.unfiled(MAILBOX.id)]


@asynccontextmanager
async def open_scene(folder: Path, count: int = 0) -> AsyncIterator[Scene]:
    """Open a scene whose mailbox holds `count` mails."""
    stores = await open_stores_at(folder / "store.sqlite")
    clock = SetClock(NOW)
    box = Box(stores, [mail(uid, message_id=f"<{uid}@example.org>") for uid in range(1, count + 1)])
    told: list[Acceptance] = []
    pauses: list[float] = []

    def accepted(acceptances: tuple[Acceptance, ...]) -> None:
        told.extend(acceptances)
        scene.wakes += 1

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        clock.advance(seconds)

    reception = Reception(
        mailbox_id=MAILBOX.id,
        receiver=box,
        intake=await intake_of(stores, clock),
        stores=stores,
        accepted=accepted,
        pause=pause,
    )
    scene = Scene(stores, clock, box, reception, told, pauses)
    try:
        yield scene
    finally:
        await stores.connection.close()


def elsewhere(raw: RawEmail, mailbox: Mailbox) -> RawEmail:
    """Return the same mail as another mailbox got it."""
    return replace(raw, mailbox_id=mailbox.id, content=b"Received: from elsewhere\r\n" + raw.content)
