"""Copies of sent replies in the mailbox's Sent folder."""

import asyncio
from datetime import datetime, timedelta

import structlog

from postroom.errors import PluginError
from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import SentFolder
from postroom.interfaces.stores.outbox import Outbox
from postroom.model.email import MailboxId

log = structlog.get_logger()

BATCH = 20
TIMEOUT_SECONDS = 60.0
AGAIN_AFTER = timedelta(minutes=5)


class SentCopies:
    """Files a copy of each sent reply of a mailbox; one that fails is tried again after five minutes.

    A copy is noted as filed only once the folder has it, and the folder takes each Message-ID once, so that a crash in
    between files nothing twice.
    """

    def __init__(self, mailbox_id: MailboxId, folder: SentFolder, outbox: Outbox, clock: Clock) -> None:
        self._mailbox_id = mailbox_id
        self._folder = folder
        self._outbox = outbox
        self._clock = clock
        self._rest_until: datetime | None = None

    async def file(self) -> int:
        """File the copies that are due, 20 at most, and return how many were filed.

        Raises:
            StoreError: the outbox cannot be reached.
        """
        if self._rest_until is not None and self._clock.now() < self._rest_until:
            return 0
        filed = 0
        for reply in await self._outbox.unfiled(self._mailbox_id, limit=BATCH):
            try:
                async with asyncio.timeout(TIMEOUT_SECONDS):
                    await self._folder.file(reply.outgoing.content, message_id=reply.outgoing.message_id)
            except PluginError as error:
                self._rest(reply.id, error.message, error.hint)
                if error.retryable:
                    # The folder is away: the others would fail as well.
                    break
            except TimeoutError:
                self._rest(reply.id, f"It took longer than {TIMEOUT_SECONDS:g} s.", "It is tried again.")
                break
            else:
                await self._outbox.filed(reply.id)
                filed += 1
        return filed

    def _rest(self, reply_id: str, problem: str, hint: str) -> None:
        self._rest_until = self._clock.now() + AGAIN_AFTER
        log.error("copy_not_filed", mailbox=self._mailbox_id, reply=reply_id, problem=problem, hint=hint)
