"""One e-mail through the workflow without sending, in a folder that is thrown away."""

import asyncio
import math
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from postroom.actions.status import standing
from postroom.bootstrap import MAILBOX_ID, Postroom, mailbox_of, models_folder, open_store, workflow_of
from postroom.cli.demo_folder import share_models
from postroom.cli.opening import all_in_folder
from postroom.cli.starting import Start, running
from postroom.engine.journal import Journal
from postroom.engine.runtime import Engine
from postroom.errors import InputError
from postroom.intake.accept import accept
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import MailboxId, RawEmail
from postroom.model.execution import ExecutionStatus, Outcome, Step
from postroom.model.ledger import EntryKind
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.workflow import JsonValue
from postroom.settings import Settings
from postroom.workflows.load import write_workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What would become of an e-mail: `answered`, `in_review`, `ignored_automatic` or `failed`, and node by node why.

    It is tried as in mode automatic; `mode` is the mailbox's own. `draft` is the text that would be sent, or offered to
    a person; its passages are what it rests on.
    """

    file: str
    mode: str
    would_be: str
    classification: Classification | None
    draft: Draft | None
    steps: tuple[Step, ...]


async def trace(settings: Settings, file: Path, *, name: str | None = None) -> Trace:
    """Return what would become of the mail in `file`, with the real model, articles and workflow.

    It is tried as a mail to the mailbox called `name`; without a name to the first that was added, to that of the
    settings where none was, or else to the made-up shop. How old the mail is makes no difference.

    Raises:
        InputError: the file cannot be accepted as a mail. ConfigurationError: a setting is wrong. NotFoundError: there
        is no such mailbox.
    """
    content = await asyncio.to_thread(file.read_bytes)
    with tempfile.TemporaryDirectory(prefix="postroom-answer-") as folder:
        elsewhere = all_in_folder(settings, Path(folder))
        # A store that is not there yet holds no workflow, and asking it would make it.
        asked = settings if _has_store(settings) else elsewhere
        async with open_store(asked) as stores:
            settings = await _or_made_up_shop(settings, stores)
            mailbox = await _chosen(settings, stores, name)
            workflow = await workflow_of(mailbox, settings, stores)
        made_up = mailbox.id == MAILBOX_ID and settings.mailbox_kind == "mock"
        apart = elsewhere.model_copy(
            update={
                "mailbox_kind": "mock" if made_up else "none",
                "mock_emails": 0,
                "workflow": mailbox.workflow,
                "webhook_url": None,
                "slack_webhook_url": None,
                "workflow_file": Path(folder) / "workflow.yaml",
                # By the real key our own mail is known.
                "secret_key": SecretStr(settings.secret_bytes().hex()),
            }
        )
        # The folder's own store is empty, so the workflow that the mailbox runs goes with it as a file.
        await asyncio.to_thread((Path(folder) / "workflow.yaml").write_text, write_workflow(workflow), "utf-8")
        await asyncio.to_thread(share_models, models_folder(settings), models_folder(apart))
        if not made_up:
            await _add_copy(apart, mailbox)
        start = Start(log_level="ERROR", dry_run=True)
        async with running(apart, start) as (postroom, engine):
            letter = RawEmail(
                mailbox_id=mailbox.id, uid_validity="file", uid="1", received_at=datetime.now(UTC), content=content
            )
            found = await _through(postroom, engine, file, letter)
            return replace(found, mode=mailbox.mode.value)


async def _or_made_up_shop(settings: Settings, stores: Stores) -> Settings:
    """Return the settings, with the mailbox of the made-up shop where there is no other to try a mail for."""
    if settings.mailbox_kind != "none" or await stores.mailboxes.list():
        return settings
    return settings.model_copy(update={"mailbox_kind": "mock"})


async def _chosen(settings: Settings, stores: Stores, name: str | None) -> Mailbox:
    added = await stores.mailboxes.list()
    if name is None or name == MAILBOX_ID:
        return added[0] if added and name is None else mailbox_of(settings)
    return await stores.mailboxes.get(MailboxId(name))


async def _add_copy(settings: Settings, mailbox: Mailbox) -> None:
    """Add `mailbox` to the folder's own store: its rules count, but not its mode nor how old mail may be."""
    copy = replace(
        mailbox, mode=Mode.AUTOMATIC, stopped="", answer_within_hours=math.inf, connected_at=None, pilot_addresses=()
    )
    now = datetime.now(UTC)
    nowhere: dict[str, JsonValue] = {"path": str(settings.data_dir / "nowhere")}
    account = Account(
        family=AccountFamily.RECEIVER,
        name=mailbox.id,
        kind="maildir",
        values=nowhere,
        sealed={},
        created_at=now,
        updated_at=now,
    )
    async with open_store(settings) as stores:
        await stores.accounts.add(account)
        await stores.mailboxes.add(copy)


def _has_store(settings: Settings) -> bool:
    return (file := Journal(url=settings.store_url).file) is None or file.exists()


async def _through(postroom: Postroom, engine: Engine, file: Path, letter: RawEmail) -> Trace:
    (accepted,) = await accept(postroom.directory.open[letter.mailbox_id].intake, [(letter, "1")])
    if accepted.kind is EntryKind.QUARANTINED or accepted.execution_id is None:
        raise InputError(
            f"The mail {str(file)!r} would go to quarantine.",
            hint=f"It may be larger than {postroom.settings.max_message_bytes} bytes.",
        )
    engine.wake()
    await engine.quiet()
    found = await standing(postroom.stores, accepted.execution_id)
    execution = await postroom.stores.executions.get(accepted.execution_id)
    outcomes = tuple(execution.progress.outcomes.values()) if execution.progress else ()
    return Trace(
        file=str(file),
        mode="",
        would_be=_would_be(execution.status, found.steps, outcomes),
        classification=next((one.classification for one in outcomes if one.classification), None),
        draft=next((one.draft for one in reversed(outcomes) if one.draft), None),
        steps=found.steps,
    )


def _would_be(status: ExecutionStatus, steps: tuple[Step, ...], outcomes: tuple[Outcome, ...]) -> str:
    if status is not ExecutionStatus.SUCCEEDED:
        return status.value
    if any(one.ignored for one in outcomes):
        return "ignored_automatic"
    return "in_review" if any(step.output == "observed" for step in steps) else "answered"
