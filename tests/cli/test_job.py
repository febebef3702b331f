"""Long work that was asked for, as somebody looks at it."""

import asyncio
import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from contracts.store_jobs import A, B, job
from contracts.store_nouns import at
from postroom.bootstrap import open_store
from postroom.cli.opening import settings_of
from postroom.model.audit import AuditFilter


@pytest.fixture
def jobs(tmp_path: Path) -> None:
    """A job that waits, and one that runs."""

    async def put() -> None:
        async with open_store(settings_of(tmp_path / "data")) as stores:
            await stores.jobs.add(job(A))
            assert await stores.jobs.claim(worker="w1", at=at(1), silent_since=at(0))
            await stores.jobs.add(job(B))

    asyncio.run(put())


async def noted(folder: Path) -> list[tuple[str, str, str]]:
    """Return what the audit log says, oldest first."""
    async with open_store(settings_of(folder)) as stores:
        found = (await stores.audit.list(AuditFilter(), limit=9)).rows
    return [(entry.by, entry.act, entry.subject) for entry in reversed(found)]


def test_jobs_are_listed_newest_first_and_shown_whole(postroom: Postroom, jobs: None) -> None:
    listed = json.loads(postroom("job", "list", "--json").stdout)
    assert {(one["id"], one["state"]) for one in listed} == {(A, "running"), (B, "waiting")}
    shown = postroom("job", "list").stdout
    assert "running" in shown
    assert "ann" in shown
    assert len(json.loads(postroom("job", "list", "--limit", "1", "--json").stdout)) == 1
    assert json.loads(postroom("job", "show", A).stdout)["order"] == {"seed": 7, "of": ["x", None]}


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_runs_is_asked_to_end(
    postroom: Postroom, jobs: None
) -> None:
    assert postroom("job", "cancel", B).stdout == f"The job {B} is cancelled.\n"
    assert postroom("job", "cancel", A).stdout == f"The job {A} is asked to end.\n"
    assert "to be cancelled" in postroom("job", "list").stdout


def test_only_a_job_that_has_ended_is_removed(postroom: Postroom, tmp_path: Path, jobs: None) -> None:
    assert postroom("job", "remove", A).exit_code == 1
    postroom("job", "cancel", B, "--by", "ann")
    assert postroom("job", "remove", B, "--by", "bob").stdout == f"The job {B} is removed.\n"
    assert asyncio.run(noted(tmp_path / "data")) == [("ann", "cancel_job", B), ("bob", "delete_job", B)]
    assert [one["id"] for one in json.loads(postroom("job", "list", "--json").stdout)] == [A]


def test_a_job_that_there_is_not_is_told(postroom: Postroom) -> None:
    for command in ("show", "cancel", "remove"):
        refused = postroom("job", command, "jo_nothing")
        assert refused.exit_code == 1
        assert "jo_nothing" in refused.stderr
