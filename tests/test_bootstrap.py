"""The composition root picks what the settings say."""

from dataclasses import replace
from pathlib import Path

import pytest

from postroom.bootstrap import chosen_workflow, node_types, open_store, shelf
from postroom.errors import ConfigurationError
from postroom.settings import Settings
from postroom.workflows.load import template, write_workflow


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, **values})


async def test_the_shipped_workflow_runs_until_another_is_in_the_store(tmp_path: Path) -> None:
    shipped = template("customer_support")
    async with open_store(settings(tmp_path)) as stores:
        assert await chosen_workflow(settings(tmp_path), stores, node_types()) == shipped
        await stores.workflows.save(shipped)
        imported = await stores.workflows.save(replace(shipped, title="Ours"))
        # What somebody imported is not undone by the next start.
        assert await chosen_workflow(settings(tmp_path), stores, node_types()) == imported


async def test_a_workflow_file_goes_before_the_store_and_keeps_its_own_slug(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(write_workflow(template("customer_support")).replace("slug: customer_support", "slug: ours"))
    wanted = settings(tmp_path, workflow_file=file)
    async with open_store(wanted) as stores:
        await stores.workflows.save(template("customer_support"))
        assert (await chosen_workflow(wanted, stores, node_types())).slug == "ours"


async def test_a_workflow_that_is_nowhere_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    wanted = settings(tmp_path, workflow="night_shift")
    async with open_store(wanted) as stores:
        with pytest.raises(ConfigurationError) as caught:
            await chosen_workflow(wanted, stores, node_types())
    assert "night_shift" in caught.value.message
    assert "postroom workflow import" in caught.value.hint


def test_the_articles_of_the_made_up_shop_never_answer_a_real_mailbox(tmp_path: Path) -> None:
    real = settings(tmp_path, mailbox_kind="maildir", mailbox_path=tmp_path, mailbox_address="help@shop.example")
    assert shelf(real).articles == ()
    assert shelf(settings(tmp_path)).articles
