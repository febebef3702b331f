"""A back-test: a workflow version over past mail without side effects, with a report of what it would have done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from postroom.interfaces.progress import Progress
from postroom.trials.backtest_results import Results
from postroom.trials.backtest_tried import Tried
from postroom.trials.order import MINUTES_PER_ANSWER, SAMPLE
from postroom.trials.past_mail import PastEmail, PastMail
from postroom.trials.report import BacktestReport, ReportTally
from postroom.trials.terms import NO_TERMS, Terms

CHUNK = 64
"""E-mails that are tried, written and told of at once: a fraction of a second, so little is lost by a kill."""

Rehearse = Callable[[Sequence[PastEmail]], Awaitable[Sequence[Tried]]]
"""Tries e-mails and returns what became of each, in their plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPlan:
    """What is tried: the mail, the workflow by name, what rehearses it, and where the results go (None: nowhere).

    `ahead` is how many chunks may be under way at once. `sample` is how many replies the report shows, `terms` what its
    reader must know.
    """

    mail: PastMail
    workflow: str
    rehearse: Rehearse
    results: Results | None = None
    minutes_per_answer: float = MINUTES_PER_ANSWER
    sample: int = SAMPLE
    ahead: int = 1
    terms: Terms = NO_TERMS


async def backtest(plan: BacktestPlan, progress: Progress) -> BacktestReport:
    """Return the report over all of the mail; what the results hold already is not tried again.

    Raises:
        StoppedError: `progress` says so; the results keep what was tried.
        InputError, PluginError, TransientError, StoreError: the mail cannot be read.
    """
    tally = ReportTally(sample=plan.sample)
    done: set[str] = set()
    for one in plan.results.tried() if plan.results else ():
        done.add(one.key)
        tally.add(one)
    total = await plan.mail.count()
    count = len(done)
    await progress(count, total and max(total, count))
    async for tried in _in_order(plan, _without(done, plan.mail)):
        if plan.results is not None:
            await asyncio.to_thread(plan.results.add, tried)
        for one in tried:
            tally.add(one)
        count += len(tried)
        await progress(count, total and max(total, count))
    return tally.report(
        source=plan.mail.name, workflow=plan.workflow, minutes_per_answer=plan.minutes_per_answer, terms=plan.terms
    )


async def _without(done: set[str], mail: PastMail) -> AsyncIterator[PastEmail]:
    async for one in mail.emails():
        if one.key not in done:
            yield one


async def _in_order(plan: BacktestPlan, emails: AsyncIterator[PastEmail]) -> AsyncIterator[Sequence[Tried]]:
    """Give what became of the e-mails chunk by chunk, in their order, with up to `ahead` chunks under way."""
    under_way: list[asyncio.Future[Sequence[Tried]]] = []
    try:
        async for chunk in in_chunks(emails):
            under_way.append(asyncio.ensure_future(plan.rehearse(chunk)))
            if len(under_way) >= plan.ahead:
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
