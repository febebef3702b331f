"""What every implementation of `Accounts` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import account, at
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.account import AccountFamily

RECEIVER, SENDER, NOTIFIER = AccountFamily.RECEIVER, AccountFamily.SENDER, AccountFamily.NOTIFIER


class AccountsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_an_account_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        first = account("shop")
        assert await stores.accounts.add(first)
        assert not await stores.accounts.add(replace(first, kind="gmail"))
        assert await stores.accounts.get(RECEIVER, "shop") == first

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.accounts.get(SENDER, "shop")
        assert caught.value.hint
        assert not await stores.accounts.change(account("shop"))
        assert not await stores.accounts.remove(RECEIVER, "shop")
        assert await stores.accounts.list(NOTIFIER) == ()

    async def test_families_share_names_without_sharing_accounts(self, stores: Stores) -> None:
        for family in (RECEIVER, SENDER):
            assert await stores.accounts.add(account("shop", family=family))
        assert await stores.accounts.change(replace(account("shop", family=SENDER), kind="brevo"))
        assert (await stores.accounts.get(RECEIVER, "shop")).revision == 0
        assert await stores.accounts.remove(RECEIVER, "shop")
        assert (await stores.accounts.get(SENDER, "shop")).kind == "brevo"

    async def test_a_change_counts_the_revision_and_happens_once(self, stores: Stores) -> None:
        await stores.accounts.add(account("shop"))
        changed = replace(account("shop"), sealed={"password": "v1:bmV3"}, updated_at=at(9))
        assert await stores.accounts.change(changed)
        assert not await stores.accounts.change(changed)
        assert await stores.accounts.get(RECEIVER, "shop") == replace(changed, revision=1)

    async def test_of_many_changes_at_once_one_is_made(self, stores: Stores) -> None:
        await stores.accounts.add(account("shop"))
        changes = [replace(account("shop"), kind=f"kind {number}") for number in range(20)]
        made = await asyncio.gather(*(stores.accounts.change(change) for change in changes))
        assert sum(made) == 1
        assert await stores.accounts.get(RECEIVER, "shop") == replace(changes[made.index(True)], revision=1)

    async def test_secrets_are_resealed_without_counting_as_a_change(self, stores: Stores) -> None:
        first = replace(account("shop"), sealed={"password": "v1:b2xk", "oauth.refresh_token": "v1:b2xk"})
        await stores.accounts.add(first)
        await stores.accounts.add(account("shop", family=SENDER))
        assert await stores.accounts.reseal(first, {"oauth.refresh_token": "v1:bmV3"})
        resealed = replace(first, sealed={"password": "v1:b2xk", "oauth.refresh_token": "v1:bmV3"})
        assert await stores.accounts.get(RECEIVER, "shop") == resealed
        assert await stores.accounts.get(SENDER, "shop") == account("shop", family=SENDER)
        assert await stores.accounts.reseal(first, {"password": "v1:bmV3"})
        assert (await stores.accounts.get(RECEIVER, "shop")).sealed == dict.fromkeys(first.sealed, "v1:bmV3")

    async def test_what_people_changed_is_not_resealed(self, stores: Stores) -> None:
        first = account("shop")
        assert not await stores.accounts.reseal(first, {"password": "v1:bmV3"})
        await stores.accounts.add(first)
        changed = replace(first, sealed={"password": "v1:dGhlaXJz"})
        assert await stores.accounts.change(changed)
        assert not await stores.accounts.reseal(first, {"password": "v1:bmV3"})
        assert await stores.accounts.get(RECEIVER, "shop") == replace(changed, revision=1)
        await stores.accounts.remove(RECEIVER, "shop")
        anew = replace(first, created_at=at(9))
        await stores.accounts.add(anew)
        assert not await stores.accounts.reseal(first, {"password": "v1:bmV3"})
        assert await stores.accounts.get(RECEIVER, "shop") == anew

    async def test_the_list_of_a_family_goes_by_name(self, stores: Stores) -> None:
        for name in ("b", "c", "a"):
            await stores.accounts.add(account(name, family=NOTIFIER))
        await stores.accounts.add(account("d"))
        assert [one.name for one in await stores.accounts.list(NOTIFIER)] == ["a", "b", "c"]

    async def test_what_was_removed_can_be_added_anew(self, stores: Stores) -> None:
        await stores.accounts.add(account("shop"))
        assert await stores.accounts.remove(RECEIVER, "shop")
        assert not await stores.accounts.remove(RECEIVER, "shop")
        assert await stores.accounts.add(replace(account("shop"), kind="gmail"))
        assert (await stores.accounts.get(RECEIVER, "shop")).kind == "gmail"
