"""A shop with real mail servers: Dovecot for its mailboxes, an SMTP peer, and the data folder of its Postroom.

A Postroom works in it between `shop.working()` and its end, as often as a test wants: the files stay.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib.resources import files
from pathlib import Path

from engine.house import eventually
from journeys.letters import HELP, letter
from postroom.actions.accounts import AccountForm, Setup, new_account
from postroom.actions.desk import Desk
from postroom.actions.mailboxes import add_mailbox, draft_mailbox
from postroom.bootstrap import (
    Postroom,
    Receptions,
    notifier_plugins,
    open_postroom,
    open_store,
    receiver_plugins,
    sender_plugins,
)
from postroom.engine.runtime import Engine
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.stores import Stores
from postroom.model.account import AccountFamily
from postroom.model.email import Address, MailboxId
from postroom.model.execution import Execution, ExecutionStatus
from postroom.model.ledger import EntryKind, LedgerEntry
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.reply import Reply
from postroom.model.review import Review, ReviewStatus
from postroom.sealing import Seal
from postroom.settings import Settings
from reviewed import review_history
from servers.dovecot import PASSWORD, Dovecot
from servers.smtp import Accepted, SmtpServer

MAILBOX = MailboxId("help")
SENDER = "outgoing"
BOUNCES = "bounces@shop.example"
POLL_SECONDS = 0.1
DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Work:
    """A Postroom at work."""

    postroom: Postroom
    engine: Engine

    @property
    def stores(self) -> Stores:
        """Its stores."""
        return self.postroom.stores

    async def entries(self, mailbox_id: MailboxId | None = None) -> tuple[LedgerEntry, ...]:
        """Return what the mailboxes gave."""
        return (await self.stores.ledger.entries(mailbox_id, limit=10_000)).rows

    async def executions(self) -> tuple[Execution, ...]:
        """Return all executions, newest first."""
        return (await self.stores.executions.list(limit=10_000)).rows

    async def over(self) -> int:
        """Return how many executions have succeeded."""
        return (await self.stores.executions.count()).get(ExecutionStatus.SUCCEEDED, 0)

    async def succeeded(self, executions: int) -> None:
        """Wait until so many executions have succeeded and nothing runs any more."""

        async def there() -> bool:
            return await self.over() >= executions

        await self.until(there)
        assert await self.over() == executions

    async def settled(self, entries: int) -> tuple[LedgerEntry, ...]:
        """Wait until the mailboxes have given so many messages and nothing runs any more; return them all."""

        async def there() -> bool:
            return len(await self.entries()) >= entries

        await eventually(there)
        await self.engine.quiet()
        found = await self.entries()
        assert len(found) == entries
        return found

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait until something holds and nothing runs any more."""
        await eventually(holds)
        await self.engine.quiet()

    async def replies(self) -> tuple[Reply, ...]:
        """Return all rows of the outbox, oldest first."""
        return (await self.stores.outbox.list(limit=10_000)).rows

    async def questions(self) -> tuple[Review, ...]:
        """Return what waits for a person."""
        undecided = (ReviewStatus.OPEN, ReviewStatus.CLAIMED)
        return (await self.stores.reviews.list(statuses=undecided, limit=10_000)).rows

    async def alarms(self) -> set[str]:
        """Return the keys of the open alarms."""
        return {alarm.key for alarm in (await self.stores.alarms.open(limit=1000)).rows}


