"""The look for answers that people gave with another program; no sign that was seen is lost."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from postroom.errors import InputError, PostroomError
from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import AnswerReader, Lookout
from postroom.interfaces.stores import Stores
from postroom.model.answer import Answer, SentAnswer
from postroom.outbox.elsewhere import close_answered, note_answers

log = structlog.get_logger()

SWEEP_EVERY = timedelta(minutes=5)
# The first look of a lookout goes back 30 days and a part of one: a sign that it may give again is still known then.
KEPT_FOR = timedelta(days=32)

Hear = Callable[[SentAnswer, Callable[[], Awaitable[bytes | None]]], Awaitable[object]]
"""Hears of an answer that a person sent, with what reads its bytes (None: it is gone)."""


class AnswerWatch:
    """A lookout over another one, which tells each sign once: it alone notes signs, and keeps them until it could.

    All who look at a mailbox should share one, so that nobody acts on a look whose signs another has yet to note.

    A review may be opened, and an e-mail may even arrive, only after the answer. So every five minutes, each review
    whose e-mail was answered meanwhile is closed.

    Each sent answer is told to `hear` once it is noted; what goes wrong there is only logged.
    """

    def __init__(self, lookout: Lookout, stores: Stores, clock: Clock, hear: Hear | None = None) -> None:
        self._lookout = lookout
        self._hear = hear
        self._stores = stores
        self._clock = clock
        self._noting = asyncio.Lock()
        # Keys only, in the order they were seen.
        self._waiting: dict[Answer, None] = {}
        self._sweep_at = clock.now() + SWEEP_EVERY
        self._closed = 0

    async def answers(self) -> tuple[Answer, ...]:
        """Return the signs that are new, all of them noted by now.

        Raises:
            TransientError, PluginError: the mailbox cannot be looked at. StoreError: the signs wait for the next call.
        """
        await self._note()
        found = await self._lookout.answers()
        self._waiting |= dict.fromkeys(found)
        await self._note()
        return found

    async def look(self) -> int:
        """Note the signs that are new; return how many reviews were closed since the last call.

        Raises:
            TransientError, PluginError, StoreError: as `answers`.
        """
        await self.answers()
        closed, self._closed = self._closed, 0
        return closed

    async def _note(self) -> None:
        async with self._noting:
            # Signs may join those that wait while these are being noted.
            signs = list(self._waiting)
            await self._tell(signs)
            for sign in signs:
                del self._waiting[sign]
            await self._sweep()
            for sign in signs:
                await self._tell_hearer(sign)

    async def _tell_hearer(self, sign: Answer) -> None:
        reader = self._lookout
        if self._hear is None or not isinstance(sign, SentAnswer) or not isinstance(reader, AnswerReader):
            return
        try:
            await self._hear(sign, lambda: reader.sent_bytes(sign))
        except PostroomError as error:
            log.warning("answer_not_heard", mailbox=sign.mailbox_id, problem=error.message, hint=error.hint)

    async def _sweep(self) -> None:
        now = self._clock.now()
        if now < self._sweep_at:
            return
        self._closed += await close_answered(stores=self._stores, clock=self._clock)
        await self._stores.ledger.forget_answers(before=now - KEPT_FOR)
        self._sweep_at = now + SWEEP_EVERY

    async def _tell(self, signs: list[Answer]) -> None:
        try:
            self._closed += await note_answers(signs, stores=self._stores, clock=self._clock)
        except InputError as error:
            if len(signs) > 1:
                # One of them can never be stored: it must not keep the others waiting for ever.
                for sign in signs:
                    await self._tell([sign])
            else:
                log.warning("answer_left_out", mailbox=signs[0].mailbox_id, problem=error.message, hint=error.hint)


def watched(lookout: Lookout, stores: Stores, clock: Clock, hear: Hear | None = None) -> AnswerWatch:
    """Return a watch over `lookout`, which is `lookout` itself where it is one already."""
    return lookout if isinstance(lookout, AnswerWatch) else AnswerWatch(lookout, stores, clock, hear)
