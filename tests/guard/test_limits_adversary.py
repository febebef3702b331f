"""An adversary without any mark of a machine, who is somebody else each time, stays within a mailbox's totals."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assurances import FixedAssurance
from clocks import SetClock
from empty_store import open_stores_at
from nodes.stage import NOW, TYPES, FixedModel, Post, classified
from postroom.intake.accept import Intake, accept
from postroom.interfaces.node import Identity, NodeContext, Services
from postroom.interfaces.stores import Stores
from postroom.model.email import Address, MailboxId, RawEmail
from postroom.model.execution import ExecutionId, Outcome
from postroom.model.mailbox import Caps, Mailbox, Mode, SentPolicy
from postroom.model.workflow import NodeId
from postroom.workflows.load import template

SECRET = b"s" * 32
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Some mails at once, some minutes after those before; perhaps a person allows automation again first."""

    after_minutes: int
    mails: int
    allowed_again: bool


bursts = st.builds(
    Burst,
    after_minutes=st.integers(min_value=0, max_value=180) | st.just(60) | st.just(24 * 60),
    mails=st.integers(min_value=1, max_value=4),
    allowed_again=st.booleans(),
)
caps = st.builds(
    Caps,
    per_correspondent=st.just(3),
    per_domain=st.just(50),
    per_conversation=st.just(3),
    per_hour=st.integers(min_value=0, max_value=4),
    per_day=st.integers(min_value=0, max_value=7),
)


@dataclass
class Shop:
    """One mailbox of a store, with the clock of the test and the sender that counts."""

    stores: Stores
    mailbox_id: MailboxId
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    post: Post = field(default_factory=Post)
    sent_at: list[datetime] = field(default_factory=list)

    async def meet(self, burst: Burst) -> None:
        """Let time pass and the mails of a burst arrive, and note when replies were sent."""
        self.clock.at += timedelta(minutes=burst.after_minutes)
        stored = await self.stores.mailboxes.get(self.mailbox_id)
        if burst.allowed_again and stored.stopped:
            assert await self.stores.mailboxes.change(replace(stored, mode=Mode.AUTOMATIC, stopped=""))
        contexts = [await self._arrived() for _ in range(burst.mails)]
        await asyncio.gather(*(self._answer(context) for context in contexts))
        self.sent_at += [self.clock.now()] * (len(self.post.sent) - len(self.sent_at))

    async def _arrived(self) -> NodeContext:
        """Accept a mail that has no header but what it needs, from a new address, with a new subject."""
        number = next(numbers)
        content = f"From: x{number}@host{number}.example\nSubject: {number} questions\n\nHow do I return it? {number}\n"
        mailbox = await self.stores.mailboxes.get(self.mailbox_id)
        raw = RawEmail(
            mailbox_id=self.mailbox_id,
            uid_validity="1",
            uid=str(number),
            received_at=self.clock.now(),
            content=content.encode(),
        )
        intake = Intake(
            ledger=self.stores.ledger,
            clock=self.clock,
            mailbox=mailbox,
            workflow=await self.stores.workflows.save(template("customer_support"), at=self.clock.now()),
            own_addresses=frozenset(mailbox.addresses),
            secret=SECRET,
            max_bytes=10_000,
        )
        (accepted,) = await accept(intake, [(raw, raw.uid)])
        assert accepted.email_id is not None
        assert accepted.execution_id is not None
        return NodeContext(
            execution_id=ExecutionId(accepted.execution_id),
            workflow=intake.workflow.slug,
            version=1,
            node_id=NodeId("auto_responder"),
            attempt=1,
            dry_run=False,
            mailbox=mailbox,
            stored=await self.stores.emails.get(accepted.email_id),
            services=self._services(mailbox),
            classification=classified(),
        )

    def _services(self, mailbox: Mailbox) -> Services:
        model = FixedModel()
        return Services(
            stores=self.stores,
            clock=self.clock,
            identity=Identity(secret=SECRET),
            assurance=FixedAssurance(),
            classifiers={"linear": model},
            responders={"articles": model},
            notifiers={},
            senders={"post": self.post},
            mailboxes={mailbox.id: mailbox},
        )

    async def _answer(self, context: NodeContext) -> None:
        """Run the nodes that answer, as the workflow joins them."""
        drafted = await run("auto_responder", context)
        if drafted.output == "sure":
            await run("email_sender", replace(context, node_id=NodeId("email_sender"), draft=drafted.draft))


async def run(name: str, context: NodeContext) -> Outcome:
    """Run a node of this type."""
    return await TYPES[name].configure({})(context)


def new_mailbox(rules: Caps) -> Mailbox:
    """Return a mailbox that no earlier example has used."""
    name = f"shop{next(numbers)}"
    return Mailbox(
        id=MailboxId(name),
        address=Address(name="Shop", address=f"help@{name}.example"),
        workflow="customer_support",
        mode=Mode.AUTOMATIC,
        sent_policy=SentPolicy.NONE,
        caps=rules,
    )


def most_within(window: timedelta, moments: list[datetime]) -> int:
    """Return how many of the moments lie in the fullest window that ends at one of them."""
    return max((sum(end - window < one <= end for one in moments) for end in moments), default=0)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


def test_the_totals_of_a_mailbox_hold_whoever_writes_and_however_often_automation_is_allowed_again(
    tmp_path: Path, runner: asyncio.Runner
) -> None:
    stores = runner.run(open_stores_at(tmp_path / "store.sqlite"))
    counts: list[int] = []

    async def attack(rules: Caps, course: list[Burst]) -> list[datetime]:
        mailbox = new_mailbox(rules)
        assert await stores.mailboxes.add(mailbox)
        shop = Shop(stores, mailbox.id)
        for burst in course:
            await shop.meet(burst)
        return shop.sent_at

    @settings(max_examples=25, deadline=None)
    @given(caps, st.lists(bursts, min_size=1, max_size=6))
    def stays_within(rules: Caps, course: list[Burst]) -> None:
        sent_at = runner.run(attack(rules, course))
        assert rules.per_hour is not None
        assert rules.per_day is not None
        assert most_within(HOUR, sent_at) <= rules.per_hour
        assert most_within(DAY, sent_at) <= rules.per_day
        counts.append(len(sent_at))

    try:
        stays_within()
        # The adversary is answered as long as the caps allow it: else the test would see nothing.
        assert sum(counts) > 0
    finally:
        runner.run(stores.connection.close())


async def test_without_a_person_nothing_more_is_sent_once_a_total_is_full(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "store.sqlite")
    try:
        mailbox = new_mailbox(Caps(per_hour=2, per_day=10))
        assert await stores.mailboxes.add(mailbox)
        shop = Shop(stores, mailbox.id)
        for _ in range(3):
            await shop.meet(Burst(after_minutes=61, mails=4, allowed_again=False))
        assert len(shop.sent_at) == 2
        assert (await stores.mailboxes.get(mailbox.id)).mode is Mode.REVIEW
    finally:
        await stores.connection.close()
