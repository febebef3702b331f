"""Jobs as people see them: ask for one, watch it, cancel it, remove it."""

from collections.abc import Mapping
from uuid import uuid4

from postroom.actions.desk import Desk
from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.job import Job, JobId, JobKind, JobState
from postroom.model.page import Page
from postroom.model.workflow import JsonValue

MOST_WAITING = 10
"""Of one kind: each takes minutes, so whoever asks for more than that has not looked at what waits."""


async def order_job(desk: Desk, kind: JobKind, order: Mapping[str, JsonValue]) -> Job:
    """Leave a job for the next process that runs jobs, and return it.

    Raises:
        ConflictError: ten of its kind wait already.
    """
    now = desk.clock.now()
    job = Job(
        id=JobId(f"jo_{uuid4().hex}"),
        kind=kind,
        state=JobState.WAITING,
        order=order,
        by=desk.by,
        created_at=now,
        updated_at=now,
    )
    if not await desk.stores.jobs.add(job, most_waiting=MOST_WAITING):
        raise ConflictError(
            f"{MOST_WAITING} jobs of the kind {kind.value!r} wait already.",
            hint="Let one of them end, or cancel those that nobody needs; the list of jobs shows them.",
        )
    return await desk.stores.jobs.get(job.id)


async def jobs(stores: Stores, *, kind: JobKind | None = None, after: str | None = None, limit: int = 50) -> Page[Job]:
    """Return jobs, newest first."""
    return await stores.jobs.list(kind=kind, after=after, limit=limit)


async def remove_job(stores: Stores, job_id: JobId) -> None:
    """Delete a job that has ended, with what came of it; what it stored elsewhere, as a model or examples, stays.

    Raises:
        NotFoundError: there is none. ConflictError: it waits or runs.
    """
    job = await stores.jobs.get(job_id)
    if not await stores.jobs.remove(job_id):
        raise ConflictError(
            f"The job {job_id!r} has not ended: it is {job.state.value}.", hint="Cancel it first, then remove it."
        )


async def cancel_job(desk: Desk, job_id: JobId) -> Job:
    """Cancel a job that waits, or ask one that runs to end at its next step; return how it stands then.

    Raises:
        NotFoundError: there is none. ConflictError: it has ended.
    """
    before = await desk.stores.jobs.get(job_id)
    if not await desk.stores.jobs.cancel(job_id, at=desk.clock.now()):
        raise ConflictError(f"The job {job_id!r} has ended: {before.state.value}.", hint="There is nothing to cancel.")
    return await desk.stores.jobs.get(job_id)
