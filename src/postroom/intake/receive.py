"""The receive loop of one mailbox: fetch, accept, acknowledge, look for answers, file copies, wait.

It outlives every failure, and what is done beside receiving never stops it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from postroom.errors import PostroomError, TransientError
from postroom.intake.accept import Intake, accept
from postroom.intake.answers import watched
from postroom.intake.sent_copies import SentCopies
from postroom.intake.silence import SilenceWatch
from postroom.interfaces.provider import Fetched, Lookout, Receiver, SentFolder
from postroom.interfaces.stores import Stores
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId, RawEmail
from postroom.model.ledger import Acceptance, EntryKind

log = structlog.get_logger()

SILENT_SECONDS = 900.0

BATCH = 50
WAIT_SECONDS = 20.0
FIRST_BACK_OFF_SECONDS = 1.0
MAX_BACK_OFF_SECONDS = 300.0
FETCH_TIMEOUT_SECONDS = 300.0
ACKNOWLEDGE_TIMEOUT_SECONDS = 60.0
# A receiver that waits may still have to let go of its connection.
WAIT_TIMEOUT_SECONDS = WAIT_SECONDS + 40.0
BESIDE_TIMEOUT_SECONDS = 120.0
# Reading what piled up may take hours.
BESIDE_EVERY = timedelta(seconds=20)
# A mailbox that takes so many acknowledgements in a row badly is left in peace until the next batch.
ACKNOWLEDGE_FAILURES = 3
ACKNOWLEDGE_TRIES = 5
MAX_UNACKNOWLEDGED = 2000

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """A mailbox being received: where from, into what, and whom to tell about each batch and each decided review.

    `lookout` sees answers of people, `sent_folder` takes copies of replies, where the mailbox has them. A mailbox that
    could not be read for `silent_after_seconds` raises an alarm. `pause` waits some seconds after a failure.
    """

    mailbox_id: MailboxId
    receiver: Receiver
    intake: Intake
    stores: Stores
    accepted: Callable[[tuple[Acceptance, ...]], None]
    lookout: Lookout | None = None
    sent_folder: SentFolder | None = None
    silent_after_seconds: Callable[[], float] = lambda: SILENT_SECONDS
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unacknowledged:
    email: RawEmail
    tries: int = 0


@dataclass(slots=True)
class _Course:
    """What is remembered from batch to batch: how many messages to ask for, and which are not acknowledged yet.

    `beside` is what is done beside receiving, last at `beside_at`.
    """

    limit: int = BATCH
    unacknowledged: list[_Unacknowledged] = field(default_factory=list)
    beside: list[Work] = field(default_factory=list)
    beside_at: datetime | None = None


async def receive_once(reception: Reception) -> int:
    """Fetch and accept everything there is now; return how many messages were given.

    Raises:
        PluginError: the mailbox cannot be read. StoreError: nothing can be stored.
    """
    return await _receive(reception, _Course())


async def receive_forever(reception: Reception) -> None:
    """Receive until cancelled; after a failure wait longer and longer, up to five minutes, and say so."""
    watch = SilenceWatch(
        reception.mailbox_id,
        reception.stores.alarms,
        reception.intake.clock,
        after_seconds=reception.silent_after_seconds,
    )
    beside = [watch.heard, *_beside_receiving(reception)]
    course = _Course(beside=beside, beside_at=reception.intake.clock.now())
    back_off = FIRST_BACK_OFF_SECONDS
    while True:
        problem = await _turn(reception, course)
        if problem is None:
            back_off = FIRST_BACK_OFF_SECONDS
            continue
        await _attempt(reception, lambda: watch.failed(problem))  # noqa: B023 - called at once.
        # An alarm that becomes due meanwhile is not kept waiting.
        await reception.pause(min(back_off, watch.seconds_left() or back_off))
        back_off = min(back_off * 2, MAX_BACK_OFF_SECONDS)


async def _receive(reception: Reception, course: _Course) -> int:
    count = 0
    while True:
        fetched = await _fetch(reception, course)
        await _take(reception, fetched)
        await _acknowledge(reception, course, fetched)
        count += len(fetched.emails)
        if not fetched.more:
            return count
        now = reception.intake.clock.now()
        if course.beside_at is not None and now - course.beside_at >= BESIDE_EVERY:
            await _do_beside(reception, course)


async def _fetch(reception: Reception, course: _Course) -> Fetched:
    """Return a batch; after a time-out the next one is half as large, and then they grow by one."""
    cursor = await reception.stores.ledger.cursor(reception.mailbox_id)
    try:
        async with _at_most(FETCH_TIMEOUT_SECONDS, "The mailbox gave nothing"):
            fetched = await reception.receiver.fetch(cursor, limit=course.limit)
    except TransientError as error:
        if isinstance(error.__cause__, TimeoutError):
            course.limit = max(1, course.limit // 2)
        raise
    course.limit = min(BATCH, course.limit + 1)
    return fetched


async def _do_beside(reception: Reception, course: _Course) -> None:
    for work in course.beside:
        await _attempt(reception, work)
    course.beside_at = reception.intake.clock.now()


async def _turn(reception: Reception, course: _Course) -> PostroomError | None:
    """Receive once, do what is due beside it, and wait; return what went wrong with the mailbox."""
    try:
        await _receive(reception, course)
        await _do_beside(reception, course)
        async with _at_most(WAIT_TIMEOUT_SECONDS, "The mailbox did not end its wait"):
            await reception.receiver.wait(timeout_seconds=WAIT_SECONDS)
    except PostroomError as error:
        log.error(  # noqa: TRY400 - the message says it all.
            "mailbox_cannot_be_read", mailbox_id=reception.mailbox_id, problem=error.message, hint=error.hint
        )
        return error
    except Exception as error:
        log.exception("receive_loop_broke", mailbox_id=reception.mailbox_id, hint="Report this as a bug.")
        return PostroomError(f"An unexpected {type(error).__name__}.", hint="See the log, and report this as a bug.")
    return None


async def _take(reception: Reception, fetched: Fetched) -> None:
    """Store a batch, and tell of it."""
    if fetched.emails:
        accepted = await accept(reception.intake, fetched.emails)
        reception.accepted(accepted)
        if any(one.kind is EntryKind.QUARANTINED for one in accepted):
            await _attempt(reception, lambda: _sound_quarantine(reception))
    if fetched.cursor is not None:
        await reception.stores.ledger.keep_cursor(reception.mailbox_id, fetched.cursor)


async def _acknowledge(reception: Reception, course: _Course, fetched: Fetched) -> None:
    """Let the mailbox change what is stored; what it cannot change now is tried again after the next batches."""
    due = [*course.unacknowledged, *(_Unacknowledged(email=replace(raw, content=b"")) for raw, _ in fetched.emails)]
    course.unacknowledged = []
    failures = 0
    for one in due:
        if failures == ACKNOWLEDGE_FAILURES:
            course.unacknowledged.append(one)
            continue
        try:
            async with _at_most(ACKNOWLEDGE_TIMEOUT_SECONDS, "The mailbox did not take an acknowledgement"):
                await reception.receiver.acknowledge(one.email)
            failures = 0
        except TransientError as error:
            failures += 1
            log.warning(
                "email_not_acknowledged",
                mailbox_id=reception.mailbox_id,
                uid=one.email.uid,
                problem=error.message,
                hint="The e-mail itself is stored. It is tried again a few times.",
            )
            if one.tries + 1 < ACKNOWLEDGE_TRIES:
                course.unacknowledged.append(replace(one, tries=one.tries + 1))
    course.unacknowledged = course.unacknowledged[-MAX_UNACKNOWLEDGED:]


def _beside_receiving(reception: Reception) -> list[Work]:
    """Return what is done once a turn, as far as the mailbox can."""
    stores, clock = reception.stores, reception.intake.clock
    work: list[Work] = []
    if reception.lookout is not None:
        watch = watched(reception.lookout, stores, clock)

        async def look() -> None:
            if await watch.look():
                # The decided reviews go on at once.
                reception.accepted(())

        work.append(look)
    if reception.sent_folder is not None:
        work.append(SentCopies(reception.mailbox_id, reception.sent_folder, stores.outbox, clock).file)
    return work


async def _sound_quarantine(reception: Reception) -> None:
    await reception.stores.alarms.sound(
        Alarm(
            key=f"quarantine/{reception.mailbox_id}",
            title=f"Mail of the mailbox {reception.mailbox_id!r} is in quarantine",
            text="A message could not be accepted; it is kept with its bytes in the quarantine.",
            raised_at=reception.intake.clock.now(),
        )
    )


async def _attempt(reception: Reception, work: Work) -> None:
    """Do what must never stop receiving: its failure is logged, and it is tried in a later turn."""
    try:
        async with _at_most(BESIDE_TIMEOUT_SECONDS, "It did not end"):
            await work()
    except PostroomError as error:
        log.error(  # noqa: TRY400 - the message says it all.
            "beside_receiving_failed", mailbox_id=reception.mailbox_id, problem=error.message, hint=error.hint
        )
    except Exception:
        log.exception("beside_receiving_broke", mailbox_id=reception.mailbox_id, hint="Report this as a bug.")


@asynccontextmanager
async def _at_most(seconds: float, complaint: str) -> AsyncIterator[None]:
    """Bound what is done inside.

    Raises:
        TransientError: it took longer, with the complaint.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise TransientError(f"{complaint} within {seconds:g} s.", hint="It is tried again.") from error
