"""The composition root picks what the settings say."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bootstrap.rooms import an_account
from postroom.actions.categories import CategoryForm, add_category
from postroom.actions.desk import Desk
from postroom.bootstrap import (
    chosen_workflow,
    node_types,
    open_classifiers,
    open_postroom,
    open_store,
)
from postroom.errors import ConfigurationError
from postroom.interfaces.classifier import IN_USE
from postroom.interfaces.clock import SystemClock
from postroom.knowledge.letter import letter
from postroom.model.account import AccountFamily
from postroom.model.alarm import Alarm
from postroom.model.catalogue import LANGUAGES
from postroom.sealing import Seal
from postroom.settings import Settings
from postroom.workflows.load import template, write_workflow

NOW = datetime(2026, 1, 6, tzinfo=UTC)


def settings(folder: Path, **values: object) -> Settings:
    return Settings.model_validate({"data_dir": folder, **values})


async def test_the_shipped_workflow_runs_until_another_is_in_the_store(tmp_path: Path) -> None:
    shipped = template("customer_support")
    async with open_store(settings(tmp_path)) as stores:
        assert await chosen_workflow(settings(tmp_path), stores, node_types()) == shipped
        await stores.workflows.save(shipped, at=NOW)
        imported = await stores.workflows.save(replace(shipped, title="Ours"), at=NOW)
        # What somebody imported is not undone by the next start.
        assert await chosen_workflow(settings(tmp_path), stores, node_types()) == imported


async def test_a_workflow_file_goes_before_the_store_and_keeps_its_own_slug(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(write_workflow(template("customer_support")).replace("slug: customer_support", "slug: ours"))
    wanted = settings(tmp_path, workflow_file=file)
    async with open_store(wanted) as stores:
        await stores.workflows.save(template("customer_support"), at=NOW)
        assert (await chosen_workflow(wanted, stores, node_types())).slug == "ours"


async def test_a_workflow_that_is_nowhere_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    wanted = settings(tmp_path, workflow="night_shift")
    async with open_store(wanted) as stores:
        with pytest.raises(ConfigurationError) as caught:
            await chosen_workflow(wanted, stores, node_types())
    assert "night_shift" in caught.value.message
    assert "Import yours" in caught.value.hint


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_without_a_name_to_sign_with_ends_with_its_closing(language: str) -> None:
    signed = letter(language, name=None, paragraphs=["Look here."], signature="Shop help").splitlines()
    unsigned = letter(language, name=None, paragraphs=["Look here."], signature="").splitlines()
    assert signed == [*unsigned, "Shop help"]
    assert unsigned[-1].strip()


async def test_training_leaves_the_event_loop_free(tmp_path: Path, models: Path) -> None:
    class Recording(ThreadPoolExecutor):
        """Notes what it is given."""

        def submit(self, fn: Callable[..., object], /, *args: object, **kwargs: object) -> Future[object]:  # type: ignore[override]
            given.append(fn.args[0] if isinstance(fn, functools.partial) else fn)
            return super().submit(fn, *args, **kwargs)

    given: list[object] = []
    asyncio.get_running_loop().set_default_executor(Recording())
    (tmp_path / "models").symlink_to(models)
    async with open_postroom(settings(tmp_path, mailbox_kind="mock")) as opened:
        assert set(opened.services.classifiers) == {"linear", IN_USE}
    assert open_classifiers in given


async def test_a_lost_key_is_never_replaced_where_the_store_was_used_with_one(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    wanted = settings(tmp_path, mailbox_kind="mock")
    async with open_store(wanted) as stores:
        sealed = {"password": Seal(wanted.secret_bytes()).close("x", place="sender/smtp/password")}
        account = an_account(AccountFamily.SENDER, "smtp", "smtp", {"host": "mail.shop.example", "username": "u"})
        await stores.accounts.add(replace(account, sealed=sealed))
    wanted.secret_file.unlink()
    with pytest.raises(ConfigurationError) as caught:
        async with open_postroom(wanted):
            pass
    assert "secret.key" in caught.value.message
    assert "Restore" in caught.value.hint
    assert not wanted.secret_file.exists()


async def test_who_opens_knows_who_decides_and_only_who_answers_touches_alarms(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    server = {"language_model": "tiny", "language_model_url": "http://127.0.0.1:1/v1", "language_model_use": "always"}
    wanted = settings(tmp_path, mailbox_kind="mock", **server)
    alarm = Alarm(key="demoted/linear/main", title="Wrong", text="Too often.", raised_at=NOW)
    async with open_store(wanted) as stores:
        desk = Desk(stores=stores, clock=SystemClock(), by="ann")
        await add_category(desk, "invoices", CategoryForm(description="Our invoices"))
        await stores.alarms.sound(alarm)
    async with open_postroom(wanted) as opened:
        decides = next(iter(opened.assured.standings))
        assert [one.key for one in (await opened.stores.alarms.open()).rows] == [alarm.key]
        await opened.refresh()
        assert next(iter(opened.assured.standings)) == decides
        assert (await opened.stores.alarms.open()).rows == ()
        await opened.stores.alarms.sound(alarm)
    async with open_postroom(wanted, dry_run=True) as opened:
        assert next(iter(opened.assured.standings)) == decides
        await opened.refresh()
        assert [one.key for one in (await opened.stores.alarms.open()).rows] == [alarm.key]


async def test_without_any_mailbox_nothing_is_made_up(tmp_path: Path, models: Path) -> None:
    (tmp_path / "models").symlink_to(models)
    async with open_postroom(settings(tmp_path)) as opened:
        assert not opened.directory.mailboxes
        assert not opened.directory.senders
