"""Runs trials as they are ordered, by a command or as a job."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from postroom.bootstrap.opening import open_store
from postroom.bootstrap.trials import Side, Stage, open_stage
from postroom.bootstrap.trials_mail import folder_of
from postroom.errors import InputError
from postroom.interfaces.codec import encode
from postroom.interfaces.progress import Progress
from postroom.interfaces.stores import Stores
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.logs import configure_logging
from postroom.model.email import MailboxId
from postroom.model.workflow import JsonValue
from postroom.settings import Settings
from postroom.trials.backtest import BacktestOrder, Rehearse, backtest
from postroom.trials.backtest_crew import crew
from postroom.trials.backtest_rehearsal import Rehearsal
from postroom.trials.backtest_results import Results
from postroom.trials.backtest_tried import Tried
from postroom.trials.compare import CompareOrder, CompareReport, CompareSide, compare
from postroom.trials.past_mail import PastEmail, PastMail
from postroom.trials.past_mail_store import StoredMail
from postroom.trials.report import MINUTES_PER_ANSWER, SAMPLE, BacktestReport

FOLDERS = ("mbox", "maildir", "csv")
MODEL = "model:"
# Two processes take as long to start as one needs for about 800 e-mails (benchmarks/backtest.py), and save half of the
# time: from twice that on they pay, and from here on surely.
WORTH_A_CREW = 2500


class MailOrder(BaseModel):
    """Which past mail: that of a mailbox in the store, an mbox file, a Maildir or a CSV file; exactly one of them.

    `mailbox` beside one of the others names the mailbox by whose rules it is tried.
    """

    model_config = ConfigDict(extra="ignore")

    mailbox: str | None = None
    mbox: Path | None = None
    maildir: Path | None = None
    csv: Path | None = None
    assumed_threshold: float = Field(default=ANSWER_THRESHOLD, ge=0, le=1)

    @model_validator(mode="after")
    def _one_place(self) -> "MailOrder":
        places = [name for name in FOLDERS if getattr(self, name) is not None]
        if len(places) > 1 or not (places or self.mailbox):
            raise ValueError("name one place of past mail: mailbox, mbox, maildir or csv")
        return self


class BacktestForm(MailOrder):
    """What a back-test is ordered with; `out` is the folder of its results, by which it can be gone on with.

    `processes` rehearse at once; None: two where there is enough mail for that.
    """

    workflow: str = ""
    model: str = ""
    minutes_per_answer: float = Field(default=MINUTES_PER_ANSWER, gt=0)
    sample: int = Field(default=SAMPLE, ge=0, le=1000)
    out: Path | None = None
    processes: int | None = Field(default=None, ge=1, le=64)

    @property
    def side(self) -> Side:
        """What is tried."""
        return Side(workflow=self.workflow, model=self.model)


async def backtest_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Do a back-test as a job, and return its report as plain values.

    Raises:
        InputError: the order is not one. StoppedError: `progress` says so.
    """
    report = await run_backtest(form_of(BacktestForm, order), stores, settings, progress)
    return plain(report)


async def run_backtest(
    form: BacktestForm, stores: Stores | None, settings: Settings, progress: Progress
) -> BacktestReport:
    """Return the report of a back-test; `stores` are only read (None: there are none).

    Raises:
        NotFoundError, ConfigurationError, InputError: what was ordered is not there, or cannot be used.
        ConflictError: the folder holds the results of another one. StoppedError: `progress` says so.
    """
    async with open_stage(settings, stores, form.mailbox or "") as stage, AsyncExitStack() as stack:
        mail = past_mail(form, stage)
        play = await stage.play(form.side, assumed=form.assumed_threshold)
        about = await stage.fingerprint([play], source=mail.name, assumed=form.assumed_threshold)
        results = Results(form.out, about) if form.out else None
        processes = await _processes(form, mail)
        rehearse = in_turn(Rehearsal(play))
        if processes > 1:
            opening = partial(_opened, settings, form, has_store=stores is not None)
            rehearse = await stack.enter_async_context(crew(opening, processes=processes))
        order = BacktestOrder(
            mail=mail,
            workflow=f"{play.workflow.slug}@{play.workflow.version}" if play.workflow.version else play.workflow.slug,
            rehearse=rehearse,
            results=results,
            minutes_per_answer=form.minutes_per_answer,
            sample=form.sample,
            # One more than there are processes, so that none waits for its next chunk.
            ahead=processes + 1 if processes > 1 else 1,
        )
        report = await backtest(order, progress)
        return replace(report, assumed_threshold=play.assumed_threshold)


