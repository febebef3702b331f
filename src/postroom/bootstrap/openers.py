"""Opens what the store describes: senders, notifiers and mailboxes, each with what it may know of its surroundings."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import httpx
import structlog

from postroom.actions.accounts import WORD, opened_values
from postroom.actions.accounts_renewed import kept_renewed
from postroom.bootstrap.parts import MAILBOX_ID, can_be_read, ledger_memory, open_receiver
from postroom.bootstrap.plugins import notifier_plugins, receiver_plugins, sender_plugins
from postroom.bootstrap.trials_shadow import shadow_of
from postroom.bootstrap.workflows import workflow_of
from postroom.errors import PostroomError
from postroom.intake.accept import Intake
from postroom.intake.answers import watched
from postroom.interfaces.clock import Clock
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Sender
from postroom.interfaces.stores import Stores
from postroom.mime.message_id import is_our_message_id, make_message_id
from postroom.model.account import Account, AccountFamily
from postroom.model.alarm import Alarm
from postroom.model.mailbox import Mailbox
from postroom.notifiers import Channels
from postroom.providers import Filed, Known, OpenReceiver, SendingSurroundings, Surroundings, Warn
from postroom.sealing import Seal
from postroom.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """What things are opened with; `dry_run` is for e-mails that run without reaching the world."""

    settings: Settings
    stores: Stores
    clock: Clock
    secret: bytes
    client: httpx.AsyncClient
    dry_run: bool = False

    @property
    def seal(self) -> Seal:
        """What opens the secrets of accounts."""
        return Seal(self.secret)

    def channels(self, senders: Mapping[str, Sender]) -> Channels:
        """Return what notifiers speak through."""
        return Channels(
            client=self.client,
            senders=senders,
            message_id=lambda key, domain: make_message_id(key, domain=domain, secret=self.secret),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMailbox:
    """A mailbox with what reads it, what tries whether that works, and what accepts its mail."""

    mailbox: Mailbox
    opened: OpenReceiver
    check: Callable[[OpenReceiver], Awaitable[str]]
    intake: Intake


async def sender_of(premises: Premises, account: Account, filed: Filed) -> Sender:
    """Return the sender that `account` describes; ConfigurationError where its settings are wrong."""
    surroundings = SendingSurroundings(
        filed=filed,
        warn=_warning(premises, AccountFamily.SENDER, account.name),
        renewed=kept_renewed(premises.stores, premises.seal, account),
    )
    return sender_plugins().named(account.kind).build(opened_values(account, premises.seal), surroundings)


async def notifier_of(kind: str, values: Mapping[str, object], channels: Channels) -> Notifier:
    """Return a notifier; ConfigurationError where its settings are wrong."""
    return notifier_plugins().named(kind).build(values, channels)


def receiver_of(premises: Premises, mailbox: Mailbox, account: Account, known: Known) -> OpenReceiver:
    """Return what reads a mailbox that was added; ConfigurationError where its settings are wrong."""
    surroundings = Surroundings(
        mailbox_id=mailbox.id,
        known=known,
        connected_at=mailbox.connected_at,
        is_own=lambda message_id: is_our_message_id(message_id, secret=premises.secret),
        warn=_warning(premises, AccountFamily.RECEIVER, mailbox.id),
        renewed=kept_renewed(premises.stores, premises.seal, account),
        cursor=partial(premises.stores.ledger.cursor, mailbox.id),
        generation=account.generation,
    )
    return receiver_plugins().named(account.kind).build(opened_values(account, premises.seal), surroundings)


async def mailbox_added(premises: Premises, mailbox: Mailbox, account: Account, own: frozenset[str]) -> OpenMailbox:
    """Open a mailbox that was added; `own` are the addresses of all mailboxes."""
    opened = receiver_of(premises, mailbox, account, ledger_memory(premises.stores, mailbox))
    if opened.lookout is not None:
        # One watch for all who look: a sign is told once, and must not be taken by somebody who never notes it.
        hear = shadow_of(premises.settings, premises.stores).hear
        opened = replace(opened, lookout=watched(opened.lookout, premises.stores, premises.clock, hear))
    check = receiver_plugins().named(account.kind).check
    return OpenMailbox(mailbox=mailbox, opened=opened, check=check, intake=await _intake(premises, mailbox, own))


async def mailbox_of_settings(premises: Premises, mailbox: Mailbox, own: frozenset[str]) -> OpenMailbox:
    """Open the mailbox that the settings describe."""
    assert mailbox.id == MAILBOX_ID
    opened = open_receiver(premises.settings, mailbox, ledger_memory(premises.stores, mailbox))
    return OpenMailbox(mailbox=mailbox, opened=opened, check=can_be_read, intake=await _intake(premises, mailbox, own))


async def tell(premises: Premises, family: AccountFamily, name: str, error: PostroomError | None) -> None:
    """Raise an alarm about an account that cannot be used, or clear it (None)."""
    key = f"account/{family}/{name}"
    if error is None:
        if not premises.dry_run:
            await premises.stores.alarms.clear(key, at=premises.clock.now())
        return
    if premises.dry_run:
        # Whoever only looks tells it in words and leaves the alarms to those that work.
        return
    log.error("account_cannot_be_used", family=family, name=name, problem=error.message, hint=error.hint)
    await _sound(premises, key, f"The {WORD[family]} {name} cannot be used", f"{error.message} {error.hint}".rstrip())


async def _intake(premises: Premises, mailbox: Mailbox, own: frozenset[str]) -> Intake:
    return Intake(
        ledger=premises.stores.ledger,
        clock=premises.clock,
        workflow=await workflow_of(mailbox, premises.settings, premises.stores),
        secret=premises.secret,
        max_bytes=premises.settings.max_message_bytes,
        mailbox=mailbox,
        own_addresses=own,
        dry_run=premises.dry_run,
    )


def _warning(premises: Premises, family: AccountFamily, name: str) -> Warn:
    key = f"credentials/{family}/{name}"

    async def warn(text: str | None) -> None:
        if text is None:
            await premises.stores.alarms.clear(key, at=premises.clock.now())
        else:
            await _sound(premises, key, f"The log-in of {WORD[family]} {name} will stop working", text)

    return warn


async def _sound(premises: Premises, key: str, title: str, text: str) -> None:
    await premises.stores.alarms.sound(Alarm(key=key, title=title, text=text, raised_at=premises.clock.now()))
