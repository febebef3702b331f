"""The contract suite of `Accounts`, on SQLite; and times that are finer than the store keeps."""

from dataclasses import replace
from datetime import timedelta

from contracts.store_accounts import RECEIVER, AccountsContract
from contracts.store_nouns import account, at
from postroom.interfaces.stores import Stores


class TestAccounts(AccountsContract):
    """Accounts in SQL."""


async def test_an_account_that_was_made_between_two_milliseconds_is_cut_and_still_the_same(stores: Stores) -> None:
    fine = replace(account("shop"), created_at=at(0) + timedelta(microseconds=999), sealed={"password": "v1:b2xk"})
    assert await stores.accounts.add(fine)
    assert (await stores.accounts.get(RECEIVER, "shop")).created_at == at(0)
    assert await stores.accounts.reseal(fine, {"password": "v1:bmV3"})
    assert (await stores.accounts.get(RECEIVER, "shop")).sealed == {"password": "v1:bmV3"}
