"""Delivery: claim → act → record, against a real outbox, with a sender that does what the test says."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.store_nouns import arrival, at, reply
from empty_store import open_stores_at
from postroom.errors import TransientError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Claim, Delivery, SendResult
from postroom.interfaces.stores import Stores
from postroom.model.reply import OutgoingEmail, Reply, ReplyId, ReplyState
from postroom.outbox.deliver import deliver, look_back


@dataclass
class Scripted:
    """A sender with a fixed answer, given after the claim or, with `early`, before it."""

    answer: Delivery = Delivery.SENT
    early: bool = False
    files: bool | None = None
    meanwhile: Callable[[], Awaitable[None]] | None = None
    handed_over: list[str] = field(default_factory=list)

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        if self.early:
            return SendResult(delivery=self.answer, detail="250 or not")
        granted = await claim()
        if granted is not Claim.GRANTED:
            return SendResult(delivery=Delivery.NOT_CLAIMED, claim=granted)
        if self.answer is not Delivery.REFUSED:
            self.handed_over.append(message.message_id)
        if self.meanwhile is not None:
            await self.meanwhile()
        return SendResult(delivery=self.answer, detail="250 or not")

    async def find(self, message_id: str) -> bool | None:
        return self.files

    async def check(self) -> str:
        return "scripted"

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    opened = await open_stores_at(tmp_path / "store.sqlite")
    yield opened
    await opened.connection.close()


async def attempt(stores: Stores, row: Reply, sender: Scripted) -> SendResult:
    return await deliver(row, outbox=stores.outbox, sender=sender, clock=SystemClock())


async def sending(stores: Stores, name: str = "r") -> Reply:
    """Return a row that a crash left between claim and record."""
    row = await stores.outbox.add(reply(name))
    assert await stores.outbox.claim(row.id, lease=1, at=at(1)) is Claim.GRANTED
    return await stores.outbox.get(row.id)


@pytest.mark.parametrize(
    ("answer", "early", "state"),
    [
        (Delivery.SENT, False, ReplyState.SENT),
        (Delivery.REFUSED, False, ReplyState.FAILED),
        (Delivery.REFUSED, True, ReplyState.FAILED),
        (Delivery.UNCERTAIN, False, ReplyState.UNCERTAIN),
        (Delivery.DEFERRED, False, ReplyState.PENDING),
        (Delivery.DEFERRED, True, ReplyState.PENDING),
    ],
)
async def test_a_pending_reply_ends_as_the_sender_says(
    stores: Stores, answer: Delivery, *, early: bool, state: ReplyState
) -> None:
    row = await stores.outbox.add(reply("r"))
    found = await attempt(stores, row, Scripted(answer=answer, early=early))
    assert found.delivery is answer
    kept = await stores.outbox.get(row.id)
    assert (kept.state, kept.lease) == (state, 0 if early else 1)


async def test_a_deferred_reply_is_claimed_anew_and_sent(stores: Stores) -> None:
    row = await stores.outbox.add(reply("r"))
    await attempt(stores, row, Scripted(answer=Delivery.DEFERRED))
    sender = Scripted()
    found = await attempt(stores, await stores.outbox.get(row.id), sender)
    assert (found.delivery, len(sender.handed_over)) == (Delivery.SENT, 1)
    assert (await stores.outbox.get(row.id)).lease == 2


@pytest.mark.parametrize(
    ("state", "delivery"),
    [
        (ReplyState.SENT, Delivery.SENT),
        (ReplyState.UNCERTAIN, Delivery.UNCERTAIN),
        (ReplyState.FAILED, Delivery.REFUSED),
        (ReplyState.WITHDRAWN, Delivery.NOT_CLAIMED),
    ],
)
async def test_a_reply_that_has_ended_is_never_handed_over_again(
    stores: Stores, state: ReplyState, delivery: Delivery
) -> None:
    row = await stores.outbox.add(reply("r"))
    assert await stores.outbox.settle(row.id, before=ReplyState.PENDING, after=state, detail="before")
    sender = Scripted()
    assert (await attempt(stores, await stores.outbox.get(row.id), sender)).delivery is delivery
    assert sender.handed_over == []
    assert (await stores.outbox.get(row.id)).state is state


async def test_after_a_crash_while_sending_nothing_is_ever_sent_again(stores: Stores) -> None:
    row = await sending(stores)
    sender = Scripted()
    for _ in range(3):
        found = await attempt(stores, await stores.outbox.get(row.id), sender)
        assert found.delivery is Delivery.UNCERTAIN
    assert sender.handed_over == []
    assert (await stores.outbox.get(row.id)).state is ReplyState.UNCERTAIN


async def test_what_the_providers_records_hold_was_sent(stores: Stores) -> None:
    row = await sending(stores)
    sender = Scripted(files=True)
    assert (await attempt(stores, row, sender)).delivery is Delivery.SENT
    assert sender.handed_over == []
    assert (await stores.outbox.get(row.id)).state is ReplyState.SENT


@pytest.mark.parametrize("answer", [answer for answer in Delivery if answer is not Delivery.NOT_CLAIMED])
async def test_a_slow_worker_whose_lease_is_gone_changes_nothing(stores: Stores, answer: Delivery) -> None:
    row = await stores.outbox.add(reply("r"))

    async def taken_over_and_decided() -> None:
        # While the worker slept, recovery called it uncertain and a person let it be sent again.
        assert await stores.outbox.record(row.id, lease=1, state=ReplyState.UNCERTAIN, detail="recovered", at=at(2))
        assert await stores.outbox.settle(
            row.id, before=ReplyState.UNCERTAIN, after=ReplyState.PENDING, detail="again, said Ann"
        )

    await attempt(stores, row, Scripted(answer=answer, meanwhile=taken_over_and_decided))
    kept = await stores.outbox.get(row.id)
    assert (kept.state, kept.lease, kept.detail) == (ReplyState.PENDING, 1, "again, said Ann")


async def test_two_workers_on_one_row_hand_it_over_once(stores: Stores) -> None:
    row = await stores.outbox.add(reply("r"))
    first, second = Scripted(), Scripted()
    answers = [await attempt(stores, row, first), await attempt(stores, row, second)]
    assert [each.delivery for each in answers] == [Delivery.SENT, Delivery.NOT_CLAIMED]
    assert answers[1].claim is Claim.TAKEN
    assert len(first.handed_over + second.handed_over) == 1


async def test_while_sending_is_halted_no_claim_is_granted(stores: Stores) -> None:
    row = await stores.outbox.add(reply("r"))
    sender = Scripted()
    await stores.controls.halt_sending()
    assert (await attempt(stores, row, sender)).claim is Claim.HALTED
    assert (await stores.outbox.get(row.id)).state is ReplyState.PENDING
    await stores.controls.allow_sending()
    assert (await attempt(stores, row, sender)).delivery is Delivery.SENT
    assert len(sender.handed_over) == 1


async def test_a_draft_made_before_the_conversation_moved_on_is_stale(stores: Stores) -> None:
    await stores.ledger.accept([arrival(1)])
    email = await stores.emails.get(arrival(1).email_id)
    stale = reply("r", conversation=email.conversation_id, version=email.conversation_version - 1)
    row = await stores.outbox.add(stale)
    sender = Scripted()
    assert (await attempt(stores, row, sender)).claim is Claim.STALE
    assert sender.handed_over == []


async def test_a_sender_that_breaks_before_the_claim_leaves_the_row_pending(stores: Stores) -> None:
    class Broken(Scripted):
        async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
            raise TransientError("no route")

    row = await stores.outbox.add(reply("r"))
    with pytest.raises(TransientError):
        await attempt(stores, row, Broken())
    kept = await stores.outbox.get(ReplyId("r"))
    assert (kept.state, kept.lease) == (ReplyState.PENDING, 0)


async def test_looking_back_hands_nothing_over_and_needs_no_sender(stores: Stores) -> None:
    row = await sending(stores)
    found = await look_back(row, outbox=stores.outbox, sender=None, clock=SystemClock())
    assert found.delivery is Delivery.UNCERTAIN
    assert (await stores.outbox.get(row.id)).state is ReplyState.UNCERTAIN
    pending = await stores.outbox.add(reply("waits"))
    sender = Scripted()
    found = await look_back(pending, outbox=stores.outbox, sender=sender, clock=SystemClock())
    assert (found.delivery, sender.handed_over) == (Delivery.NOT_CLAIMED, [])
    assert await stores.outbox.get(pending.id) == pending
