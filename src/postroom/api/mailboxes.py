"""Mailboxes: the addresses that Postroom reads and answers for, with their rules and accounts."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.accounts import AccountChange, Setup, changed_meanwhile, require_settings
from postroom.actions.mailboxes import (
    FAMILY,
    Connected,
    MailboxSheet,
    add_mailbox,
    change_mailbox,
    connected,
    draft_mailbox,
    draft_mailbox_change,
    remove_mailbox,
    sheet,
    sheets,
)
from postroom.actions.mailboxes_waiting import require_nothing_waits
from postroom.api.access import Configurer, Reader
from postroom.api.account_forms import (
    AccountBody,
    Kind,
    Name,
    TestFirst,
    Values,
    account_body,
    without_dots,
)
from postroom.api.account_pages import page_by_name
from postroom.api.audit import note_subject
from postroom.api.caller import Caller
from postroom.api.mailbox_rules import MailboxRulesForm
from postroom.api.office import Office, OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.trial import TrialBody, tried
from postroom.api.written import Revision
from postroom.errors import ConflictError, InputError
from postroom.model.alarm import Alarm
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox
from postroom.model.page import Page

ROUTER = router("/mailboxes", "mailboxes")


class MailboxBody(BaseModel):
    """A mailbox, its account without secrets, its open alarms, and whether it is open in this process."""

    mailbox: Mailbox
    receiver: AccountBody | None = Field(description="The account that reads it; null: it is missing.")
    alarms: tuple[Alarm, ...]
    open: bool = Field(description="Whether this process reads it; a new one is opened within seconds.")
    failure: str = Field(description="Why it cannot be opened, empty otherwise.")


class NewMailboxForm(BaseModel):
    """A mailbox to be tried or added."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Name
    kind: Kind
    values: Values = Field(default={})
    rules: MailboxRulesForm = Field(description="Its rules; the address is needed.")
    test_first: TestFirst = True


