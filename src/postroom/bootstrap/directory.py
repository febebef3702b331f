"""The directory: which mailboxes, senders and notifiers there are now, open and true to the store.

People add, change and remove them while Postroom runs. A Maildir or mbox file that the settings name is there beside
those that were added; the mock mailbox, where the settings name it, only as long as nobody has added any.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from postroom.actions.accounts import opened_values
from postroom.bootstrap.kept import KeptOpen, OpenPlan
from postroom.bootstrap.openers import (
    OpenMailbox,
    Premises,
    mailbox_added,
    mailbox_of_settings,
    notifier_of,
    receiver_of,
    sender_of,
    tell,
)
from postroom.bootstrap.parts import (
    FOLDER_SENDER,
    MAILBOX_ID,
    mailbox_beside,
    mailboxes_beside,
    notifier_settings,
    open_receiver,
    open_sender,
)
from postroom.bootstrap.window import Window, can_look
from postroom.bootstrap.workflows import workflow_of
from postroom.errors import ConfigurationError, NotFoundError, PostroomError
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Lookout, Receiver, Sender
from postroom.model.account import Account, AccountFamily
from postroom.model.mailbox import Mailbox, SentPolicy
from postroom.model.workflow import WorkflowSlug
from postroom.notifiers import Channels
from postroom.providers import Known

log = structlog.get_logger()

FIND_TIMEOUT_SECONDS = 60.0


async def _nothing(mailbox_id: str) -> None:
    del mailbox_id


@dataclass(slots=True)
class Live:
    """The mappings that nodes and the engine look into; they change in place."""

    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    lookouts: dict[str, Lookout] = field(default_factory=dict)


class Directory:
    """Opens, keeps and closes what is in the store; `refresh` makes it true again."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self._senders = KeptOpen[Sender](close=_close_sender, told=partial(tell, premises, AccountFamily.SENDER))
        self._notifiers = KeptOpen[Notifier](close=_forget, told=partial(tell, premises, AccountFamily.NOTIFIER))
        self._open = KeptOpen[OpenMailbox](
            close=self._close_mailbox, told=partial(tell, premises, AccountFamily.RECEIVER)
        )
        self._live = Live()
        self.before_closing: Callable[[str], Awaitable[None]] = _nothing

    @property
    def mailboxes(self) -> Mapping[str, Mailbox]:
        """The rules of each mailbox by id, also of one that cannot be opened."""
        return self._live.mailboxes

    @property
    def lookouts(self) -> Mapping[str, Lookout]:
        """What sees answers of people, by mailbox: of each whose kind can look, open or not; others are absent."""
        return self._live.lookouts

    @property
    def senders(self) -> Mapping[str, Sender]:
        """The open senders by name."""
        return self._senders.by_name

    @property
    def notifiers(self) -> Mapping[str, Notifier]:
        """The open notifiers by name."""
        return self._notifiers.by_name

    @property
    def channels(self) -> Channels:
        """What notifiers speak through."""
        return self._premises.channels(self.senders)

    @property
    def open(self) -> Mapping[str, OpenMailbox]:
        """The open mailboxes by id."""
        return self._open.by_name

    def require_settings(self) -> None:
        """Pass where everything that the settings alone describe is open.

        Raises:
            PostroomError: what is wrong with the first that is not.
        """
        named = notifier_settings(self._premises.settings)
        for kept, names in ((self._open, (MAILBOX_ID,)), (self._senders, (FOLDER_SENDER,)), (self._notifiers, named)):
            for name in names:
                if name in kept.failures:
                    raise kept.failures[name]

    @property
    def failures(self) -> Mapping[str, PostroomError]:
        """What cannot be opened, as `mailbox <id>`, `sender <name>` and `notifier <name>`, and why."""
        kinds = (("mailbox", self._open), ("sender", self._senders), ("notifier", self._notifiers))
        return {f"{kind} {name}": error for kind, kept in kinds for name, error in kept.failures.items()}

    async def refresh(self) -> None:
        """Read the store and open, close and change what differs.

        Raises:
            StoreError: the store cannot be read; everything stays as it was.
        """
        stores = self._premises.stores
        added = await stores.mailboxes.list()
        receivers = {account.name: account for account in await stores.accounts.list(AccountFamily.RECEIVER)}
        senders = await stores.accounts.list(AccountFamily.SENDER)
        notifiers = await stores.accounts.list(AccountFamily.NOTIFIER)
        settings_mailbox = mailbox_beside(self._premises.settings, added)
        everywhere = mailboxes_beside(self._premises.settings, added)
        await self._senders.follow(self._sender_plans(senders, with_folder=settings_mailbox is not None))
        await self._notifiers.follow(self._notifier_plans(notifiers))
        self._live.mailboxes.clear()
        self._live.mailboxes.update({mailbox.id: mailbox for mailbox in everywhere})
        own = frozenset(address for mailbox in everywhere for address in mailbox.addresses)
        plans: dict[str, OpenPlan[OpenMailbox]] = {
            mailbox.id: OpenPlan(
                key=(mailbox.revision, _key(receivers[mailbox.id]), own, await self._version(mailbox)),
                open=partial(mailbox_added, self._premises, mailbox, receivers[mailbox.id], own),
            )
            for mailbox in added
            if mailbox.id in receivers
        }
        if settings_mailbox is not None:
            plans[settings_mailbox.id] = OpenPlan(
                key=(own, await self._version(settings_mailbox)),
                open=partial(mailbox_of_settings, self._premises, settings_mailbox, own),
            )
        self._keep_lookouts(everywhere, receivers)
        await self._open.follow(plans)

    async def reader(self, mailbox: Mailbox, known: Known) -> Receiver:
        """Return a second receiver of a mailbox, which leaves out what `known` knows; the caller closes it.

        Raises:
            NotFoundError: nothing says how the mailbox is read. ConfigurationError: it cannot be opened.
        """
        if mailbox.id == MAILBOX_ID:
            return open_receiver(self._premises.settings, mailbox, known).receiver
        account = await self._premises.stores.accounts.get(AccountFamily.RECEIVER, mailbox.id)
        return receiver_of(self._premises, mailbox, account, known).receiver

    async def close(self) -> None:
        """Close everything."""
        await self._open.follow({})
        await self._notifiers.follow({})
        await self._senders.follow({})

    async def _version(self, mailbox: Mailbox) -> int:
        """Return the version of its workflow that is in use, 0 where it has none that can run."""
        try:
            return (await self._premises.stores.workflows.current(WorkflowSlug(mailbox.workflow))).version
        except NotFoundError:
            pass
        try:
            # Stored here, so that the version that opening it would store is no change.
            return (await workflow_of(mailbox, self._premises.settings, self._premises.stores)).version
        except ConfigurationError:
            return 0

    def _keep_lookouts(self, everywhere: Sequence[Mailbox], receivers: Mapping[str, Account]) -> None:
        # Those that stay keep their entry throughout: without one, a reply would go out unseen.
        looking = {one.id for one in everywhere if self._looks_out(one.id, receivers.get(one.id))}
        for name in set(self._live.lookouts) - looking:
            del self._live.lookouts[name]
        for name in looking:
            self._live.lookouts.setdefault(name, Window(name, self.open))

    def _looks_out(self, name: str, account: Account | None) -> bool:
        """Return whether a mailbox is of a kind that can look, also where it is not known what kind it is."""
        if account is not None:
            return can_look(account.kind)
        return name != MAILBOX_ID or can_look(self._premises.settings.mailbox_kind)

    # ---- plans

    def _sender_plans(self, accounts: tuple[Account, ...], *, with_folder: bool) -> Mapping[str, OpenPlan[Sender]]:
        plans = {
            account.name: OpenPlan(key=_key(account), open=partial(sender_of, self._premises, account, self._filed))
            for account in accounts
        }
        if with_folder:
            plans.setdefault(FOLDER_SENDER, OpenPlan(key="settings", open=self._folder_sender))
        return plans

    def _notifier_plans(self, accounts: tuple[Account, ...]) -> Mapping[str, OpenPlan[Notifier]]:
        plans: dict[str, OpenPlan[Notifier]] = {
            kind: OpenPlan(key="settings", open=partial(notifier_of, kind, values, self.channels))
            for kind, values in notifier_settings(self._premises.settings).items()
        }
        for account in accounts:
            plans[account.name] = OpenPlan(key=_key(account), open=partial(self._added_notifier, account))
        return plans

    async def _folder_sender(self) -> Sender:
        return open_sender(self._premises.settings)

    async def _added_notifier(self, account: Account) -> Notifier:
        return await notifier_of(account.kind, opened_values(account, self._premises.seal), self.channels)

    async def _close_mailbox(self, name: str, one: OpenMailbox) -> None:
        await self.before_closing(name)
        await one.opened.receiver.close()

    async def _filed(self, message_id: str) -> bool | None:
        """Ask every mailbox whose provider files sent mail itself; absence is never proof."""
        for one in list(self.open.values()):
            folder = one.opened.sent_folder
            if folder is None or one.mailbox.sent_policy is not SentPolicy.PROVIDER:
                continue
            try:
                async with asyncio.timeout(FIND_TIMEOUT_SECONDS):
                    if await folder.holds(message_id):
                        return True
            except (PostroomError, TimeoutError):
                log.warning("sent_folder_not_searched", mailbox=one.mailbox.id)
        return None


def _key(account: Account) -> tuple[object, ...]:
    return (account.kind, account.revision, account.created_at)


async def _close_sender(name: str, sender: Sender) -> None:
    del name
    await sender.close()


async def _forget(name: str, notifier: Notifier) -> None:
    del name, notifier
