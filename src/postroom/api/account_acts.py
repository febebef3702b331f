"""What senders and notifiers share: how an account of a family is tried, added, shown and changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from fastapi import Request

from postroom.actions.accounts import AccountChange, AccountForm, Setup, get_account, shown
from postroom.api.account_forms import AccountBody, AccountChangeForm, NewAccountForm, account_body
from postroom.api.audit import note_subject
from postroom.api.caller import Caller
from postroom.api.office import Office, Trials
from postroom.api.trial import TrialBody, tried
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountActs:
    """The acts of one family: how a form becomes an account, how one is stored, and what tries it."""

    family: AccountFamily
    draft: Callable[[Setup, AccountForm], Awaitable[Account]]
    add: Callable[[Stores, Account], Awaitable[Account]]
    draft_change: Callable[[Setup, str, AccountChange], Awaitable[Account]]
    change: Callable[[Stores, Account], Awaitable[Account]]
    trial: Callable[[Trials, Account], Awaitable[str]]

    async def create(self, request: Request, office: Office, caller: Caller, wanted: NewAccountForm) -> AccountBody:
        """Return the account that was added, tried first unless that is not wanted."""
        account = await self._drafted(office, caller, wanted)
        if wanted.test_first:
            await self._tried(office, account)
        stored = await self.add(office.stores, account)
        note_subject(request, stored.name)
        office.wake()
        return account_body(office, caller, shown(stored))

    async def test_new(self, office: Office, caller: Caller, wanted: NewAccountForm) -> TrialBody:
        """Return what a trial of an account found that is not stored."""
        return await self._tried(office, await self._drafted(office, caller, wanted))

    async def get(self, office: Office, caller: Caller, name: str) -> AccountBody:
        """Return one account without its secrets."""
        return account_body(office, caller, shown(await get_account(office.stores, self.family, name)))

    async def update(self, office: Office, caller: Caller, name: str, wanted: AccountChangeForm) -> AccountBody:
        """Return the account that was changed, tried first unless that is not wanted."""
        setup = office.setup(office.desk(caller))
        change = wanted.change(setup, await get_account(office.stores, self.family, name))
        account = replace(await self.draft_change(setup, name, change), revision=wanted.revision)
        if wanted.test_first:
            await self._tried(office, account)
        stored = await self.change(office.stores, account)
        office.wake()
        return account_body(office, caller, shown(stored))

    async def test(self, office: Office, name: str) -> TrialBody:
        """Return what a trial of a stored account found."""
        return await self._tried(office, await get_account(office.stores, self.family, name))

    async def _drafted(self, office: Office, caller: Caller, wanted: NewAccountForm) -> Account:
        setup = office.setup(office.desk(caller))
        return await self.draft(setup, wanted.form(setup, self.family))

    async def _tried(self, office: Office, account: Account) -> TrialBody:
        return await tried(lambda: self.trial(office.trials, account))