@dataclass(slots=True, kw_only=True)
class Shop:
    """The servers, the data folder and the mailboxes of a shop; `user` is who owns the first mailbox at Dovecot."""

    folder: Path
    dovecot: Dovecot
    smtp: SmtpServer
    settings: Settings
    user: str
    sends: bool = False

    async def open_mailbox(
        self,
        mailbox: Mailbox,
        *,
        user: str = "",
        connected: timedelta = timedelta(minutes=1),
        imap: dict[str, object] | None = None,
    ) -> None:
        """Add a mailbox that was connected some time ago, owned by `user`; `imap` are settings that differ.

        The first one brings the sender with it, where none was added.
        """
        if not self.sends:
            await self.open_sender()
        user = user or self.user
        usual = {"host": "localhost", "port": self.dovecot.imap_port, "security": "none", "username": user}
        polled = {"password": PASSWORD, "idle": False, "poll_seconds": POLL_SECONDS, "timeout_seconds": 20.0}
        values = {name: value for name, value in {**usual, **polled, **(imap or {})}.items() if value is not None}
        async with open_store(self.settings) as stores:
            draft = await draft_mailbox(self.setup(stores), mailbox, "imap", values)
            old = replace(draft.mailbox, connected_at=datetime.now(UTC) - connected)
            await add_mailbox(stores, replace(draft, mailbox=old))

    async def open_sender(self, **changes: object) -> None:
        """Add the account that sends, with settings that differ from the usual ones."""
        self.sends = True
        usual = {"host": "localhost", "port": self.smtp.port, "security": "none", "timeout_seconds": 5.0}
        await self.open_account(AccountFamily.SENDER, AccountForm(name=SENDER, kind="smtp", values=usual | changes))

    async def open_account(self, family: AccountFamily, form: AccountForm) -> None:
        """Add an account."""
        async with open_store(self.settings) as stores:
            assert await stores.accounts.add(new_account(self.setup(stores), family, form))

    def setup(self, stores: Stores) -> Setup:
        """Return what people act with."""
        return Setup(
            desk=self.desk(stores),
            seal=Seal(self.settings.secret_bytes()),
            receivers=receiver_plugins(),
            senders=sender_plugins(),
            notifiers=notifier_plugins(),
        )

    def desk(self, stores: Stores) -> Desk:
        """Return where Carla of the shop decides."""
        return Desk(stores=stores, clock=SystemClock(), by="carla")

    @asynccontextmanager
    async def working(self, adapt: Callable[[Postroom], Postroom] = lambda same: same) -> AsyncIterator[Work]:
        """Open everything and receive from every mailbox; `adapt` may change what was opened before it works.

        So much mail was reviewed before that it may answer by itself.
        """
        async with open_postroom(self.settings) as opened:
            await review_history(opened)
            postroom = adapt(opened)
            engine = postroom.engine()
            await engine.start()
            receiving = asyncio.create_task(Receptions(postroom, engine).receive_forever())
            try:
                yield Work(postroom=postroom, engine=engine)
            finally:
                receiving.cancel()
                await asyncio.gather(receiving, return_exceptions=True)
                await engine.stop()

    def deliver(self, **written: object) -> str:
        """Let a customer's letter arrive by LMTP, and return its Message-ID."""
        content, message_id = letter(**written)
        self.dovecot.deliver(content, self.user)
        return message_id

    def sent(self) -> list[Accepted]:
        """Return what the SMTP peer took so far."""
        return list(self.smtp.accepted)

    def filed(self, folder: str = "Sent") -> list[str]:
        """Return the Message-IDs of what lies in a folder of the mailbox."""
        with self.dovecot.session(self.user) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [str(message_from_bytes(one[b"BODY[]"])["Message-ID"]).strip() for one in found.values()]


def shop_mailbox(mode: Mode = Mode.AUTOMATIC, **changes: object) -> Mailbox:
    """Return the shop's mailbox with some rules changed."""
    address = Address(name="Lindenhof", address=HELP)
    values: dict[str, object] = {"id": MAILBOX, "address": address, "workflow": "customer_support", "mode": mode}
    made = {**values, "bounce_address": BOUNCES, "sender": SENDER, **changes}
    return Mailbox(**made)  # type: ignore[arg-type]  # Each test names fields as they are.


def new_shop(folder: Path, models: Path, dovecot: Dovecot, smtp: SmtpServer) -> Shop:
    """Return a shop that has its own articles and a mailbox at Dovecot, but has not told Postroom of it."""
    data, articles = folder / "data", folder / "articles"
    data.mkdir()
    (data / "models").symlink_to(models, target_is_directory=True)
    copy_articles(articles)
    settings = Settings.model_validate({"data_dir": data, "articles_dir": articles, "mock_emails": 0, "audit_share": 0})
    user = f"{folder.name}@shop.example"
    add_user(dovecot, user)
    return Shop(folder=folder, dovecot=dovecot, smtp=smtp, settings=settings, user=user)


def copy_articles(folder: Path) -> None:
    """Make a folder of articles as a shop would have, from the starter ones."""
    folder.mkdir()
    starter = files("postroom.knowledge") / "starter"
    for language in ("en", "de"):
        name = f"{language}.yaml"
        (folder / name).write_text((starter / name).read_text(encoding="utf-8"), encoding="utf-8")


def add_user(dovecot: Dovecot, user: str) -> None:
    """Give somebody a mailbox with a folder for sent mail and one for old mail."""
    dovecot.add_user(user)
    with dovecot.session(user) as client:
        client.create_folder("Sent")
        client.create_folder("Archive")


def read(content: bytes) -> EmailMessage:
    """Return a message as the standard library reads it."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def words(content: bytes) -> str:
    """Return the plain text of a message."""
    body = read(content).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text


def new_in(entries: tuple[LedgerEntry, ...]) -> list[LedgerEntry]:
    """Return the entries that have an execution of their own."""
    return [entry for entry in entries if entry.kind is EntryKind.NEW]
