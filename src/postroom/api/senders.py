"""Senders: the ways that replies go out."""

import asyncio
from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.accounts import AccountForm, Setup, get_account
from postroom.actions.check import Check
from postroom.actions.deliverability import deliverability, domains_of_sender
from postroom.actions.senders import (
    FAMILY,
    add_sender,
    change_sender,
    draft_sender,
    draft_sender_change,
    remove_sender,
)
from postroom.actions.senders_letter import TrialLetter, send_test
from postroom.api.access import Configurer, Reader
from postroom.api.account_acts import AccountActs
from postroom.api.account_forms import AccountBody, AccountChangeForm, NewAccountForm
from postroom.api.account_pages import accounts_page
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.trial import TrialBody, tried
from postroom.model.account import Account
from postroom.model.page import Page

ROUTER = router("/senders", "senders")
LETTER_SECONDS = 120.0
MOST_DOMAINS = 20

Selector = Annotated[
    str,
    Query(
        max_length=63,
        pattern=r"^[A-Za-z0-9._\-]*$",
        description="The DKIM selector that your provider signs with; empty: no key is looked up.",
    ),
]


async def _draft(setup: Setup, form: AccountForm) -> Account:
    return draft_sender(setup, form)


ACTS = AccountActs(
    family=FAMILY,
    draft=_draft,
    add=add_sender,
    draft_change=draft_sender_change,
    change=change_sender,
    trial=lambda trials, account: trials.sender(account),
)


class TestLetterForm(BaseModel):
    """Whom a test message goes to."""

    model_config = ConfigDict(extra="forbid")

    to: str = Field(min_length=3, max_length=320, description="The address that gets it.")
    from_address: str = Field(
        default="", max_length=320, description="The address it comes from; empty: that of a mailbox of the sender."
    )


class DomainChecksBody(BaseModel):
    """What was found about the domains that some mailboxes send with."""

    from_domain: str
    bounce_domain: str
    checks: tuple[Check, ...] = Field(description="What the DNS did not tell counts as in order; its text says so.")


class DeliverabilityBody(BaseModel):
    """What was found about the mailboxes whose replies go out through a sender; nothing where there are none."""

    domains: tuple[DomainChecksBody, ...]
    left_out: int = Field(description="How many further domains were not looked up.")


@ROUTER.get("")
async def list_senders(office: OfficeHere, caller: Reader, after: After = None, limit: Limit = 50) -> Page[AccountBody]:
    """Senders by name, without their secrets."""
    return await accounts_page(office, caller, FAMILY, after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409, 502))
async def create_sender(
    request: Request, office: OfficeHere, caller: Configurer, wanted: NewAccountForm
) -> AccountBody:
    """Add a sender, tried first unless that is not wanted."""
    return await ACTS.create(request, office, caller, wanted)


@ROUTER.post("/test", responses=problems(502))
async def test_new_sender(office: OfficeHere, caller: Configurer, wanted: NewAccountForm) -> TrialBody:
    """Try a sender that is not stored; nothing is sent."""
    return await ACTS.test_new(office, caller, wanted)


@ROUTER.get("/{name}", responses=problems(404))
async def get_sender(office: OfficeHere, caller: Reader, name: str) -> AccountBody:
    """One sender without its secrets."""
    return await ACTS.get(office, caller, name)


@ROUTER.get("/{name}/deliverability", responses=problems(404))
async def get_sender_deliverability(
    office: OfficeHere, caller: Configurer, name: str, dkim_selector: Selector = ""
) -> DeliverabilityBody:
    """Look up whether mail of a sender will be believed: SPF, DKIM (by its selector), DMARC and MX of its mailboxes."""
    del caller
    found = await domains_of_sender(office.stores, name, dkim_selector=dkim_selector)
    told = await asyncio.gather(*(deliverability(office.resolver, one) for one in found[:MOST_DOMAINS]))
    return DeliverabilityBody(
        domains=tuple(
            DomainChecksBody(from_domain=one.from_domain, bounce_domain=one.bounce_domain, checks=checks)
            for one, checks in zip(found, told, strict=False)
        ),
        left_out=max(0, len(found) - MOST_DOMAINS),
    )


@ROUTER.patch("/{name}", responses=problems(404, 409, 502))
async def update_sender(office: OfficeHere, caller: Configurer, name: str, wanted: AccountChangeForm) -> AccountBody:
    """Change settings of a sender, tried first unless that is not wanted; secrets that are left out stay."""
    return await ACTS.update(office, caller, name, wanted)


@ROUTER.delete("/{name}", status_code=204, responses=problems(404, 409))
async def delete_sender(office: OfficeHere, caller: Configurer, name: str) -> None:
    """Forget a sender and its secrets; refused while a mailbox or notifier sends through it."""
    await remove_sender(office.desk(caller), name)
    office.wake()


@ROUTER.post("/{name}/test", responses=problems(404, 502))
async def test_sender(office: OfficeHere, caller: Configurer, name: str) -> TrialBody:
    """Try a stored sender; nothing is sent."""
    del caller
    return await ACTS.test(office, name)


@ROUTER.post("/{name}/letter", responses=problems(404, 409, 502))
async def send_test_letter(office: OfficeHere, caller: Configurer, name: str, wanted: TestLetterForm) -> TrialBody:
    """Send one short test message, so that somebody sees it arrive."""
    setup = office.setup(office.desk(caller))
    account = await get_account(office.stores, FAMILY, name)
    letter = TrialLetter(to=wanted.to, from_address=wanted.from_address, secret=office.secret)
    return await tried(lambda: send_test(setup, account, letter), timeout_seconds=LETTER_SECONDS)
