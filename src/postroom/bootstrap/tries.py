"""Tries of accounts that are perhaps not stored yet: whether what somebody entered works."""

from datetime import UTC, datetime

from postroom.actions.accounts import opened_values
from postroom.bootstrap.opening import open_directory
from postroom.bootstrap.parts import nothing_known
from postroom.bootstrap.plugins import notifier_plugins, receiver_plugins, sender_plugins
from postroom.interfaces.clock import SystemClock
from postroom.model.account import Account
from postroom.model.mailbox import Mailbox
from postroom.model.notification import Notification, Severity
from postroom.providers import SendingSurroundings, Surroundings
from postroom.sealing import Seal
from postroom.settings import Settings


async def try_receiver(settings: Settings, mailbox: Mailbox, account: Account) -> str:
    """Return one line about the mailbox that `account` reaches.

    Raises:
        ConfigurationError, PluginError, TransientError: it does not work; the hint says what to do.
    """
    plugin = receiver_plugins().named(account.kind)
    surroundings = Surroundings(mailbox_id=mailbox.id, known=nothing_known, connected_at=datetime.now(UTC))
    opened = plugin.build(opened_values(account, Seal(settings.secret_bytes())), surroundings)
    try:
        return await plugin.check(opened)
    finally:
        await opened.receiver.close()


async def try_sender(settings: Settings, account: Account) -> str:
    """Return one line about what `account` sends through.

    Raises:
        ConfigurationError, PluginError, TransientError: it does not work; the hint says what to do.
    """
    values = opened_values(account, Seal(settings.secret_bytes()))
    sender = sender_plugins().named(account.kind).build(values, SendingSurroundings())
    try:
        return await sender.check()
    finally:
        await sender.close()


async def try_notifier(settings: Settings, account: Account) -> str:
    """Return one line about where `account` tells people, having told them that this is a trial.

    Raises:
        ConfigurationError, PluginError, TransientError: it does not work; the hint says what to do.
    """
    async with open_directory(settings) as directory:
        values = opened_values(account, Seal(settings.secret_bytes()))
        notifier = notifier_plugins().named(account.kind).build(values, directory.channels)
        line = await notifier.check()
        now = SystemClock().now()
        await notifier.notify(
            Notification(
                key=f"trial/{account.name}/{now.isoformat()}",
                severity=Severity.INFO,
                title="Postroom can reach you here",
                text="This is a trial; there is nothing to do.",
            )
        )
        return line
