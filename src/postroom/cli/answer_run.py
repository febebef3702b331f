"""One e-mail through the workflow without sending, in a folder that is thrown away."""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from postroom.actions.status import standing
from postroom.bootstrap import MAILBOX_ID, Postroom, chosen_workflow, models_folder, node_types, open_store
from postroom.cli.demo_folder import share_models
from postroom.cli.opening import all_in_folder
from postroom.cli.starting import Start, running
from postroom.engine.journal import Journal
from postroom.engine.runtime import Engine
from postroom.errors import InputError
from postroom.intake.accept import accept
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import RawEmail
from postroom.model.execution import ExecutionStatus, Outcome, Step
from postroom.model.ledger import EntryKind
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


async def trace(settings: Settings, file: Path) -> Trace:
    """Return what would become of the mail in `file`, with the real model, articles and workflow.

    Raises:
        InputError: the file cannot be accepted as a mail. ConfigurationError: a setting is wrong.
    """
    content = await asyncio.to_thread(file.read_bytes)
    with tempfile.TemporaryDirectory(prefix="postroom-answer-") as folder:
        elsewhere = all_in_folder(settings, Path(folder))
        # A store that is not there yet holds no workflow, and asking it would make it.
        asked = settings if _has_store(settings) else elsewhere
        async with open_store(asked) as stores:
            workflow = await chosen_workflow(settings, stores, node_types())
        apart = elsewhere.model_copy(
            update={
                "mock_emails": 0,
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
        start = Start(log_level="ERROR", dry_run=True)
        async with running(apart, start) as (postroom, engine):
            return await _through(postroom, engine, file, content)


def _has_store(settings: Settings) -> bool:
    return (file := Journal(url=settings.store_url).file) is None or file.exists()


async def _through(postroom: Postroom, engine: Engine, file: Path, content: bytes) -> Trace:
    raw = RawEmail(mailbox_id=MAILBOX_ID, uid_validity="file", uid="1", received_at=datetime.now(UTC), content=content)
    (accepted,) = await accept(postroom.intake, [(raw, "1")])
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
        mode=postroom.mailbox.mode.value,
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
