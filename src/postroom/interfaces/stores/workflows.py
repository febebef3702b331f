"""Workflows: versions that never change."""

from typing import Protocol

from postroom.model.workflow import Workflow, WorkflowSlug


class Workflows(Protocol):
    """Keeps every version of every workflow."""

    async def save(self, workflow: Workflow) -> Workflow:
        """Return it with its version: the newest one where nothing but the version differs, else the next number."""
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

    async def list(self) -> tuple[Workflow, ...]:
        """Return the newest version of each workflow, by slug."""
        ...
