"""A mailbox full of generated mail, for the demo and for load tests."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from postroom.errors import InputError
from postroom.interfaces.provider import Fetched
from postroom.model.email import MailboxId, RawEmail
from postroom.providers.mock.generate import MAILBOX_ADDRESS, email_at


@dataclass(frozen=True, slots=True, kw_only=True)
class MockMail:
    """Which mail lies in a mock mailbox: `count` e-mails of the stream of `seed`, arriving from `start` (aware) on."""

    seed: int
    count: int
    start: datetime
    mailbox_address: str = MAILBOX_ADDRESS


class MockMailbox:
    """A receiver of generated mail; the cursor is how many e-mails are stored already.

    All of its mail is there from the beginning, whatever the clock says; nothing new ever arrives.
    """

    def __init__(self, mailbox_id: MailboxId, mail: MockMail) -> None:
        self._mailbox_id = mailbox_id
        self._mail = mail
        self._closed = asyncio.Event()

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return up to `limit` e-mails after `cursor`, the same ones each time.

        Raises:
            InputError: `cursor` was not made by this class.
        """
        first = _position(cursor)
        end = min(first + limit, self._mail.count)
        emails = await asyncio.to_thread(self._emails, first, end)
        return Fetched(emails=emails, more=end < self._mail.count)

    async def wait(self, *, timeout_seconds: float) -> None:
        """Return after `timeout_seconds`, or at once when the mailbox is closed."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._closed.wait()
        except TimeoutError:
            return

    async def acknowledge(self, email: RawEmail) -> None:
        """Do nothing: generated mail has no flags."""

    async def close(self) -> None:
        """End waiting."""
        self._closed.set()

    def _emails(self, first: int, end: int) -> tuple[tuple[RawEmail, str], ...]:
        return tuple((self._raw(index), str(index + 1)) for index in range(first, end))

    def _raw(self, index: int) -> RawEmail:
        mail = self._mail
        email = email_at(mail.seed, index, mailbox_address=mail.mailbox_address, start=mail.start)
        return RawEmail(
            mailbox_id=self._mailbox_id,
            uid_validity=f"mock-{mail.seed}",
            uid=str(index + 1),
            received_at=email.received_at.astimezone(UTC),
            content=email.content,
        )


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal()):
        raise InputError(f"The cursor {cursor!r} is not a number.", hint="Use the cursors that fetch gave.")
    return int(cursor)
