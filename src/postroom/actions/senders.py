"""Senders: the ways that replies go out."""

from postroom.actions.accounts import (
    AccountChange,
    AccountForm,
    Setup,
    changed_account,
    get_account,
    new_account,
    store_changed,
    store_new,
)
from postroom.actions.alarms import clear_of_account
from postroom.actions.desk import Desk
from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily
from postroom.model.mailbox import Mailbox

FAMILY = AccountFamily.SENDER


def draft_sender(setup: Setup, form: AccountForm) -> Account:
    """Return a sender made of a form, not stored yet.

    Raises:
        InputError: the name cannot be used. ConfigurationError: there is no such kind, or a setting is wrong.
    """
    return new_account(setup, FAMILY, form)


async def add_sender(stores: Stores, account: Account) -> Account:
    """Store a sender and return it.

    Raises:
        ConflictError: there is one of that name; or mailboxes name none, and with a second one nobody could tell which
        is theirs.
    """
    others = await stores.accounts.list(FAMILY)
    unnamed = [mailbox.id for mailbox in await stores.mailboxes.list() if not mailbox.sender]
    if len(others) == 1 and unnamed and others[0].name != account.name:
        raise ConflictError(
            f"These mailboxes send through the only sender there is: {', '.join(unnamed)}.",
            hint=f"Name it first: give the mailbox {unnamed[0]} the sender {others[0].name}.",
        )
    return await store_new(stores, account)


async def draft_sender_change(setup: Setup, name: str, change: AccountChange) -> Account:
    """Return a sender with changes, not stored yet.

    Raises:
        NotFoundError: there is none. ConfigurationError: what it would become cannot be used.
    """
    return changed_account(setup, await get_account(setup.stores, FAMILY, name), change)


async def change_sender(stores: Stores, account: Account) -> Account:
    """Store a changed sender and return it with its new revision.

    Raises:
        ConflictError: somebody else changed it meanwhile.
    """
    return await store_changed(stores, account)


async def remove_sender(desk: Desk, name: str) -> None:
    """Forget a sender and its secrets, and clear the alarms about it.

    Raises:
        NotFoundError: there is none. ConflictError: a mailbox sends through it, or a notifier does.
    """
    stores = desk.stores
    await get_account(stores, FAMILY, name)
    mailboxes = [mailbox.id for mailbox in await mailboxes_of(stores, name) if mailbox.sender]
    if mailboxes:
        raise ConflictError(
            f"The sender {name!r} is that of: {', '.join(mailboxes)}.",
            hint=f"Give them another one first, beginning with the mailbox {mailboxes[0]}.",
        )
    notifiers = [
        one.name for one in await stores.accounts.list(AccountFamily.NOTIFIER) if one.values.get("sender") == name
    ]
    if notifiers:
        raise ConflictError(
            f"These notifiers send through {name!r}: {', '.join(notifiers)}.",
            hint=f"Give them another one first: the setting sender of the notifier {notifiers[0]}.",
        )
    await stores.accounts.remove(FAMILY, name)
    await clear_of_account(desk, FAMILY, name)


async def mailboxes_of(stores: Stores, name: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes whose replies go out through a sender: by name, or because it is the only one."""
    only_one = len(await stores.accounts.list(FAMILY)) == 1
    return tuple(
        mailbox
        for mailbox in await stores.mailboxes.list()
        if mailbox.sender == name or (only_one and not mailbox.sender)
    )
