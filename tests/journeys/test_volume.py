"""Much mail and large mail."""

import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from journeys.letters import ANN, HELP, letter
from journeys.shop import MAILBOX, Shop, new_in, shop_mailbox
from postroom.model.execution import FinalState
from postroom.model.ledger import EntryKind
from postroom.model.mailbox import Mode

MANY = 2_000
PATIENCE_SECONDS = 180
LARGE_BYTES = 30_000_000


async def test_two_thousand_mails_at_once_are_executed_once_each(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox(Mode.OBSERVE))
    machine = (("Auto-Submitted", "auto-generated"),)
    asked = [
        letter(sender=f"Ann <ann-{number}@customer.example>", headers=machine if number % 2 else ())
        for number in range(MANY)
    ]
    shop.dovecot.append_many(shop.user, [content for content, _ in asked])
    async with shop.working() as work:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await work.over() < MANY:  # noqa: ASYNC110 - looking more often would take time from the work.
                await asyncio.sleep(0.5)
        entries = await work.settled(MANY)
        assert len(new_in(entries)) == MANY
        states = [entry.final_state for entry in entries]
        assert states.count(FinalState.OBSERVED) == states.count(FinalState.IGNORED_AUTOMATIC) == MANY // 2
        executions = await work.executions()
        assert len({execution.email_id for execution in executions}) == len(executions) == MANY
        assert {execution.run for execution in executions} == {1}
    assert shop.sent() == []


async def test_a_mail_above_the_limit_is_kept_apart_and_those_after_it_go_on(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    async with shop.working() as work:
        shop.dovecot.append(shop.user, a_large_letter())
        shop.deliver()
        entries = await work.settled(2)
        assert [entry.kind for entry in entries] == [EntryKind.QUARANTINED, EntryKind.NEW]
        assert entries[1].final_state is FinalState.ANSWERED
        assert f"quarantine/{MAILBOX}" in await work.alarms()
        (shown,) = (await work.stores.ledger.quarantined()).rows
        assert "larger than allowed" in shown.reason
        assert (await work.stores.ledger.quarantined_bytes(shown.id)).startswith(b"From: Ann")
    assert len(shop.sent()) == 1


def a_large_letter() -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = ANN
    message["To"] = HELP
    message["Subject"] = "A film of it"
    message["Date"] = datetime.now(UTC)
    message.set_content("See the film.")
    message.add_attachment(b"\0" * (LARGE_BYTES * 3 // 4), maintype="video", subtype="mp4", filename="film.mp4")
    return message.as_bytes()
