"""Leaves a server alone that fails repeatedly or asks for it, so that not every mail waits for its time-out."""

from datetime import datetime, timedelta

from postroom.interfaces.clock import Clock

FAILURES = 3
PAUSE_SECONDS = 60.0
LONGEST_SECONDS = 3600.0  # However long a server asks for: somebody may have mended it meanwhile.


class Pause:
    """Counts failed questions; from the third in a row on, each is followed by a minute of silence."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._until: datetime | None = None

    def holds(self) -> bool:
        """Return whether the server is to be left alone now."""
        return self._until is not None and self._clock.now() < self._until

    def count(self, wait_seconds: float | None) -> None:
        """Count a failed question; `wait_seconds` is what the server asked for, which holds at once."""
        self._failures += 1
        seconds = PAUSE_SECONDS if self._failures >= FAILURES else 0.0
        if wait_seconds is not None:
            seconds = max(seconds, min(wait_seconds, LONGEST_SECONDS))
        if seconds:
            self._until = self._clock.now() + timedelta(seconds=seconds)

    def end(self) -> None:
        """Forget all failures: the server has answered."""
        self._failures = 0
        self._until = None
