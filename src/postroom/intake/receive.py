"""The receive loop of one mailbox: fetch, accept, acknowledge, wait; it outlives every failure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from postroom.errors import PostroomError, TransientError
from postroom.intake.accept import Intake, accept
from postroom.interfaces.provider import Receiver
from postroom.model.email import MailboxId
from postroom.model.ledger import Acceptance

log = structlog.get_logger()

BATCH = 50
WAIT_SECONDS = 20.0
FIRST_BACK_OFF_SECONDS = 1.0
MAX_BACK_OFF_SECONDS = 300.0
FETCH_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """A mailbox being received: where from, into what, and whom to tell about each batch.

    `pause` waits some seconds after a failure.
    """

    mailbox_id: MailboxId
    receiver: Receiver
    intake: Intake
    accepted: Callable[[tuple[Acceptance, ...]], None]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


async def receive_once(reception: Reception) -> int:
    """Fetch and accept everything there is now; return how many messages were given.

    Raises:
        PluginError: the mailbox cannot be read. StoreError: nothing can be stored.
    """
    count = 0
    while True:
        cursor = await reception.intake.ledger.cursor(reception.mailbox_id)
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_SECONDS):
                fetched = await reception.receiver.fetch(cursor, limit=BATCH)
        except TimeoutError as error:
            raise TransientError(
                f"The mailbox gave nothing within {FETCH_TIMEOUT_SECONDS:g} s.", hint="It is tried again."
            ) from error
        if fetched.emails:
            reception.accepted(await accept(reception.intake, fetched.emails))
        for raw, _ in fetched.emails:
            # Only now, with the e-mail safely stored, may the mailbox change.
            await reception.receiver.acknowledge(raw)
        count += len(fetched.emails)
        if not fetched.more:
            return count


async def receive_forever(reception: Reception) -> None:
    """Receive until cancelled; after a failure wait longer and longer, up to five minutes, and say so."""
    back_off = FIRST_BACK_OFF_SECONDS
    while True:
        try:
            await receive_once(reception)
            await reception.receiver.wait(timeout_seconds=WAIT_SECONDS)
            back_off = FIRST_BACK_OFF_SECONDS
        except PostroomError as error:
            log.error(  # noqa: TRY400 - the message says it all.
                "mailbox_cannot_be_read", mailbox=reception.mailbox_id, problem=error.message, hint=error.hint
            )
            await reception.pause(back_off)
            back_off = min(back_off * 2, MAX_BACK_OFF_SECONDS)
        except Exception:
            log.exception("receive_loop_broke", mailbox=reception.mailbox_id, hint="Report this as a bug.")
            await reception.pause(back_off)
            back_off = min(back_off * 2, MAX_BACK_OFF_SECONDS)
