"""Trials end in time."""

import asyncio

import pytest

from postroom.api.trial import tried
from postroom.errors import TransientError


async def test_a_trial_that_hangs_ends_and_is_told_so() -> None:
    async def hangs() -> str:
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(TransientError):
        await tried(hangs, timeout_seconds=0.01)
