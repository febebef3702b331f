"""Submissions: what was asked for under a key, so that asking again does nothing again."""

from datetime import datetime
from typing import Protocol

from postroom.model.submission import Submission


class Submissions(Protocol):
    """Keeps the first submission under each key."""

    async def find(self, key: str) -> Submission | None:
        """Return the submission under that key, None without one."""
        ...

    async def keep(self, submission: Submission) -> Submission:
        """Store it and return it; where its key is taken, return the stored one unchanged."""
        ...

    async def forget(self, *, before: datetime) -> None:
        """Delete those from before that time."""
        ...