class MailboxChangeForm(BaseModel):
    """What is to be changed of a mailbox: rules, settings of its account, or both."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    revision: Revision
    rules: MailboxRulesForm = Field(default=MailboxRulesForm(), description="Those that are left out stay.")
    kind: Kind | None = Field(default=None, description="Another kind, which begins without any of the old settings.")
    values: Values = Field(default={})
    test_first: TestFirst = True


@ROUTER.get("")
async def list_mailboxes(
    office: OfficeHere, caller: Reader, after: After = None, limit: Limit = 50
) -> Page[MailboxBody]:
    """The mailboxes that were added, by name; that of the settings is not among them."""
    found = await sheets(office.stores)
    page = page_by_name(found, lambda one: one.mailbox.id, after=after, limit=limit)
    return Page(rows=tuple(_body(office, caller, one) for one in page.rows), next_cursor=page.next_cursor)


@ROUTER.post("", status_code=201, responses=problems(409, 502))
async def create_mailbox(
    request: Request, office: OfficeHere, caller: Configurer, wanted: NewMailboxForm
) -> MailboxBody:
    """Add a mailbox, tried first unless that is not wanted; mail that lies in it already is history."""
    draft = await _draft(office.setup(office.desk(caller)), office, wanted)
    if wanted.test_first:
        await _tried(office, draft)
    made = await add_mailbox(office.stores, draft)
    note_subject(request, made.id)
    office.wake()
    return _body(office, caller, await sheet(office.stores, made.id))


@ROUTER.post("/test", responses=problems(409, 502))
async def test_new_mailbox(office: OfficeHere, caller: Configurer, wanted: NewMailboxForm) -> TrialBody:
    """Try to read a mailbox that is not stored; nothing in it is changed."""
    return await _tried(office, await _draft(office.setup(office.desk(caller)), office, wanted))


@ROUTER.get("/{mailbox_id}", responses=problems(404))
async def get_mailbox(office: OfficeHere, caller: Reader, mailbox_id: str) -> MailboxBody:
    """One mailbox, its rules, its account without secrets, and its alarms."""
    return _body(office, caller, await sheet(office.stores, MailboxId(mailbox_id)))


@ROUTER.patch("/{mailbox_id}", responses=problems(404, 409, 502))
async def update_mailbox(
    office: OfficeHere, caller: Configurer, mailbox_id: str, wanted: MailboxChangeForm
) -> MailboxBody:
    """Change what is given; an account that is changed is tried first unless that is not wanted."""
    setup = office.setup(office.desk(caller))
    before = await connected(office.stores, MailboxId(mailbox_id))
    if before.mailbox.revision != wanted.revision:
        raise changed_meanwhile("mailbox", before.mailbox.id)
    mailbox = wanted.rules.applied(before.mailbox)
    draft = await draft_mailbox_change(setup, mailbox, _account_change(setup, before, wanted))
    if wanted.test_first and draft.receiver != before.receiver:
        await _tried(office, draft)
    changed = await change_mailbox(setup, draft)
    office.wake()
    return _body(office, caller, await sheet(office.stores, changed.id))


@ROUTER.delete("/{mailbox_id}", status_code=204, responses=problems(404, 409))
async def delete_mailbox(
    office: OfficeHere,
    caller: Configurer,
    mailbox_id: str,
    force: Annotated[bool, Query(description="Remove it although reviews, replies or e-mails still wait.")] = False,
) -> None:
    """Forget a mailbox and its secrets; its mail stays. Refused while something waits in it, which is then said."""
    found = await connected(office.stores, MailboxId(mailbox_id))
    if not force:
        await require_nothing_waits(office.stores, found.mailbox.id)
    await remove_mailbox(office.setup(office.desk(caller)), found.mailbox.id)
    office.wake()


@ROUTER.post("/{mailbox_id}/test", responses=problems(404, 409, 502))
async def test_mailbox(office: OfficeHere, caller: Configurer, mailbox_id: str) -> TrialBody:
    """Try to read a stored mailbox; nothing in it is changed."""
    del caller
    return await _tried(office, await connected(office.stores, MailboxId(mailbox_id)))


async def _draft(setup: Setup, office: Office, wanted: NewMailboxForm) -> Connected:
    if not wanted.rules.address.strip():
        raise InputError("It is not said which address the mailbox has.", hint="Give rules.address.")
    require_settings(setup, FAMILY, wanted.kind, wanted.values)
    empty = Mailbox(
        id=MailboxId(wanted.name),
        address=Address(name="", address=""),
        workflow=office.workflow,
        # People switch categories on one by one, once they have seen what would be answered.
        automatic_categories=(),
    )
    return await draft_mailbox(setup, wanted.rules.applied(empty), wanted.kind, without_dots(wanted.values))


def _account_change(setup: Setup, before: Connected, wanted: MailboxChangeForm) -> AccountChange | None:
    if not wanted.values and wanted.kind is None:
        return None
    kind = wanted.kind or (before.receiver.kind if before.receiver is not None else "")
    if not kind:
        raise ConflictError("The mailbox has lost its account.", hint="Give its kind and its settings anew.")
    require_settings(setup, FAMILY, kind, wanted.values)
    if before.receiver is None:
        return AccountChange(values=without_dots(wanted.values), kind=kind)
    return AccountChange(values=wanted.values, kind=wanted.kind)


async def _tried(office: Office, draft: Connected) -> TrialBody:
    mailbox, receiver = draft.mailbox, draft.receiver
    if receiver is None:
        raise ConflictError(
            f"The mailbox {mailbox.id!r} has lost its account.", hint="Give its kind and settings anew."
        )
    return await tried(lambda: office.trials.receiver(mailbox, receiver))


def _body(office: Office, caller: Caller, found: MailboxSheet) -> MailboxBody:
    standing, name = office.standing(), found.mailbox.id
    failure = standing.failures.get(f"mailbox {name}", "")
    return MailboxBody(
        mailbox=found.mailbox,
        receiver=account_body(office, caller, found.receiver) if found.receiver is not None else None,
        alarms=found.alarms,
        open=name in standing.mailboxes and not failure,
        failure=failure,
    )
