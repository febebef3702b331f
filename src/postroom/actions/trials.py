"""Trials as somebody orders them over HTTP: back-tests and comparisons of what is stored, as jobs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from postroom.actions.accounts_fence import Fence
from postroom.actions.desk import Desk
from postroom.actions.jobs import order_job
from postroom.actions.mailboxes_rules import SETTINGS_MAILBOX
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.job import Job, JobKind
from postroom.model.trained_model import ModelId
from postroom.model.workflow import JsonValue, WorkflowSlug
from postroom.workflows.load import template

MODEL = "model:"


class FileKind(StrEnum):
    """What past mail lies in."""

    MBOX = "mbox"
    MAILDIR = "maildir"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file or Maildir with past mail, inside the folder that is open over HTTP."""

    kind: FileKind
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWanted:
    """Which past mail is tried: that of a `file`, else that of `mailbox`, by whose rules it is tried in any case."""

    mailbox: str = ""
    file: MailFile | None = None
    assumed_threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestWanted:
    """What a back-test is ordered with; an empty workflow is that of the mailbox, an empty model the one in use."""

    mail: MailWanted
    workflow: str
    model: str
    minutes_per_answer: float
    sample: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonWanted:
    """Which two sides are compared, each a workflow or `model:ID`; models are tried with `with_workflow`."""

    mail: MailWanted
    before: str
    after: str
    with_workflow: str


async def order_backtest(desk: Desk, wanted: BacktestWanted, fence: Fence | None) -> Job:
    """Leave a back-test for the next process that runs jobs.

    Raises:
        NotFoundError: there is no such mailbox, workflow or model. InputError: there is no such file, or it lies
        outside of the `fence` (None: no file may be used).
    """
    place = await _place(desk.stores, wanted.mail, fence)
    await _require_workflow(desk.stores, wanted.workflow)
    if wanted.model:
        await desk.stores.models.get(ModelId(wanted.model))
    order = {
        **place,
        "workflow": wanted.workflow,
        "model": wanted.model,
        "minutes_per_answer": wanted.minutes_per_answer,
        "sample": wanted.sample,
    }
    return await order_job(desk, JobKind.BACKTEST, order)


async def order_comparison(desk: Desk, wanted: ComparisonWanted, fence: Fence | None) -> Job:
    """Leave a comparison for the next process that runs jobs.

    Raises:
        NotFoundError: there is no such mailbox, workflow or model. InputError: there is no such file, or it lies
        outside of the `fence` (None: no file may be used).
    """
    place = await _place(desk.stores, wanted.mail, fence)
    await _require_workflow(desk.stores, wanted.with_workflow)
    for side in (wanted.before, wanted.after):
        model = side.removeprefix(MODEL)
        if model != side:
            await desk.stores.models.get(ModelId(model))
        else:
            await _require_workflow(desk.stores, side)
    order = {**place, "before": wanted.before, "after": wanted.after, "with_workflow": wanted.with_workflow}
    return await order_job(desk, JobKind.COMPARE, order)


async def _place(stores: Stores, wanted: MailWanted, fence: Fence | None) -> Mapping[str, JsonValue]:
    """Return the place of past mail as a job is ordered with it."""
    if wanted.mailbox and wanted.mailbox != SETTINGS_MAILBOX:
        await stores.mailboxes.get(MailboxId(wanted.mailbox))
    if wanted.file is None and not wanted.mailbox:
        raise InputError("It is not clear which mail is meant.", hint="Name a mailbox, a file, or both.")
    order: dict[str, JsonValue] = {"mailbox": wanted.mailbox} if wanted.mailbox else {}
    if wanted.file is not None:
        order[wanted.file.kind.value] = str(_existing(wanted.file, fence))
    if wanted.assumed_threshold is not None:
        order["assumed_threshold"] = wanted.assumed_threshold
    return order


def _existing(file: MailFile, fence: Fence | None) -> Path:
    if fence is None:
        raise InputError("Files cannot be used here.", hint="Name a mailbox.")
    path = Path(fence.inside(file.path))
    try:
        there = path.is_dir() if file.kind is FileKind.MAILDIR else path.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        raise InputError(
            f"There is no {file.kind.value} at {file.path[:200]!r}.",
            hint=f"Put it below {str(fence.folder)!r} (POSTROOM_FOLDERS_DIR) and name it from there.",
        )
    return path


async def _require_workflow(stores: Stores, named: str) -> None:
    """Pass where nothing is named, or a workflow that is stored or comes with Postroom."""
    slug, at, version = named.partition("@")
    if at:
        await stores.workflows.get(WorkflowSlug(slug), int(version))
        return
    if slug:
        try:
            await stores.workflows.current(WorkflowSlug(slug))
        except NotFoundError:
            template(WorkflowSlug(slug))
