"""`postroom job`: long work that was asked for, and how far it is."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json, Newest
from postroom.cli.output import moment, show, show_json, show_json_list, show_table
from postroom.cli.running import FAILED, run

if TYPE_CHECKING:
    from postroom.model.job import Job

job = typer.Typer(
    help="Trainings, back-tests, comparisons and imports that a running Postroom does.", no_args_is_help=True
)

JobIdArgument = Annotated[str, typer.Argument(metavar="ID", help="The id of the job.", show_default=False)]
By = Annotated[str | None, typer.Option("--by", help="Who does it; without it the user of this system.")]


@job.command("list")
def list_(limit: Newest = 20, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show jobs, newest first."""
    from postroom.actions.jobs import jobs
    from postroom.cli.store import read
    from postroom.model.job import Job

    found = run(read(data_dir, lambda stores: jobs(stores, limit=limit))).rows
    if as_json:
        show_json_list(Job, found)
        return
    columns = ("id", "kind", "state", "done", "asked for by", "at", "failure")
    show_table("", columns, [_row(one) for one in found])


@job.command("show")
def show_(job_id: JobIdArgument, data_dir: DataDir = None) -> None:
    """Print a job with all that came of it, as JSON."""
    from postroom.cli.store import read
    from postroom.model.job import JobId

    show_json(run(read(data_dir, lambda stores: stores.jobs.get(JobId(job_id)))))


@job.command()
def cancel(job_id: JobIdArgument, by: By = None, data_dir: DataDir = None) -> None:
    """Cancel a job that waits, or ask one that runs to end."""
    found = run(_cancel(data_dir, job_id, by))
    show(f"The job {job_id} {'is cancelled' if found.state.ended else 'is asked to end'}.")


@job.command()
def remove(job_id: JobIdArgument, by: By = None, data_dir: DataDir = None) -> None:
    """Delete a job that has ended, with all that came of it; a model that it trained, or what it imported, stays."""
    run(_remove(data_dir, job_id, by))
    show(f"The job {job_id} is removed.")


@job.command("run", hidden=True)
def run_(
    job_id: JobIdArgument,
    worker: Annotated[str, typer.Option(help="Who has claimed it.", show_default=False)],
    data_dir: DataDir = None,
) -> None:
    """Do a job that `worker` has claimed; started by `postroom serve` and `postroom worker`, never by people."""
    succeeded = run(_run(data_dir, job_id, worker))
    sys.stdout.flush()
    sys.stderr.flush()
    # A thread of a job that was cancelled may compute for minutes more, and an ordinary exit would wait for it.
    os._exit(0 if succeeded else FAILED)


async def _cancel(data_dir: Path | None, job_id: str, by: str | None) -> "Job":
    from postroom.actions.audit import note_at_machine
    from postroom.actions.jobs import cancel_job
    from postroom.cli.store import desk_of
    from postroom.model.job import JobId

    async with desk_of(data_dir, by) as desk:
        found = await cancel_job(desk, JobId(job_id))
        await note_at_machine(desk, "cancel_job", job_id)
        return found


async def _remove(data_dir: Path | None, job_id: str, by: str | None) -> None:
    from postroom.actions.audit import note_at_machine
    from postroom.actions.jobs import remove_job
    from postroom.cli.store import desk_of
    from postroom.model.job import JobId

    async with desk_of(data_dir, by) as desk:
        await remove_job(desk.stores, JobId(job_id))
        await note_at_machine(desk, "delete_job", job_id)


async def _run(data_dir: Path | None, job_id: str, worker: str) -> bool:
    from postroom.bootstrap.jobs import works
    from postroom.bootstrap.jobs_run import Shop, run_job
    from postroom.cli.store import opened
    from postroom.interfaces.clock import SystemClock
    from postroom.model.job import JobId, JobState

    os.nice(POLITENESS)
    async with opened(data_dir) as (settings, stores):
        shop = Shop(stores=stores, settings=settings, clock=SystemClock(), works=works())
        return await run_job(shop, JobId(job_id), worker) is JobState.SUCCEEDED


POLITENESS = 10  # Of 19: mail goes before jobs wherever both want the processor.


def _row(one: "Job") -> tuple[str, ...]:
    done = f"{one.done}/{one.total}" if one.total else ""
    failure = one.failure.message if one.failure else ""
    state = "to be cancelled" if one.cancelling and not one.state.ended else one.state.value
    return (one.id, one.kind.value, state, done, one.by, moment(one.created_at), failure)
