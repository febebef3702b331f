"""`/jobs`: trainings, back-tests, comparisons and imports: how far they are, and what came of them."""

import asyncio
import json
from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field, JsonValue

from postroom.actions import jobs
from postroom.api.access import Configurer, Operator, Reader
from postroom.api.download import binary, download
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.errors import ConflictError
from postroom.interfaces.codec import decode
from postroom.model.execution import Failure
from postroom.model.job import Job, JobId, JobKind, JobState
from postroom.model.page import Page
from postroom.trials.compare import CompareReport
from postroom.trials.report import BacktestReport
from postroom.trials.report_page import backtest_page, compare_page

PAGE_TYPE = "text/html; charset=utf-8"

ROUTER = router("/jobs", "jobs")

_Kind = Annotated[JobKind | None, Query(description="Of this kind; without it of every kind.")]


class JobBody(BaseModel):
    """A job without what came of it."""

    id: JobId
    kind: JobKind
    state: JobState
    order: dict[str, JsonValue] = Field(description="What was asked for.")
    by: str
    created_at: datetime
    updated_at: datetime
    done: int = Field(description="How many of `total` steps are behind it.")
    total: int = Field(description="0: nobody knows yet.")
    beat_at: datetime | None = Field(description="When the process that has it last gave a sign of life.")
    attempt: int = Field(description="How many processes had it.")
    cancelling: bool = Field(description="Whether it was asked to end.")
    failure: Failure | None


class JobSheetBody(BaseModel):
    """A job with what came of it."""

    job: JobBody
    result: dict[str, JsonValue] | None = Field(
        description="What came of it, once it has succeeded; its keys belong to the kind."
    )
    has_report: bool = Field(description="Whether `report` gives it as a page.")


@ROUTER.get("")
async def list_jobs(
    _caller: Reader, office: OfficeHere, kind: _Kind = None, after: After = None, limit: Limit = 50
) -> Page[JobBody]:
    """List jobs, newest first."""
    found = await jobs.jobs(office.stores, kind=kind, after=after, limit=limit)
    return Page(rows=tuple(job_body(one) for one in found.rows), next_cursor=found.next_cursor)


@ROUTER.get("/{job_id}", responses=problems(404))
async def get_job(job_id: JobId, _caller: Reader, office: OfficeHere) -> JobSheetBody:
    """Read one job with what came of it."""
    job = await office.stores.jobs.get(job_id)
    result = None if job.result is None else dict(job.result)
    return JobSheetBody.model_validate({"job": job_body(job), "result": result, "has_report": _has_report(job)})


@ROUTER.get("/{job_id}/report", response_class=Response, responses=problems(404, 409) | binary({PAGE_TYPE}))
async def download_job_report(job_id: JobId, _caller: Reader, office: OfficeHere) -> Response:
    """Download the report of a back-test or a comparison as a page that needs nothing else and runs nothing."""
    job = await office.stores.jobs.get(job_id)
    if not _has_report(job):
        raise ConflictError(
            f"The job {job_id!r} has no report: it is a {job.kind.value} job, {job.state.value}.",
            hint="Back-tests and comparisons have one once they have succeeded.",
        )
    page = await asyncio.to_thread(_page, job)
    return download(page.encode(), f"{job.kind.value}-{job.id}.html", content_type=PAGE_TYPE)


@ROUTER.post("/{job_id}/cancel", responses=problems(404, 409))
async def cancel_job(job_id: JobId, caller: Operator, office: OfficeHere) -> JobBody:
    """Cancel a job that waits, or ask one that runs to end at its next step."""
    return job_body(await jobs.cancel_job(office.desk(caller), job_id))


@ROUTER.delete("/{job_id}", status_code=204, responses=problems(404, 409))
async def delete_job(job_id: JobId, _caller: Configurer, office: OfficeHere) -> None:
    """Delete a job that has ended, with what came of it; a model that it trained, or what it imported, stays."""
    await jobs.remove_job(office.stores, job_id)


def job_body(job: Job) -> JobBody:
    """Return a job without what came of it."""
    return JobBody.model_validate(job, from_attributes=True)


def _has_report(job: Job) -> bool:
    return job.result is not None and job.kind in {JobKind.BACKTEST, JobKind.COMPARE}


def _page(job: Job) -> str:
    text = json.dumps(dict(job.result or {}))
    if job.kind is JobKind.BACKTEST:
        return backtest_page(decode(BacktestReport, text))
    return compare_page(decode(CompareReport, text))
