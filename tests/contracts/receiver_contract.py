"""What every receiver must do: a mailbox is filled from outside and read as the receive loop would read it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from postroom.interfaces.provider import Fetched, Receiver
from postroom.model.email import MailboxId, RawEmail

MAILBOX = MailboxId("mailbox-1")


@dataclass(slots=True)
class Memory:
    """What a ledger keeps of one mailbox; `asked` counts the uids it was asked about."""

    places: set[tuple[str, str]] = field(default_factory=set)
    cursor: str | None = None
    accepted: list[bytes] = field(default_factory=list)
    asked: int = 0

    async def known(self, uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
        """Answer as `Ledger.known` does for the mailbox."""
        self.asked += len(uids)
        return frozenset(uid for uid in uids if (uid_validity, uid) in self.places)

    def accept(self, email: RawEmail, cursor: str) -> None:
        """Store an e-mail with its cursor, once per place."""
        if (email.uid_validity, email.uid) not in self.places:
            self.accepted.append(email.content)
        self.places.add((email.uid_validity, email.uid))
        self.cursor = cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverTrial:
    """A mailbox under test: `deliver` puts a message in as other programs do, `open` starts reading afresh."""

    deliver: Callable[[bytes], None]
    open: Callable[[Memory], Receiver]


def letter(number: int, *, body: str = "Hello") -> bytes:
    """Return a small message, different for each number."""
    return f"From: a@example.com\nSubject: Letter {number}\nMessage-ID: <{number}@example.com>\n\n{body}\n".encode()


async def receive_all(receiver: Receiver, memory: Memory, *, limit: int = 3) -> list[RawEmail]:
    """Fetch and accept until there is nothing more, as the receive loop does."""
    received: list[RawEmail] = []
    while True:
        fetched = await receiver.fetch(memory.cursor, limit=limit)
        assert len(fetched.emails) <= limit
        for email, cursor in fetched.emails:
            memory.accept(email, cursor)
            await receiver.acknowledge(email)
            received.append(email)
        if not fetched.more:
            return received


def contents(fetched: Fetched) -> list[bytes]:
    """Return the bytes of a batch."""
    return [email.content for email, _ in fetched.emails]


class ReceiverContract:
    """Inherit it and give a fixture `trial`."""

    async def test_everything_is_given_once_in_the_order_it_arrived(self, trial: ReceiverTrial) -> None:
        sent = [letter(number) for number in range(10)]
        for one in sent:
            trial.deliver(one)
        memory = Memory()
        received = await receive_all(trial.open(memory), memory)
        assert [email.content for email in received] == sent
        assert len({email.uid for email in received}) == len(sent)
        assert all(email.received_at.utcoffset() is not None for email in received)

    async def test_an_empty_mailbox_gives_nothing(self, trial: ReceiverTrial) -> None:
        trial.deliver(letter(1))
        memory = Memory()
        await receive_all(trial.open(memory), memory)
        assert await trial.open(memory).fetch(memory.cursor, limit=5) == Fetched(emails=(), more=False)

    async def test_a_crash_between_fetch_and_accept_gives_the_mail_again(self, trial: ReceiverTrial) -> None:
        trial.deliver(letter(1))
        trial.deliver(letter(2))
        memory = Memory()
        receiver = trial.open(memory)
        first = await receiver.fetch(None, limit=5)
        assert await receiver.fetch(None, limit=5) == first
        assert await trial.open(memory).fetch(None, limit=5) == first

    async def test_a_crash_in_the_middle_of_a_batch_goes_on_with_the_rest(self, trial: ReceiverTrial) -> None:
        sent = [letter(number) for number in range(6)]
        for one in sent:
            trial.deliver(one)
        memory = Memory()
        receiver = trial.open(memory)
        fetched = await receiver.fetch(None, limit=6)
        for email, cursor in fetched.emails[:2]:
            memory.accept(email, cursor)
        assert contents(await receiver.fetch(memory.cursor, limit=6)) == sent[2:]
        await receive_all(trial.open(memory), memory)
        assert memory.accepted == sent

    async def test_the_limit_is_kept_and_more_is_announced(self, trial: ReceiverTrial) -> None:
        for number in range(3):
            trial.deliver(letter(number))
        fetched = await trial.open(Memory()).fetch(None, limit=2)
        assert contents(fetched) == [letter(0), letter(1)]
        assert fetched.more

    async def test_mail_that_arrives_later_is_given_later(self, trial: ReceiverTrial) -> None:
        memory = Memory()
        trial.deliver(letter(1))
        receiver = trial.open(memory)
        await receive_all(receiver, memory)
        trial.deliver(letter(2))
        assert [email.content for email in await receive_all(receiver, memory)] == [letter(2)]

    async def test_waiting_ends_when_mail_arrives(self, trial: ReceiverTrial) -> None:
        memory = Memory()
        trial.deliver(letter(1))
        receiver = trial.open(memory)
        await receive_all(receiver, memory)
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            tasks.create_task(receiver.wait(timeout_seconds=60))
            trial.deliver(letter(2))

    async def test_waiting_ends_in_the_end(self, trial: ReceiverTrial) -> None:
        memory = Memory()
        trial.deliver(letter(1))
        receiver = trial.open(memory)
        await receive_all(receiver, memory)
        async with asyncio.timeout(5):
            await receiver.wait(timeout_seconds=0.01)
        await receiver.close()
