"""Accounts: the settings of receivers, senders and notifiers that people added."""

from collections.abc import Mapping
from typing import Protocol

from postroom.model.account import Account, AccountFamily


class Accounts(Protocol):
    """Keeps accounts with their secrets sealed."""

    async def add(self, account: Account) -> bool:
        """Store a new account; False where its family has one of that name."""
        ...

    async def change(self, account: Account) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        ...

    async def reseal(self, account: Account, sealed: Mapping[str, str]) -> bool:
        """Put these secrets in place of the stored ones and keep the revision; the other secrets stay as stored.

        False, and nothing changes, where the stored account is not that revision of `account` (any more).
        """
        ...

    async def remove(self, family: AccountFamily, name: str) -> bool:
        """Forget it; False where there is none."""
        ...

    async def get(self, family: AccountFamily, name: str) -> Account:
        """Return one account.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(self, family: AccountFamily) -> tuple[Account, ...]:
        """Return all accounts of a family by name."""
        ...
