"""A crew: several processes that rehearse e-mails at once, since reading and classifying mail keeps one busy."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from multiprocessing.util import Finalize

from postroom.errors import PluginError
from postroom.trials.backtest import Rehearse
from postroom.trials.backtest_rehearsal import Rehearsal
from postroom.trials.backtest_tried import Tried
from postroom.trials.past_mail import PastEmail

Opening = Callable[[], AbstractAsyncContextManager[Rehearsal]]
"""Opens what a process rehearses with; it is sent to the process, so it must be a function of a module."""

_CLOSING_PRIORITY = 10  # Any number: it only says that it runs while the process ends.


class _Desk:
    # One per process: a pool gives its processes nothing else that lasts from one call to the next.
    runner: asyncio.Runner | None = None
    rehearsal: Rehearsal | None = None


@asynccontextmanager
async def crew(opening: Opening, *, processes: int) -> AsyncIterator[Rehearse]:
    """Give what rehearses e-mails in `processes` processes; what they opened is closed with them."""
    # Spawned: a copy of this process would share its threads' locks and its store's connections.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(opening,))

    async def rehearse(emails: Sequence[PastEmail]) -> Sequence[Tried]:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _rehearse, emails)
        except BrokenProcessPool as error:
            raise PluginError(
                "A process that tries e-mails ended.",
                hint="There may be too little memory for several: try it with one process.",
            ) from error

    try:
        yield rehearse
    finally:
        await asyncio.to_thread(pool.shutdown, wait=True, cancel_futures=True)


def _begin(opening: Opening) -> None:
    runner, stack = asyncio.Runner(), AsyncExitStack()
    _Desk.runner = runner
    _Desk.rehearsal = runner.run(_entered(stack, opening))

    def close() -> None:
        runner.run(stack.aclose())
        runner.close()

    Finalize(None, close, exitpriority=_CLOSING_PRIORITY)


async def _entered(stack: AsyncExitStack, opening: Opening) -> Rehearsal:
    return await stack.enter_async_context(opening())


def _rehearse(emails: Sequence[PastEmail]) -> list[Tried]:
    runner, rehearsal = _Desk.runner, _Desk.rehearsal
    if runner is None or rehearsal is None:
        raise RuntimeError("A process of the crew was asked before it was ready.")

    async def all_of_them() -> list[Tried]:
        return [await rehearsal.rehearse(one) for one in emails]

    return runner.run(all_of_them())