async def _processes(form: BacktestForm, mail: PastMail) -> int:
    if form.processes is not None:
        return form.processes
    return min(2, os.cpu_count() or 1) if await mail.count() >= WORTH_A_CREW else 1


@asynccontextmanager
async def _opened(settings: Settings, form: BacktestForm, *, has_store: bool) -> AsyncIterator[Rehearsal]:
    """Give what a process of the crew rehearses with: its own stage on the same store, which is only read."""
    # A new process has no log yet, and one on standard output would stand among what the command prints.
    configure_logging("WARNING", settings.log_format)
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(open_store(settings)) if has_store else None
        stage = await stack.enter_async_context(open_stage(settings, stores, form.mailbox or ""))
        yield Rehearsal(await stage.play(form.side, assumed=form.assumed_threshold))


class CompareForm(MailOrder):
    """What a comparison is ordered with: two sides, each a workflow or `model:ID`.

    A workflow is a slug, `slug@version` or a YAML file; a model is tried with the workflow `with_workflow` (empty: the
    mailbox's).
    """

    before: str = Field(min_length=1)
    after: str = Field(min_length=1)
    with_workflow: str = ""

    def side(self, named: str) -> Side:
        """Return one of the sides."""
        model = named.removeprefix(MODEL)
        return Side(workflow=self.with_workflow, model=model) if model != named else Side(workflow=named)


async def compare_job(
    order: Mapping[str, JsonValue], stores: Stores, settings: Settings, progress: Progress
) -> Mapping[str, JsonValue]:
    """Do a comparison as a job, and return its report as plain values.

    Raises:
        InputError: the order is not one. StoppedError: `progress` says so.
    """
    return plain(await run_compare(form_of(CompareForm, order), stores, settings, progress))


async def run_compare(
    form: CompareForm, stores: Stores | None, settings: Settings, progress: Progress
) -> CompareReport:
    """Return what flips between two sides; `stores` are only read (None: there are none).

    Raises:
        NotFoundError, ConfigurationError, InputError: what was ordered is not there, or cannot be used.
        StoppedError: `progress` says so.
    """
    async with open_stage(settings, stores, form.mailbox or "") as stage:
        mail = past_mail(form, stage)
        sides = [
            CompareSide(
                name=named,
                rehearse=in_turn(Rehearsal(await stage.play(form.side(named), assumed=form.assumed_threshold))),
            )
            for named in (form.before, form.after)
        ]
        return await compare(CompareOrder(mail=mail, before=sides[0], after=sides[1]), progress)


def in_turn(rehearsal: Rehearsal) -> Rehearse:
    """Return what rehearses e-mails one after the other, letting others on the event loop in between."""

    async def rehearse(emails: Sequence[PastEmail]) -> Sequence[Tried]:
        tried: list[Tried] = []
        for one in emails:
            tried.append(await rehearsal.rehearse(one))
            await asyncio.sleep(0)
        return tried

    return rehearse


def past_mail(form: MailOrder, stage: Stage) -> PastMail:
    """Return the mail that is ordered.

    Raises:
        InputError: there is no such file or folder.
    """
    for kind in FOLDERS:
        path: Path | None = getattr(form, kind)
        if path is not None:
            return folder_of(kind, path, max_message_bytes=stage.settings.max_message_bytes)
    return StoredMail(stage.stores, MailboxId(form.mailbox or ""))


Form = TypeVar("Form", bound=MailOrder)


def form_of(kind: type[Form], order: Mapping[str, JsonValue]) -> Form:
    """Return an order as a form.

    Raises:
        InputError: it is not one; the hint says what is wrong.
    """
    try:
        return kind.model_validate(dict(order))
    except ValidationError as error:
        told = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}".lstrip(": ") for each in error.errors(include_url=False)
        ]
        raise InputError("That is no order for a trial.", hint=f"{'; '.join(told)}.") from error


def plain(report: BacktestReport | CompareReport) -> Mapping[str, JsonValue]:
    """Return a report as plain values."""
    values: Mapping[str, JsonValue] = json.loads(encode(report))
    return values
