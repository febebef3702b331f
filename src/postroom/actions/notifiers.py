"""Notifiers: the ways that people are told at once."""

from collections.abc import Mapping

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
from postroom.errors import ConflictError, InputError
from postroom.interfaces.stores import Stores
from postroom.model.account import Account, AccountFamily
from postroom.model.workflow import JsonValue

FAMILY = AccountFamily.NOTIFIER


async def draft_notifier(setup: Setup, form: AccountForm) -> Account:
    """Return a notifier made of a form, not stored yet.

    Raises:
        InputError: the name cannot be used, or it names a sender that is not there. ConfigurationError: there is no
        such kind, or a setting is wrong.
    """
    account = new_account(setup, FAMILY, form)
    await _require_sender(setup.stores, account)
    return account


async def add_notifier(stores: Stores, account: Account) -> Account:
    """Store a notifier and return it.

    Raises:
        ConflictError: there is one of that name.
    """
    return await store_new(stores, account)


async def draft_notifier_change(setup: Setup, name: str, change: AccountChange) -> Account:
    """Return a notifier with changes, not stored yet.

    Raises:
        NotFoundError: there is none. InputError, ConfigurationError: what it would become cannot be used.
    """
    account = changed_account(setup, await get_account(setup.stores, FAMILY, name), change)
    await _require_sender(setup.stores, account)
    return account


async def change_notifier(stores: Stores, account: Account) -> Account:
    """Store a changed notifier and return it with its new revision.

    Raises:
        ConflictError: somebody else changed it meanwhile.
    """
    return await store_changed(stores, account)


async def remove_notifier(desk: Desk, name: str) -> None:
    """Forget a notifier and its secrets, and clear the alarms about it.

    Raises:
        NotFoundError: there is none. ConflictError: a mailbox or a workflow names it.
    """
    stores = desk.stores
    await get_account(stores, FAMILY, name)
    mailboxes = [one.id for one in await stores.mailboxes.list() if name in one.after_hours_notifiers]
    if mailboxes:
        raise ConflictError(
            f"The notifier {name!r} is told after hours of: {', '.join(mailboxes)}.",
            hint=f"Name others there first: change the after-hours notifiers of the mailbox {mailboxes[0]}.",
        )
    workflows = [
        one.slug for one in await stores.workflows.list() if any(_names(node.config, name) for node in one.nodes)
    ]
    if workflows:
        raise ConflictError(
            f"These workflows name the notifier {name!r}: {', '.join(workflows)}.",
            hint="Take it out of their nodes first, and import them again.",
        )
    await stores.accounts.remove(FAMILY, name)
    await clear_of_account(desk, FAMILY, name)


def _names(config: Mapping[str, JsonValue], name: str) -> bool:
    """Return whether the settings of a node name a notifier."""
    names = config.get("notifiers")
    return isinstance(names, list) and name in names


async def _require_sender(stores: Stores, account: Account) -> None:
    sender = account.values.get("sender")
    if not isinstance(sender, str) or not sender:
        return
    names = [one.name for one in await stores.accounts.list(AccountFamily.SENDER)]
    if sender not in names:
        raise InputError(
            f"There is no sender {sender!r}.", hint=f"There are: {', '.join(names)}." if names else "Add one first."
        )
