"""Mailboxes that people add, change and remove, each with the account it is read through."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from postroom.actions.accounts import (
    AccountChange,
    AccountForm,
    Setup,
    ShownAccount,
    changed_account,
    changed_meanwhile,
    is_another_box,
    new_account,
    shown,
)
from postroom.actions.alarms import automation_alarm, is_of_mailbox, open_alarms
from postroom.actions.mailboxes_rules import require_usable
from postroom.errors import ConflictError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mailbox, Mode

FAMILY = AccountFamily.RECEIVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A mailbox and the account that reads it (None: its account is missing)."""

    mailbox: Mailbox
    receiver: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSheet:
    """A mailbox as people may see it, its account without secrets, and its open alarms."""

    mailbox: Mailbox
    receiver: ShownAccount | None
    alarms: tuple[Alarm, ...]


async def draft_mailbox(setup: Setup, mailbox: Mailbox, kind: str, values: Mapping[str, object]) -> Connected:
    """Return a new mailbox, connected from now on, and its account; nothing is stored yet.

    Raises:
        InputError, ConfigurationError: something about it cannot be used. ConflictError: its name or address is taken.
    """
    await _require_free(setup.stores, mailbox.id)
    await require_usable(setup, mailbox)
    receiver = new_account(setup, FAMILY, AccountForm(name=mailbox.id, kind=kind, values=values))
    return Connected(mailbox=replace(mailbox, connected_at=setup.desk.clock.now()), receiver=receiver)


async def add_mailbox(stores: Stores, draft: Connected) -> Mailbox:
    """Store a new mailbox with its account and return it.

    Raises:
        ConflictError: its name is taken.
    """
    name = draft.mailbox.id
    # First: of two that add one name at once only one gets past it, and a mailbox without its account can be seen.
    if not await stores.mailboxes.add(draft.mailbox):
        raise _taken(name)
    if draft.receiver is not None and not await stores.accounts.add(draft.receiver):
        # An account without a mailbox, as an adding or a removing that broke off half-way once left it.
        await stores.accounts.remove(FAMILY, name)
        await stores.accounts.add(draft.receiver)
    return draft.mailbox


async def draft_mailbox_change(setup: Setup, mailbox: Mailbox, change: AccountChange | None = None) -> Connected:
    """Return a changed mailbox (it has the revision it was read with) and its changed account; nothing is stored yet.

    Where the account reads other mail than before, the mailbox is connected from now on: what lies there already is
    history.

    Raises:
        NotFoundError: there is none. InputError, ConfigurationError, ConflictError: what it would become cannot be
        used.
    """
    stored = await connected(setup.stores, mailbox.id)
    await require_usable(setup, mailbox, before=stored.mailbox)
    receiver = stored.receiver
    if change is not None and (change.values or change.kind):
        receiver = _changed(setup, stored, change)
    if receiver is not None and (stored.receiver is None or is_another_box(setup, stored.receiver, receiver)):
        mailbox = replace(mailbox, connected_at=setup.desk.clock.now())
    return Connected(mailbox=mailbox, receiver=receiver)


async def change_mailbox(setup: Setup, draft: Connected) -> Mailbox:
    """Store a changed mailbox and return it with its new revision.

    Mode automatic forgets why automation was stopped, and clears the alarm about it.

    Raises:
        ConflictError: somebody else changed it meanwhile. NotFoundError: there is none any more.
    """
    stores, mailbox = setup.stores, draft.mailbox
    if mailbox.mode is Mode.AUTOMATIC:
        mailbox = replace(mailbox, stopped="")
    stored = await connected(stores, mailbox.id)
    if stored.mailbox.revision != mailbox.revision:
        raise changed_meanwhile("mailbox", mailbox.id)
    # First: of two changes at once only one gets past it, so rules and account are always those of the same change.
    if not await stores.mailboxes.change(mailbox):
        raise changed_meanwhile("mailbox", mailbox.id)
    if draft.receiver is not None and draft.receiver != stored.receiver:
        await _store_receiver(stores, draft.receiver, is_new=stored.receiver is None)
    if mailbox.mode is Mode.AUTOMATIC:
        await stores.alarms.clear(automation_alarm(mailbox.id), at=setup.desk.clock.now())
    return replace(mailbox, revision=mailbox.revision + 1)


