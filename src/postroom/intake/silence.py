"""The watch over a mailbox that cannot be read: an alarm when that lasts, at once where waiting will not help."""

from collections.abc import Callable

from postroom.errors import PostroomError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores.alarms import Alarms
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId

MINUTE_SECONDS = 60


class SilenceWatch:
    """Knows when a mailbox was last read, and raises and clears its alarm `mailbox_silent/<mailbox id>`.

    The time counts from when the watch is made; how long it may last is asked anew each time. The first success clears
    the alarm of an earlier process too.
    """

    def __init__(
        self, mailbox_id: MailboxId, alarms: Alarms, clock: Clock, *, after_seconds: Callable[[], float]
    ) -> None:
        self._mailbox_id = mailbox_id
        self._alarms = alarms
        self._clock = clock
        self._after_seconds = after_seconds
        self._heard_at = clock.now()
        self._may_be_open = True
        self._sounded = False

    def seconds_left(self) -> float:
        """Return how long the silence may still last, 0 where the alarm is due."""
        return max(0.0, self._after_seconds() - self._seconds())

    async def heard(self) -> None:
        """Note that the mailbox was read, and clear the alarm.

        Raises:
            StoreError: the alarm could not be cleared; the next call tries again.
        """
        self._heard_at = self._clock.now()
        self._sounded = False
        if self._may_be_open:
            await self._alarms.clear(self._key, at=self._heard_at)
            self._may_be_open = False

    async def failed(self, problem: PostroomError) -> None:
        """Note that it could not be read and why; raise the alarm where that has lasted, or where waiting is no help.

        Raises:
            StoreError: the alarm could not be raised; the next call tries again.
        """
        if self._sounded or (problem.retryable and self.seconds_left() > 0):
            return
        self._may_be_open = True
        minutes = round(self._seconds() / MINUTE_SECONDS)
        lasted = f"Nothing was received for {minutes} min. " if minutes else ""
        await self._alarms.sound(
            Alarm(
                key=self._key,
                title=f"The mailbox {self._mailbox_id!r} cannot be read",
                text=f"{lasted}{problem.message} {problem.hint}".strip(),
                raised_at=self._clock.now(),
            )
        )
        self._sounded = True

    @property
    def _key(self) -> str:
        return f"mailbox_silent/{self._mailbox_id}"

    def _seconds(self) -> float:
        return (self._clock.now() - self._heard_at).total_seconds()
