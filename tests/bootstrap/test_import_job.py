"""An import of past mail in the process of its job, from beginning to end."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from empty_store import put_empty_store
from past_mails import MBOX
from postroom.actions.desk import Desk
from postroom.actions.past_mail import PastMailFolder, Sent
from postroom.actions.past_mail_import import ImportFile, order_import
from postroom.actions.past_mail_kinds import FileKind
from postroom.bootstrap import open_store
from postroom.bootstrap.jobs import job_worker
from postroom.interfaces.clock import SystemClock
from postroom.model.example import ExampleFilter
from postroom.model.job import JobState
from postroom.settings import Settings


async def parts() -> AsyncIterator[bytes]:
    yield MBOX


async def test_a_file_is_imported_in_a_process_of_its_own_without_the_companys_own_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(data_dir=tmp_path / "data", mailbox_address="help@shop.example", fast_journal=False)
    settings.data_dir.mkdir()
    put_empty_store(settings.data_dir / "postroom.db")
    folder = PastMailFolder(settings.folders_dir)
    sent = Sent(kind=FileKind.MBOX, name="old.mbox", by="ann", at=datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    file = await folder.receive(parts(), sent)
    clock = SystemClock()
    async with open_store(settings) as stores:
        desk = Desk(stores=stores, clock=clock, by="ann")
        await order_import(desk, ImportFile(past_mail_id=file.id, label="delivery"), file)
        job = await job_worker(settings, stores, clock).work_once()
        assert job is not None
        assert (job.state, job.failure) == (JobState.SUCCEEDED, None)
        assert job.result is not None
        assert (job.result["new"], job.result["refused_rows"]) == (1, 1)
        (example,) = (await stores.examples.list(ExampleFilter())).rows
        assert (example.category, example.by) == ("delivery", "ann")
