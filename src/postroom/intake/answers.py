"""The look for answers that people gave with another program; no sign that was seen is lost."""

import asyncio
from datetime import datetime, timedelta

import structlog

from postroom.errors import InputError
from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import Lookout
from postroom.interfaces.stores import Stores
from postroom.model.answer import Answer
from postroom.outbox.elsewhere import note_answers

log = structlog.get_logger()

AGAIN_AFTER = timedelta(minutes=5)
KEPT_FOR = timedelta(hours=1)


class AnswerWatch:
    """A lookout over another one, which tells each sign once: it keeps signs until the store has noted them.

    All who look at a mailbox should share one, so that nobody acts on a look whose signs another has yet to note.

    An execution that was under way may open a review only after its e-mail was answered. So for an hour each sign is
    noted again every five minutes, which closes such reviews and changes nothing else.
    """

    def __init__(self, lookout: Lookout, stores: Stores, clock: Clock) -> None:
        self._lookout = lookout
        self._stores = stores
        self._clock = clock
        self._noting = asyncio.Lock()
        # Keys only, in the order they were seen.
        self._waiting: dict[Answer, None] = {}
        self._noted_at: dict[Answer, datetime] = {}
        self._again_at = clock.now() + AGAIN_AFTER
        self._closed = 0

    async def answers(self) -> tuple[Answer, ...]:
        """Return the signs that are new, all of them noted by now.

        Raises:
            TransientError, PluginError: the mailbox cannot be looked at. StoreError: the signs wait for the next call.
        """
        await self._note()
        found = await self._lookout.answers()
        self._waiting |= dict.fromkeys(sign for sign in found if sign not in self._noted_at)
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
            await self._note_waiting()
            await self._note_again()

    async def _note_waiting(self) -> None:
        # Signs may join those that wait while these are being noted.
        signs = list(self._waiting)
        await self._tell(signs)
        now = self._clock.now()
        for sign in signs:
            del self._waiting[sign]
            self._noted_at[sign] = now

    async def _note_again(self) -> None:
        now = self._clock.now()
        if now < self._again_at:
            return
        self._noted_at = {sign: at for sign, at in self._noted_at.items() if now - at <= KEPT_FOR}
        await self._tell(list(self._noted_at))
        self._again_at = now + AGAIN_AFTER

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


def watched(lookout: Lookout, stores: Stores, clock: Clock) -> AnswerWatch:
    """Return a watch over `lookout`, which is `lookout` itself where it is one already."""
    return lookout if isinstance(lookout, AnswerWatch) else AnswerWatch(lookout, stores, clock)