async def remove_mailbox(setup: Setup, mailbox_id: MailboxId) -> None:
    """Forget a mailbox, its account with all secrets, what was proven of it, and its alarms; its mail stays.

    Raises:
        NotFoundError: there is none.
    """
    found = await sheet(setup.stores, mailbox_id)
    # The account first: of a removing that breaks off the mailbox can still be seen, but no secret is left behind.
    await setup.stores.accounts.remove(FAMILY, mailbox_id)
    await setup.stores.mailboxes.remove(mailbox_id)
    # Another one of the same name begins with its own mail: nothing was ever proven there.
    await setup.stores.looks.remove(mailbox_id)
    for alarm in found.alarms:
        await setup.stores.alarms.clear(alarm.key, at=setup.desk.clock.now())


async def connected(stores: Stores, mailbox_id: MailboxId) -> Connected:
    """Return one mailbox and its account.

    Raises:
        NotFoundError: there is none; the hint says which there are.
    """
    try:
        mailbox = await stores.mailboxes.get(mailbox_id)
    except NotFoundError as error:
        names = ", ".join(one.id for one in await stores.mailboxes.list())
        hint = f"There are: {names}." if names else "There is none yet; add one first."
        raise NotFoundError(f"There is no mailbox {mailbox_id!r}.", hint=hint) from error
    try:
        return Connected(mailbox=mailbox, receiver=await stores.accounts.get(FAMILY, mailbox_id))
    except NotFoundError:
        return Connected(mailbox=mailbox, receiver=None)


async def sheet(stores: Stores, mailbox_id: MailboxId) -> MailboxSheet:
    """Return one mailbox as people may see it.

    Raises:
        NotFoundError: there is none.
    """
    return _sheet(await connected(stores, mailbox_id), await open_alarms(stores))


async def sheets(stores: Stores) -> tuple[MailboxSheet, ...]:
    """Return all mailboxes as people may see them, by name."""
    alarms = await open_alarms(stores)
    receivers = {one.name: one for one in await stores.accounts.list(FAMILY)}
    found = [Connected(mailbox=one, receiver=receivers.get(one.id)) for one in await stores.mailboxes.list()]
    return tuple(_sheet(one, alarms) for one in found)


def _sheet(found: Connected, alarms: tuple[Alarm, ...]) -> MailboxSheet:
    own = tuple(alarm for alarm in alarms if is_of_mailbox(alarm, found.mailbox.id))
    receiver = shown(found.receiver) if found.receiver is not None else None
    return MailboxSheet(mailbox=found.mailbox, receiver=receiver, alarms=own)


def _changed(setup: Setup, stored: Connected, change: AccountChange) -> Account:
    if stored.receiver is not None:
        return changed_account(setup, stored.receiver, change)
    name = stored.mailbox.id
    if change.kind is None:
        raise NotFoundError(f"The mailbox {name!r} has lost its account.", hint="Give its kind and settings anew.")
    return new_account(setup, FAMILY, AccountForm(name=name, kind=change.kind, values=change.values))


async def _store_receiver(stores: Stores, receiver: Account, *, is_new: bool) -> None:
    stored = await stores.accounts.add(receiver) if is_new else await stores.accounts.change(receiver)
    if not stored:
        raise ConflictError(
            f"The rules of the mailbox {receiver.name!r} are changed, its account is not: somebody else changed that.",
            hint="Look at it, then change its settings again.",
        )


async def _require_free(stores: Stores, mailbox_id: MailboxId) -> None:
    if any(one.id == mailbox_id for one in await stores.mailboxes.list()):
        raise _taken(mailbox_id)


def _taken(mailbox_id: MailboxId) -> ConflictError:
    return ConflictError(
        f"There is a mailbox {mailbox_id!r} already.",
        hint="Choose another name, or change that mailbox.",
    )
