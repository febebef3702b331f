"""Trials as somebody orders them over HTTP: back-tests and comparisons of what is stored, as jobs."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from postroom.actions.accounts_fence import Fence
from postroom.actions.desk import Desk
from postroom.actions.jobs import order_job
from postroom.actions.mailboxes_rules import SETTINGS_MAILBOX
from postroom.actions.models import STARTER
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.codec import encode
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.job import Job, JobKind
from postroom.model.trained_model import ModelId
from postroom.model.workflow import JsonValue, WorkflowSlug
from postroom.trials.order import BacktestOrder, CompareOrder, MailFile, MailKind, MailOrder, Side
from postroom.workflows.load import template


async def order_backtest(desk: Desk, order: BacktestOrder, fence: Fence | None) -> Job:
    """Leave a back-test for the next process that runs jobs.

    Raises:
        NotFoundError: there is no such mailbox, workflow or model. InputError: there is no such file, or it lies
        outside of the `fence` (None: no file may be used). ConflictError: too many of them wait.
    """
    mail = await _checked(desk.stores, order.mail, fence)
    await _require(desk.stores, order.side)
    return await order_job(desk, JobKind.BACKTEST, _plain(replace(order, mail=mail)))


async def order_comparison(desk: Desk, order: CompareOrder, fence: Fence | None) -> Job:
    """Leave a comparison for the next process that runs jobs.

    Raises:
        NotFoundError: there is no such mailbox, workflow or model. InputError: there is no such file, or it lies
        outside of the `fence` (None: no file may be used). ConflictError: too many of them wait.
    """
    mail = await _checked(desk.stores, order.mail, fence)
    await _require_workflow(desk.stores, order.workflow)
    for side in order.sides():
        await _require(desk.stores, side)
    return await order_job(desk, JobKind.COMPARE, _plain(replace(order, mail=mail)))


def file_inside(mail: MailOrder, fence: Fence) -> Path | None:
    """Return where the file of an order lies that was made over HTTP; None where it names none.

    Raises:
        InputError: it lies outside of the `fence`, or is not there.
    """
    return None if mail.file is None else _existing(mail.file, fence)


async def _checked(stores: Stores, mail: MailOrder, fence: Fence | None) -> MailOrder:
    """Return the order with its file named from the folder that is open: who reads jobs learns of no other place."""
    if mail.mailbox_id and mail.mailbox_id != SETTINGS_MAILBOX:
        await stores.mailboxes.get(MailboxId(mail.mailbox_id))
    if mail.file is None:
        return mail
    if fence is None:
        raise InputError("Files cannot be used here.", hint="Name a mailbox.")
    path = _existing(mail.file, fence).relative_to(fence.folder.resolve())
    return replace(mail, file=replace(mail.file, path=path.as_posix()))


def _existing(file: MailFile, fence: Fence) -> Path:
    path = Path(fence.inside(file.path))
    try:
        there = path.is_dir() if file.kind is MailKind.MAILDIR else path.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        raise InputError(
            f"There is no {file.kind.value} at {file.path[:200]!r}.",
            hint="Put it below the folder of the setting POSTROOM_FOLDERS_DIR and name it from there.",
        )
    return path


async def _require(stores: Stores, side: Side) -> None:
    await _require_workflow(stores, side.workflow)
    if side.model and side.model != STARTER:
        await stores.models.get(ModelId(side.model))


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


def _plain(order: BacktestOrder | CompareOrder) -> Mapping[str, JsonValue]:
    values: Mapping[str, JsonValue] = json.loads(encode(order))
    return values
