"""A stream of support mail for demo, tests and benchmarks, with the truth about each mail."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from postroom.providers.mock.envelope import message_id
from postroom.providers.mock.hostile import injection, spam
from postroom.providers.mock.letter import MockLetter, letter, thanks_letter
from postroom.providers.mock.machines import auto_reply, bounce, calendar_reply, machine_truth, newsletter
from postroom.providers.mock.message import Posting, letter_bytes
from postroom.providers.mock.plan import MockPlan, plan
from postroom.providers.mock.thread import earlier_plan, follow_up
from postroom.providers.mock.truth import Kind, MockEmail

MAILBOX_ADDRESS = "support@lindenhof.example"

_MACHINES: dict[Kind, Callable[[MockPlan, str], bytes]] = {
    Kind.AUTO_REPLY: auto_reply,
    Kind.BOUNCE: bounce,
    Kind.NEWSLETTER: newsletter,
    Kind.CALENDAR_REPLY: calendar_reply,
}


def generate(seed: int, count: int, *, mailbox_address: str = MAILBOX_ADDRESS, start: datetime) -> Iterator[MockEmail]:
    """Yield `count` e-mails to `mailbox_address` that arrive from `start` (aware) on, about 200 a day.

    The same seed and start give the same bytes on every machine, and mail i does not depend on `count`.
    """
    for index in range(count):
        yield email_at(seed, index, mailbox_address=mailbox_address, start=start)


def email_at(seed: int, index: int, *, mailbox_address: str = MAILBOX_ADDRESS, start: datetime) -> MockEmail:
    """Return mail `index` (from 0) of the stream that `generate` yields, without making those before it."""
    current = plan(seed, index, start)
    machine = _MACHINES.get(current.kind)
    if machine is not None:
        content, truth = machine(current, mailbox_address), machine_truth(current)
    elif current.kind is Kind.SPAM:
        content, truth = spam(current, mailbox_address)
    else:
        words, references = _written(current, start, mailbox_address)
        posting = Posting(
            recipient=mailbox_address,
            received_at=current.received_at,
            message_id=message_id(seed, index, words.writer.domain),
            references=references,
        )
        content, truth = letter_bytes(words, posting, current.dice("bytes")), words.truth
    return MockEmail(content=content, truth=truth, received_at=current.received_at)


def _written(current: MockPlan, start: datetime, shop: str) -> tuple[MockLetter, tuple[str, ...]]:
    """Return the words of a mail that a person wrote, and the ids of the mails it answers."""
    if current.kind is Kind.THANKS:
        return thanks_letter(current), ()
    if current.kind is Kind.INJECTION:
        return injection(current), ()
    if current.kind is Kind.FOLLOW_UP:
        earlier = earlier_plan(current, start)
        if earlier is not None:
            return follow_up(current, earlier, shop)
        current = replace(current, kind=Kind.CUSTOMER)
    return letter(current), ()
