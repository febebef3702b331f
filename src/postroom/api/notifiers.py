"""Notifiers: the ways that people are told at once."""

from dataclasses import replace

from fastapi import Request

from postroom.actions.accounts import get_account, shown
from postroom.actions.notifiers import (
    FAMILY,
    add_notifier,
    change_notifier,
    draft_notifier,
    draft_notifier_change,
    remove_notifier,
)
from postroom.api.access import Configurer, Reader
from postroom.api.account_forms import AccountBody, AccountChangeBody, NewAccountBody, account_body
from postroom.api.account_pages import accounts_page
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import AfterText, Limit, router
from postroom.api.trial import TrialBody, tried
from postroom.model.page import Page

ROUTER = router("/notifiers", "notifiers")


@ROUTER.get("")
async def list_notifiers(
    office: OfficeHere, caller: Reader, after: AfterText = None, limit: Limit = 50
) -> Page[AccountBody]:
    """Notifiers by name, without their secrets."""
    return await accounts_page(office, caller, FAMILY, after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409, 502))
async def create_notifier(
    request: Request, office: OfficeHere, caller: Configurer, wanted: NewAccountBody
) -> AccountBody:
    """Add a notifier, tried first unless that is not wanted."""
    setup = office.setup(office.desk(caller))
    account = await draft_notifier(setup, wanted.form(setup, FAMILY))
    if wanted.test_first:
        await tried(lambda: office.trials.notifier(account))
    stored = await add_notifier(office.stores, account)
    note_subject(request, stored.name)
    office.wake()
    return account_body(office, caller, shown(stored))


@ROUTER.post("/test", responses=problems(502))
async def test_new_notifier(office: OfficeHere, caller: Configurer, wanted: NewAccountBody) -> TrialBody:
    """Try a notifier that is not stored: it tells that this is a trial."""
    setup = office.setup(office.desk(caller))
    account = await draft_notifier(setup, wanted.form(setup, FAMILY))
    return await tried(lambda: office.trials.notifier(account))


@ROUTER.get("/{name}", responses=problems(404))
async def get_notifier(office: OfficeHere, caller: Reader, name: str) -> AccountBody:
    """One notifier without its secrets."""
    return account_body(office, caller, shown(await get_account(office.stores, FAMILY, name)))


@ROUTER.patch("/{name}", responses=problems(404, 409, 502))
async def update_notifier(office: OfficeHere, caller: Configurer, name: str, wanted: AccountChangeBody) -> AccountBody:
    """Change settings of a notifier, tried first unless that is not wanted; secrets that are left out stay."""
    setup = office.setup(office.desk(caller))
    change = wanted.change(setup, await get_account(office.stores, FAMILY, name))
    account = replace(await draft_notifier_change(setup, name, change), revision=wanted.revision)
    if wanted.test_first:
        await tried(lambda: office.trials.notifier(account))
    stored = await change_notifier(office.stores, account)
    office.wake()
    return account_body(office, caller, shown(stored))


@ROUTER.delete("/{name}", status_code=204, responses=problems(404, 409))
async def delete_notifier(office: OfficeHere, caller: Configurer, name: str) -> None:
    """Forget a notifier and its secrets; refused while a mailbox or workflow names it."""
    await remove_notifier(office.desk(caller), name)
    office.wake()


@ROUTER.post("/{name}/test", responses=problems(404, 502))
async def test_notifier(office: OfficeHere, caller: Configurer, name: str) -> TrialBody:
    """Try a stored notifier: it tells that this is a trial."""
    del caller
    account = await get_account(office.stores, FAMILY, name)
    return await tried(lambda: office.trials.notifier(account))
