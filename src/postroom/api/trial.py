"""Trials of what somebody set up: one line that says what was found, or the problem in the words of the other side."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import BaseModel, Field

from postroom.errors import TransientError

TRIAL_SECONDS = 60.0


class TrialBody(BaseModel):
    """What a trial found."""

    text: str = Field(description="One line that says what was found.")


async def tried(trial: Callable[[], Awaitable[str]], *, timeout_seconds: float = TRIAL_SECONDS) -> TrialBody:
    """Return what a trial found.

    Raises:
        PostroomError: what it raises; TransientError where it did not end in time.
    """
    try:
        async with asyncio.timeout(timeout_seconds):
            return TrialBody(text=await trial())
    except TimeoutError as error:
        raise TransientError(
            f"The trial did not end within {timeout_seconds:g} s.", hint="Check the host, the port and the network."
        ) from error
