import asyncio
from datetime import UTC, datetime

import pytest

from postroom.errors import InputError
from postroom.model.email import MailboxId
from postroom.providers.mock import MockMail, MockMailbox

MAIL = MockMail(seed=3, count=25, start=datetime(2026, 3, 2, tzinfo=UTC))


def mailbox() -> MockMailbox:
    return MockMailbox(MailboxId("demo"), MAIL)


async def test_all_mail_is_given_once_when_the_cursor_is_followed() -> None:
    receiver, cursor, uids = mailbox(), None, []
    while True:
        fetched = await receiver.fetch(cursor, limit=10)
        uids += [raw.uid for raw, _ in fetched.emails]
        cursor = fetched.emails[-1][1]
        if not fetched.more:
            break
    assert uids == [str(number) for number in range(1, 26)]
    assert (await receiver.fetch(cursor, limit=10)).emails == ()


async def test_a_restart_from_a_stored_cursor_gives_the_same_mail_again() -> None:
    before = await mailbox().fetch("4", limit=3)
    assert await mailbox().fetch("4", limit=3) == before
    assert before.emails[0][0].uid == "5"
    assert before.emails[0][0].uid_validity == "mock-3"


async def test_a_cursor_of_another_mailbox_is_refused() -> None:
    with pytest.raises(InputError):
        await mailbox().fetch("17:99", limit=1)


async def test_waiting_ends_when_the_mailbox_is_closed() -> None:
    receiver = mailbox()
    await receiver.close()
    async with asyncio.timeout(10):
        await receiver.wait(timeout_seconds=600)
