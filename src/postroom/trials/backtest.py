"""A back-test: a workflow version over past mail without side effects, with a report of what it would have done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from postroom.interfaces.progress import Progress
from postroom.trials.backtest_results import Results
from postroom.trials.backtest_tried import Tried
from postroom.trials.past_mail import PastEmail, PastMail
from postroom.trials.report import MINUTES_PER_ANSWER, SAMPLE, BacktestReport, Tally

CHUNK = 64
"""E-mails that are tried, written and told of at once: a fraction of a second, so little is lost by a kill."""

Rehearse = Callable[[Sequence[PastEmail]], Awaitable[Sequence[Tried]]]
"""Tries e-mails and returns what became of each, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOrder:
    """What is tried: the mail, the workflow by name, what rehearses it, and where the results go (None: nowhere).

    `ahead` is how many chunks may be under way at once. `sample` is how many replies the report shows.
    """

    mail: PastMail
    workflow: str
    rehearse: Rehearse
    results: Results | None = None
    minutes_per_answer: float = MINUTES_PER_ANSWER
    sample: int = SAMPLE
    ahead: int = 1


async def backtest(order: BacktestOrder, progress: Progress) -> BacktestReport:
    """Return the report over all of the mail; what the results hold already is not tried again.

    Raises:
        StoppedError: `progress` says so; the results keep what was tried.
        InputError, PluginError, TransientError, StoreError: the mail cannot be read.
    """
    tally = Tally(sample=order.sample)
    done: set[str] = set()
    for one in order.results.tried() if order.results else ():
        done.add(one.key)
        tally.add(one)
    total = await order.mail.count()
    count = len(done)
    await progress(count, total and max(total, count))
    async for tried in _in_order(order, _without(done, order.mail)):
        if order.results is not None:
            await asyncio.to_thread(order.results.add, tried)
        for one in tried:
            tally.add(one)
        count += len(tried)
        await progress(count, total and max(total, count))
    return tally.report(source=order.mail.name, workflow=order.workflow, minutes_per_answer=order.minutes_per_answer)


async def _without(done: set[str], mail: PastMail) -> AsyncIterator[PastEmail]:
    async for one in mail.emails():
        if one.key not in done:
            yield one


async def _in_order(order: BacktestOrder, emails: AsyncIterator[PastEmail]) -> AsyncIterator[Sequence[Tried]]:
    """Give what became of the e-mails chunk by chunk, in their order, with up to `ahead` chunks under way."""
    under_way: list[asyncio.Future[Sequence[Tried]]] = []
    try:
        async for chunk in in_chunks(emails):
            under_way.append(asyncio.ensure_future(order.rehearse(chunk)))
            if len(under_way) >= order.ahead:
                yield await under_way.pop(0)
        while under_way:
            yield await under_way.pop(0)
    finally:
        for one in under_way:
            one.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def in_chunks(emails: AsyncIterator[PastEmail]) -> AsyncIterator[Sequence[PastEmail]]:
    """Give e-mails `CHUNK` at a time."""
    chunk: list[PastEmail] = []
    async for one in emails:
        chunk.append(one)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
