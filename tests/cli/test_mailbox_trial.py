"""A mailbox is tried with a real server before it is stored; nothing in it is changed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from contracts.store_nouns import account, mailbox
from postroom.actions.accounts import AccountForm, new_account
from postroom.bootstrap import setup_for
from postroom.cli.mailbox_trial import SENT_FOLDER, try_mailbox
from postroom.cli.opening import settings_of
from postroom.cli.store import desk_of
from postroom.errors import PluginError
from postroom.model.account import Account, AccountFamily
from postroom.model.mailbox import SentPolicy
from postroom.settings import Settings
from servers.dovecot import PASSWORD, Dovecot, running_dovecot

SHOP = mailbox("shop")


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


async def at(dovecot: Dovecot, settings: Settings, **values: object) -> Account:
    """Return the account of a new user of the server."""
    name = f"{uuid4().hex}@example.org"
    dovecot.add_user(name)
    user = {"username": name, "password": PASSWORD}
    server = {"host": dovecot.host, "port": dovecot.imap_port, "security": "none"}
    form = AccountForm(name="shop", kind="imap", values={**server, **user, **values})
    async with desk_of(settings.data_dir) as desk:
        return new_account(setup_for(settings, desk), AccountFamily.RECEIVER, form)


async def test_without_a_folder_for_copies_the_hint_says_how_to_name_one_or_do_without(dovecot: Dovecot) -> None:
    settings = settings_of()
    found = await at(dovecot, settings)
    with pytest.raises(PluginError) as caught:
        await try_mailbox(settings, SHOP, found)
    assert "can be read, but copies of replies cannot be filed" in caught.value.message
    assert f"--set {SENT_FOLDER}=NAME" in caught.value.hint
    assert "--sent-policy none" in caught.value.hint
    for policy in (SentPolicy.NONE, SentPolicy.PROVIDER):
        assert await try_mailbox(settings, replace(SHOP, sent_policy=policy), found)


async def test_a_folder_that_is_named_is_made_when_it_is_needed(dovecot: Dovecot) -> None:
    settings = settings_of()
    assert await try_mailbox(settings, SHOP, await at(dovecot, settings, sent_folder="Sent"))


async def test_a_mailbox_that_refuses_is_told_before_its_folders_are_looked_at(dovecot: Dovecot) -> None:
    settings = settings_of()
    with pytest.raises(PluginError) as caught:
        await try_mailbox(settings, SHOP, await at(dovecot, settings, password="wrong"))
    assert "cannot be filed" not in caught.value.message


async def test_what_has_no_folders_files_nothing(tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp"):
        (tmp_path / "box" / part).mkdir(parents=True)
    found = replace(account("shop"), kind="maildir", values={"path": str(tmp_path / "box")}, sealed={})
    assert await try_mailbox(settings_of(), SHOP, found)
