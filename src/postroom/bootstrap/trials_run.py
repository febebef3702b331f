"""Runs trials as they are ordered, by a command or as a job."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from postroom.actions.accounts_fence import Fence
from postroom.actions.trials import file_inside
from postroom.bootstrap.opening import open_store
from postroom.bootstrap.trials import Stage, Told, open_stage, unheard
from postroom.bootstrap.trials_mail import mail_in, require_any
from postroom.errors import InputError, StoreError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.progress import Progress
from postroom.interfaces.stores import Stores
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.logs import configure_logging
from postroom.model.email import MailboxId
from postroom.model.workflow import JsonValue
from postroom.settings import Settings
from postroom.trials.backtest import BacktestPlan, Rehearse, backtest
from postroom.trials.backtest_crew import crew
from postroom.trials.backtest_rehearsal import Rehearsal
from postroom.trials.backtest_results import Results
from postroom.trials.backtest_tried import Tried
from postroom.trials.compare import ComparePlan, CompareReport, CompareSide, compare
from postroom.trials.order import BacktestOrder, CompareOrder, MailOrder
from postroom.trials.past_mail import PastEmail, PastMail
from postroom.trials.past_mail_store import StoredMail
from postroom.trials.report import BacktestReport

# Two processes take as long to start as one needs for about 800 e-mails (benchmarks/backtest.py), and save half of the
# time: from twice that on they pay, and from here on surely.
WORTH_A_CREW = 2500


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRun:
    """How a back-test is run: `out` is the folder of its results, by which it can be gone on with.

    `processes` rehearse at once; None: two where there is enough mail for that. `file` is where the file of the order
    lies; None: where it says, from the folder of this process on. `told` hears in words of what takes a while
    before the first e-mail is tried.
    """

    out: Path | None = None
    processes: int | None = None
    file: Path | None = None
    told: Told = unheard


async def backtest_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Do a back-test as a job, and return its report as plain values.

    Raises:
        InputError: the order is not one. StoppedError: `progress` says so.
    """
    wanted = _ordered(BacktestOrder, order)
    return plain(await run_backtest(wanted, stores, settings, progress, TrialRun(file=_file(wanted.mail, settings))))


async def run_backtest(
    order: BacktestOrder, stores: Stores | None, settings: Settings, progress: Progress, run: TrialRun
) -> BacktestReport:
    """Return the report of a back-test; `stores` are only read (None: there are none).

    Raises:
        NotFoundError, ConfigurationError, InputError: what was ordered is not there, or cannot be used.
        ConflictError: the folder holds the results of another one. StoppedError: `progress` says so.
    """
    async with open_stage(settings, stores, order.mail.mailbox_id) as stage, AsyncExitStack() as stack:
        mail = past_mail(order.mail, stage, run.file)
        await require_any(mail, order.mail)
        stage.say_what_takes_time(run.told)
        play = await stage.play(order.side, assumed=_assumed(order.mail))
        about = await stage.fingerprint([play], source=mail.name, assumed=_assumed(order.mail))
        results = Results(run.out, about) if run.out else None
        processes = run.processes or await _processes(mail)
        rehearse = in_turn(Rehearsal(play))
        if processes > 1:
            opening = partial(_opened, settings, order, has_store=stores is not None)
            rehearse = await stack.enter_async_context(crew(opening, processes=processes))
        plan = BacktestPlan(
            mail=mail,
            workflow=f"{play.workflow.slug}@{play.workflow.version}" if play.workflow.version else play.workflow.slug,
            rehearse=rehearse,
            results=results,
            minutes_per_answer=order.minutes_per_answer,
            sample=order.sample,
            # One more than there are processes, so that none waits for its next chunk.
            ahead=processes + 1 if processes > 1 else 1,
            terms=play.terms,
        )
        return await backtest(plan, progress)


async def _processes(mail: PastMail) -> int:
    return min(2, os.cpu_count() or 1) if await mail.count() >= WORTH_A_CREW else 1


@asynccontextmanager
async def _opened(settings: Settings, order: BacktestOrder, *, has_store: bool) -> AsyncIterator[Rehearsal]:
    """Give what a process of the crew rehearses with: its own stage on the same store, which is only read."""
    # A new process has no log yet, and one on standard output would stand among what the command prints.
    configure_logging("WARNING", settings.log_format)
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_store(settings)) if has_store else None
        stage = await stack.enter_async_context(open_stage(settings, stores, order.mail.mailbox_id))
        yield Rehearsal(await stage.play(order.side, assumed=_assumed(order.mail)))


async def compare_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Do a comparison as a job, and return its report as plain values.

    Raises:
        InputError: the order is not one. StoppedError: `progress` says so.
    """
    wanted = _ordered(CompareOrder, order)
    return plain(await run_compare(wanted, stores, settings, progress, TrialRun(file=_file(wanted.mail, settings))))


async def run_compare(
    order: CompareOrder, stores: Stores | None, settings: Settings, progress: Progress, run: TrialRun
) -> CompareReport:
    """Return what flips between two sides; `stores` are only read (None: there are none). One process does it.

    Raises:
        NotFoundError, ConfigurationError, InputError: what was ordered is not there, or cannot be used.
        StoppedError: `progress` says so.
    """
    async with open_stage(settings, stores, order.mail.mailbox_id) as stage:
        mail = past_mail(order.mail, stage, run.file)
        await require_any(mail, order.mail)
        stage.say_what_takes_time(run.told)
        plays = [await stage.play(side, assumed=_assumed(order.mail)) for side in order.sides()]
        sides = [
            CompareSide(name=named, rehearse=in_turn(Rehearsal(play)), terms=play.terms)
            for named, play in zip((order.before, order.after), plays, strict=True)
        ]
        return await compare(ComparePlan(mail=mail, before=sides[0], after=sides[1]), progress)


def in_turn(rehearsal: Rehearsal) -> Rehearse:
    """Return what rehearses e-mails one after the other, letting others on the event loop in between."""

    async def rehearse(emails: Sequence[PastEmail]) -> Sequence[Tried]:
        tried: list[Tried] = []
        for one in emails:
            tried.append(await rehearsal.rehearse(one))
            await asyncio.sleep(0)
        return tried

    return rehearse


def past_mail(order: MailOrder, stage: Stage, file: Path | None) -> PastMail:
    """Return the mail that is ordered; `file` is where its file lies (None: where the order says).

    Raises:
        InputError: there is no such file or folder.
    """
    if order.file is None:
        return StoredMail(stage.stores, MailboxId(order.mailbox_id))
    return mail_in(order.file, file or Path(order.file.path), max_message_bytes=stage.settings.max_message_bytes)


def _assumed(order: MailOrder) -> float:
    return ANSWER_THRESHOLD if order.assumed_threshold is None else order.assumed_threshold


def _file(order: MailOrder, settings: Settings) -> Path | None:
    """Return where the file of a job lies: jobs are ordered over HTTP, and lead no further than that may."""
    return file_inside(order, Fence(folder=settings.folders_dir, private_allowed=False))


Ordered = TypeVar("Ordered", BacktestOrder, CompareOrder)


def _ordered(kind: type[Ordered], order: Mapping[str, JsonValue]) -> Ordered:
    """Return what a job was ordered with.

    Raises:
        InputError: it is no such order.
    """
    try:
        return decode(kind, json.dumps(dict(order)))
    except StoreError as error:
        raise InputError("That is no order for a trial.", hint=error.message) from error


def plain(report: BacktestReport | CompareReport) -> Mapping[str, JsonValue]:
    """Return a report as plain values."""
    values: Mapping[str, JsonValue] = json.loads(encode(report))
    return values
