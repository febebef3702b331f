"""Which workflow a mailbox runs."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from postroom.bootstrap.plugins import node_types
from postroom.errors import ConfigurationError, NotFoundError
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import NodeType
from postroom.interfaces.stores import Stores
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import Workflow, WorkflowSlug
from postroom.settings import Settings
from postroom.workflows.load import read_workflow, template
from postroom.workflows.validate import require_valid


async def workflow_of(mailbox: Mailbox, settings: Settings, stores: Stores) -> Workflow:
    """Return the workflow of a mailbox, valid and stored.

    Raises:
        ConfigurationError: it is nowhere, or cannot run (every problem in the hint).
    """
    wanted = settings.model_copy(update={"workflow": mailbox.workflow})
    if settings.workflow_file is not None and mailbox.workflow != settings.workflow:
        wanted = wanted.model_copy(update={"workflow_file": None})
    found = await chosen_workflow(wanted, stores, node_types())
    if found.version:
        return found
    saved = await stores.workflows.save(found, at=SystemClock().now())
    # Whoever names a file means that one, whichever was published before.
    if (await stores.workflows.current(saved.slug)).version != saved.version:
        await stores.workflows.publish(saved.slug, saved.version)
    return saved


async def chosen_workflow(settings: Settings, stores: Stores, types: Mapping[str, NodeType[BaseModel]]) -> Workflow:
    """Return the workflow of the settings, valid: the file's, else that in use in the store, else the shipped one.

    Raises:
        ConfigurationError: the file cannot be read, or the workflow cannot run (every problem in the hint).
    """
    path = settings.workflow_file
    if path is not None:
        workflow = read_workflow(_text_of(path), source=str(path))
    else:
        workflow = await _stored_or_shipped(WorkflowSlug(settings.workflow), stores)
    require_valid(workflow, types)
    return workflow


async def _stored_or_shipped(slug: WorkflowSlug, stores: Stores) -> Workflow:
    try:
        return await stores.workflows.current(slug)
    except NotFoundError:
        pass
    try:
        return template(slug)
    except NotFoundError as error:
        raise ConfigurationError(error.message, hint=f"{error.hint} Import yours first.") from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The workflow file {os.fspath(path)!r} cannot be read: {error}.", hint="Set POSTROOM_WORKFLOW_FILE."
        ) from error
