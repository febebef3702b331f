"""Controls: what people asked the running engine to do, and the processes that run it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.control import Process, Request
from postroom.model.workflow import WorkflowSlug


class Controls(Protocol):
    """Carries wishes from any process to the engine, and lasting switches."""

    async def halt_sending(self) -> None:
        """From now on no claim is granted, in any process."""
        ...

    async def allow_sending(self) -> None:
        """Undo `halt_sending`."""
        ...

    async def sending_halted(self) -> bool:
        """Return whether sending is halted."""
        ...

    async def pause_workflow(self, slug: WorkflowSlug) -> None:
        """From now on no execution of the workflow begins or goes on; mail is still received and stored."""
        ...

    async def resume_workflow(self, slug: WorkflowSlug) -> None:
        """Undo `pause_workflow`."""
        ...

    async def paused_workflows(self) -> frozenset[WorkflowSlug]:
        """Return the slugs of all paused workflows."""
        ...

    async def ask(self, request: Request) -> None:
        """Leave a request for the engine; one with the same execution and wish stands once."""
        ...

    async def ask_all(self, requests: Sequence[Request]) -> None:
        """Leave these requests at once; each stands once, as with `ask`."""
        ...

    async def requests(self, *, limit: int = 100) -> tuple[Request, ...]:
        """Return the requests that nobody has carried out yet, oldest first."""
        ...

    async def done(self, request: Request) -> None:
        """Strike out a request that was carried out or cannot be."""
        ...

    async def beat(self, process: Process) -> None:
        """Note that a process lives."""
        ...

    async def leave(self, executor_id: str) -> None:
        """Note that a process has ended in good order; one that is not there changes nothing."""
        ...

    async def processes(self, *, since: datetime) -> tuple[Process, ...]:
        """Return the processes whose last heart-beat is not before `since`."""
        ...
