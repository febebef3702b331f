"""Notifiers: the ways that people are told at once."""

from fastapi import Request

from postroom.actions.notifiers import (
    FAMILY,
    add_notifier,
    change_notifier,
    draft_notifier,
    draft_notifier_change,
    remove_notifier,
)
from postroom.api.access import Configurer, Reader
from postroom.api.account_acts import AccountActs
from postroom.api.account_forms import AccountBody, AccountChangeForm, NewAccountForm
from postroom.api.account_pages import accounts_page
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.trial import TrialBody
from postroom.model.page import Page

ROUTER = router("/notifiers", "notifiers")
ACTS = AccountActs(
    family=FAMILY,
    draft=draft_notifier,
    add=add_notifier,
    draft_change=draft_notifier_change,
    change=change_notifier,
    trial=lambda trials, account: trials.notifier(account),
)


@ROUTER.get("")
async def list_notifiers(
    office: OfficeHere, caller: Reader, after: After = None, limit: Limit = 50
) -> Page[AccountBody]:
    """Notifiers by name, without their secrets."""
    return await accounts_page(office, caller, FAMILY, after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409, 502))
async def create_notifier(
    request: Request, office: OfficeHere, caller: Configurer, wanted: NewAccountForm
) -> AccountBody:
    """Add a notifier, tried first unless that is not wanted."""
    return await ACTS.create(request, office, caller, wanted)


@ROUTER.post("/test", responses=problems(502))
async def test_new_notifier(office: OfficeHere, caller: Configurer, wanted: NewAccountForm) -> TrialBody:
    """Try a notifier that is not stored: it tells that this is a trial."""
    return await ACTS.test_new(office, caller, wanted)


@ROUTER.get("/{name}", responses=problems(404))
async def get_notifier(office: OfficeHere, caller: Reader, name: str) -> AccountBody:
    """One notifier without its secrets."""
    return await ACTS.get(office, caller, name)


@ROUTER.patch("/{name}", responses=problems(404, 409, 502))
async def update_notifier(office: OfficeHere, caller: Configurer, name: str, wanted: AccountChangeForm) -> AccountBody:
    """Change settings of a notifier, tried first unless that is not wanted; secrets that are left out stay."""
    return await ACTS.update(office, caller, name, wanted)


@ROUTER.delete("/{name}", status_code=204, responses=problems(404, 409))
async def delete_notifier(office: OfficeHere, caller: Configurer, name: str) -> None:
    """Forget a notifier and its secrets; refused while a mailbox or workflow names it."""
    await remove_notifier(office.desk(caller), name)
    office.wake()


@ROUTER.post("/{name}/test", responses=problems(404, 502))
async def test_notifier(office: OfficeHere, caller: Configurer, name: str) -> TrialBody:
    """Try a stored notifier: it tells that this is a trial."""
    del caller
    return await ACTS.test(office, name)
