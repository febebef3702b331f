"""The clock of all tests that need one."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class SetClock:
    """A clock that stands still until the test sets it or moves it on."""

    at: datetime

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.at

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)
