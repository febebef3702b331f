"""Allowances: places under caps, as those of automatic replies and of attempts to log in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.allowance import Limit


class Allowances(Protocol):
    """Sees to it that no cap is passed, however many ask at once."""

    async def take(self, holder: str, limits: Sequence[Limit], *, at: datetime) -> Limit | None:
        """Take a place for the holder under every limit, or under none and return the first limit that is full.

        A limit is full when `cap` other holders took a place under its scope after `at - window_seconds`. Who has a
        place already keeps it: None. A place from before the window is none: it must be taken again. A `cap` of 0 is
        always full, even for who has a place. A holder is the id of a reply, or whatever else is counted.
        """
        ...
