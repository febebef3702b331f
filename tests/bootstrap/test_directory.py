"""The directory is true to the store, and one bad account never takes the others with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.rooms import a_directory, a_mailbox, a_maildir, a_seal, add, an_account, settings_in
from postroom.bootstrap import MAILBOX_ID
from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.clock import SystemClock
from postroom.model.account import AccountFamily
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mode
from postroom.model.workflow import JsonValue


async def test_the_mock_mailbox_is_there_until_somebody_adds_one(tmp_path: Path) -> None:
    async with a_directory(settings_in(tmp_path, mailbox_kind="mock")) as (directory, stores):
        assert set(directory.open) == {MAILBOX_ID}
        assert set(directory.senders) == {"outbox_folder"}
        await add(stores, a_mailbox("help"), a_maildir(tmp_path / "help"))
        await directory.refresh()
        assert set(directory.open) == {"help"}
        # Replies of a real mailbox must never go into a folder that nobody empties.
        assert not directory.senders


async def test_a_maildir_of_the_settings_stays_beside_those_that_were_added(tmp_path: Path) -> None:
    settings = settings_in(
        tmp_path,
        mailbox_kind="maildir",
        mailbox_path=a_maildir(tmp_path / "own"),
        mailbox_address="own@shop.example",
    )
    async with a_directory(settings) as (directory, stores):
        await add(stores, a_mailbox("help"), a_maildir(tmp_path / "help"))
        await directory.refresh()
        assert set(directory.open) == {MAILBOX_ID, "help"}
        assert directory.open["help"].intake.own_addresses == {"own@shop.example", "help@shop.example"}


async def test_a_changed_mailbox_is_opened_anew_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    async with a_directory(settings_in(tmp_path)) as (directory, stores):
        for name in ("help", "sales"):
            await add(stores, a_mailbox(name), a_maildir(tmp_path / name))
        await directory.refresh()
        before = dict(directory.open)
        assert await stores.mailboxes.change(replace(a_mailbox("help"), mode=Mode.AUTOMATIC))
        await directory.refresh()
        assert directory.open["sales"] is before["sales"]
        assert directory.open["help"] is not before["help"]
        assert directory.mailboxes["help"].mode is Mode.AUTOMATIC
        assert await stores.mailboxes.remove(MailboxId("sales"))
        await directory.refresh()
        assert set(directory.open) == set(directory.mailboxes) == {"help"}


async def test_an_account_that_cannot_be_opened_raises_an_alarm_and_the_rest_goes_on(tmp_path: Path) -> None:
    async with a_directory(settings_in(tmp_path)) as (directory, stores):
        await add(stores, a_mailbox("help"), a_maildir(tmp_path / "help"))
        broken = an_account(AccountFamily.SENDER, "broken", "smtp", {"port": "many"})
        await stores.accounts.add(broken)
        await directory.refresh()
        assert set(directory.open) == {"help"}
        assert "sender broken" in directory.failures
        (alarm,) = (await stores.alarms.open()).rows
        assert alarm.key == "account/sender/broken"
        folder = {"path": str(tmp_path / "out")}
        await stores.accounts.change(replace(broken, kind="outbox_folder", values=folder))
        await directory.refresh()
        assert not directory.failures
        assert not (await stores.alarms.open()).rows


async def test_a_secret_sealed_with_another_key_is_told_as_such(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with a_directory(settings) as (directory, stores):
        other = a_seal(settings_in(tmp_path / "elsewhere"))
        account = an_account(AccountFamily.SENDER, "smtp", "smtp", {"host": "mail.shop.example", "username": "u"})
        sealed = {"password": other.close("secret", place="sender/smtp/password")}
        await stores.accounts.add(replace(account, sealed=sealed))
        await directory.refresh()
        assert "secret.key" in directory.failures["sender smtp"].hint


async def test_what_the_settings_alone_describe_must_work_from_the_start(tmp_path: Path) -> None:
    async with a_directory(settings_in(tmp_path, mailbox_kind="mock", workflow="night_shift")) as (directory, _):
        with pytest.raises(ConfigurationError, match="night_shift"):
            directory.require_settings()


async def test_a_mailbox_that_can_look_has_a_lookout_whether_it_is_open_or_not(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with a_directory(settings) as (directory, stores):
        await add(stores, a_mailbox("sales"), a_maildir(tmp_path / "sales"))
        sealed = {"password": a_seal(settings).close("secret", place="receiver/help/password")}
        values: dict[str, JsonValue] = {"host": "127.0.0.1", "port": 1, "security": "none", "username": "u"}
        account = replace(an_account(AccountFamily.RECEIVER, "help", "imap", values), sealed=sealed)
        await stores.mailboxes.add(a_mailbox("help"))
        await directory.refresh()
        # Nothing says yet what kind it is.
        with pytest.raises(TransientError, match="not open"):
            await directory.lookouts["help"].answers()
        await stores.accounts.add(account)
        await directory.refresh()
        lookout = directory.lookouts["help"]
        assert set(directory.lookouts) == {"help"}
        with pytest.raises(PluginError) as away:
            await lookout.answers()
        assert "not open" not in str(away.value)
        seen: list[str] = []

        async def closing(name: str) -> None:
            if name == "sales":
                return
            assert directory.lookouts[name] is lookout
            with pytest.raises(PluginError):
                await lookout.answers()
            seen.append(name)

        directory.before_closing = closing
        changed = replace(a_mailbox("help"), mode=Mode.AUTOMATIC, signatures={"*": "Bye"})
        assert await stores.mailboxes.change(changed)
        await directory.refresh()
        await stores.accounts.change(replace(account, values={**values, "security": "perhaps"}))
        await directory.refresh()
        assert seen == ["help", "help"]
        assert "mailbox help" in directory.failures
        with pytest.raises(TransientError, match="not open"):
            await directory.lookouts["help"].answers()
        assert await stores.mailboxes.remove(MailboxId("help"))
        await directory.refresh()
        assert directory.lookouts == {}


async def test_a_version_that_is_published_meanwhile_is_what_new_mail_runs_through(tmp_path: Path) -> None:
    async with a_directory(settings_in(tmp_path)) as (directory, stores):
        await add(stores, a_mailbox("help"), a_maildir(tmp_path / "help"))
        await directory.refresh()
        opened = directory.open["help"]
        await directory.refresh()
        assert directory.open["help"] is opened
        in_use = opened.intake.workflow
        saved = await stores.workflows.save(replace(in_use, title="Another"), at=SystemClock().now())
        await stores.workflows.publish(saved.slug, saved.version)
        await directory.refresh()
        assert directory.open["help"].intake.workflow == saved
