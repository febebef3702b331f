"""Allowances: places under the caps of automatic replies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.allowance import Limit
from postroom.model.reply import ReplyId


class Allowances(Protocol):
    """Sees to it that no cap is passed, however many executions run at once."""

    async def take(self, reply_id: ReplyId, limits: Sequence[Limit], *, at: datetime) -> Limit | None:
        """Take a place for the reply under every limit, or under none and return the first limit that is full.

        A limit is full when `cap` other replies took a place under its scope after `at - window_seconds`. A reply that
        has its places already keeps them: None. A place from before the window is none: it must be taken again. A `cap`
        of 0 is always full, even for a reply that has a place.
        """
        ...
