"""Workflows: versions that never change."""

from datetime import datetime
from typing import Protocol

from postroom.model.page import Page
from postroom.model.workflow import Workflow, WorkflowSlug, WorkflowVersion


class Workflows(Protocol):
    """Keeps every version of every workflow."""

    async def save(self, workflow: Workflow, *, at: datetime, base_version: int | None = None) -> Workflow:
        """Return it with its version: the newest one where nothing but the version differs, else the next number.

        Where `base_version` is given, the version in use stays in use until another is published.

        Raises:
            ConflictError: `base_version` is given (0: there is none yet) and is not the newest one.
        """
        ...

    async def get(self, slug: WorkflowSlug, version: int) -> Workflow:
        """Return one version.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def newest(self, slug: WorkflowSlug) -> Workflow:
        """Return the newest version.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def current(self, slug: WorkflowSlug) -> Workflow:
        """Return the version in use: the published one, the newest where none was ever published.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def publish(self, slug: WorkflowSlug, version: int) -> None:
        """From now on that version is the one in use, whichever are saved later.

        Raises:
            NotFoundError: there is no such version.
        """
        ...

    async def versions(self, slug: WorkflowSlug, *, after: str | None = None, limit: int = 50) -> Page[WorkflowVersion]:
        """Return the versions of a workflow, newest first; none where there is no such workflow."""
        ...

    async def list(self) -> tuple[Workflow, ...]:
        """Return the version in use of each workflow, by slug."""
        ...
