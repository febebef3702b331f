import pytest
from pydantic import SecretStr

from postroom.actions.accounts import (
    AccountChange,
    AccountForm,
    Setup,
    changed_account,
    get_account,
    new_account,
    opened_values,
    shown,
    store_changed,
    store_new,
)
from postroom.errors import ConfigurationError, ConflictError, InputError, NotFoundError
from postroom.model.account import AccountFamily

SENDER = AccountFamily.SENDER
FORM = AccountForm(name="out", kind="pigeon", values={"host": "loft", "port": "25", "password": "hush"})


async def test_an_account_is_stored_with_its_secrets_sealed_and_shown_without_them(setup: Setup) -> None:
    await store_new(setup.stores, new_account(setup, SENDER, FORM))
    found = await get_account(setup.stores, SENDER, "out")
    assert (found.values, found.revision) == ({"host": "loft", "port": 25}, 0)
    assert opened_values(found, setup.seal)["password"] == SecretStr("hush")
    assert shown(found).secrets == ("password",)
    assert "hush" not in str(shown(found))


@pytest.mark.parametrize("name", ["", "Ann", "a b", "../etc", "-a", "ä", "a" * 42, "a\n"])
async def test_a_name_with_odd_characters_is_refused(setup: Setup, name: str) -> None:
    with pytest.raises(InputError, match="cannot be a name"):
        new_account(setup, SENDER, AccountForm(name=name, kind="pigeon", values={"host": "loft"}))


async def test_an_unknown_kind_and_wrong_settings_are_told_without_the_secret(setup: Setup) -> None:
    with pytest.raises(ConfigurationError, match="no plug-in called 'owl'"):
        new_account(setup, SENDER, AccountForm(name="out", kind="owl", values={}))
    with pytest.raises(ConfigurationError, match="port") as caught:
        new_account(setup, SENDER, AccountForm(name="out", kind="pigeon", values={"port": "hush", "password": "hush"}))
    assert "hush" not in f"{caught.value.message} {caught.value.hint}"


async def test_a_change_keeps_what_it_does_not_name(setup: Setup) -> None:
    before = await store_new(setup.stores, new_account(setup, SENDER, FORM))
    changed = changed_account(setup, before, AccountChange(values={"port": None, "host": "roof"}))
    after = await store_changed(setup.stores, changed)
    assert after == await get_account(setup.stores, SENDER, "out")
    assert (after.values, after.revision) == ({"host": "roof"}, 1)
    assert opened_values(after, setup.seal)["password"] == SecretStr("hush")


async def test_another_kind_begins_without_the_old_settings(setup: Setup) -> None:
    before = await store_new(setup.stores, new_account(setup, SENDER, FORM))
    again = changed_account(setup, before, AccountChange(kind="pigeon", values={"host": "roof"}))
    assert "password" in again.sealed  # The same kind keeps them.
    with pytest.raises(ConfigurationError, match="owl"):
        changed_account(setup, before, AccountChange(kind="owl"))


async def test_two_changes_of_the_same_revision_conflict(setup: Setup) -> None:
    before = await store_new(setup.stores, new_account(setup, SENDER, FORM))
    await store_changed(setup.stores, changed_account(setup, before, AccountChange(values={"host": "roof"})))
    with pytest.raises(ConflictError, match="meanwhile"):
        await store_changed(setup.stores, changed_account(setup, before, AccountChange(values={"host": "barn"})))


async def test_a_name_is_taken_once_and_a_missing_one_tells_which_there_are(setup: Setup) -> None:
    await store_new(setup.stores, new_account(setup, SENDER, FORM))
    with pytest.raises(ConflictError, match="already"):
        await store_new(setup.stores, new_account(setup, SENDER, FORM))
    with pytest.raises(NotFoundError) as caught:
        await get_account(setup.stores, SENDER, "in")
    assert caught.value.hint == "There are: out."
