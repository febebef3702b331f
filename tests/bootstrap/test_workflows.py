"""Which version of a workflow a mailbox runs."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from postroom.bootstrap import open_store, workflow_of
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox
from postroom.model.workflow import WorkflowSlug
from postroom.settings import Settings
from postroom.workflows.load import template, write_workflow

NOW = datetime(2026, 1, 6, tzinfo=UTC)
SLUG = WorkflowSlug("customer_support")
MAILBOX = Mailbox(id=MailboxId("shop"), address=Address(name="", address="shop@shop.example"), workflow=SLUG)


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, **values})


async def test_a_mailbox_runs_the_published_version_and_starting_makes_no_other(tmp_path: Path) -> None:
    async with open_store(settings(tmp_path)) as stores:
        first = await workflow_of(MAILBOX, settings(tmp_path), stores)
        assert first == replace(template(SLUG), version=1)
        second = await stores.workflows.save(replace(first, title="Second"), at=NOW)
        assert await workflow_of(MAILBOX, settings(tmp_path), stores) == second
        await stores.workflows.publish(SLUG, 1)
        for _ in range(2):
            assert await workflow_of(MAILBOX, settings(tmp_path), stores) == first
        assert len((await stores.workflows.versions(SLUG)).rows) == 2


async def test_a_file_is_the_version_in_use_whichever_was_published_before(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(write_workflow(replace(template(SLUG), title="Ours")))
    wanted = settings(tmp_path, workflow_file=file)
    async with open_store(wanted) as stores:
        shipped = await stores.workflows.save(template(SLUG), at=NOW)
        await stores.workflows.publish(SLUG, shipped.version)
        for _ in range(2):
            found = await workflow_of(MAILBOX, wanted, stores)
            assert (found.title, found.version) == ("Ours", 2)
            assert await stores.workflows.current(SLUG) == found
