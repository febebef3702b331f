"""Loops that outlive every failure."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from postroom.errors import PostroomError

log = structlog.get_logger()


async def attempt(look: Callable[[], Awaitable[None]]) -> None:
    """Look once; what goes wrong is logged and ends nothing else."""
    try:
        await look()
    except PostroomError as error:
        log.error("engine_cannot_look", problem=error.message, hint=error.hint)  # noqa: TRY400
    except Exception:
        log.exception("engine_loop_broke", hint="It tries again; report this as a bug.")


async def every_so_often(
    seconds: float, look: Callable[[], Awaitable[None]], woken: asyncio.Event | None = None
) -> None:
    """Look again and again, at most `seconds` apart and at once when `woken`, until cancelled."""
    woken = woken or asyncio.Event()
    while True:
        await attempt(look)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await woken.wait()
        woken.clear()
