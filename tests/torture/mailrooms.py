"""How mail comes in and goes out in one life: a Maildir and the sink, or IMAP and SMTP; with borders in each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from postroom.bootstrap import receiver_plugins, sender_plugins
from postroom.interfaces.provider import Fetched, Lookout, Receiver, Sender, SentFolder
from postroom.mime.message_id import is_our_message_id
from postroom.model.email import MailboxId, RawEmail
from postroom.providers import Known, SendingSurroundings, Surroundings
from postroom.providers.maildir import MaildirConfig, MaildirReceiver
from servers.dovecot import PASSWORD
from torture.borders import Borders
from torture.sink import SinkSender

TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """What receives and what sends; for a real mailbox also what sees answers of people and files copies."""

    receiver: Receiver
    sender: Sender
    lookout: Lookout | None = None
    sent_folder: SentFolder | None = None


OpenMailroom = Callable[[MailboxId, Known, Borders], Mailroom]


def maildir_and_sink(folder: Path) -> OpenMailroom:
    """Return what opens the mailroom of the spine's run in `folder`."""

    def open_mailroom(mailbox_id: MailboxId, known: Known, borders: Borders) -> Mailroom:
        async def known_of_fetched(uid_validity: str, uids: Sequence[str]) -> frozenset[str]:
            borders.cross("receiver:fetched")
            return await known(uid_validity, uids)

        receiver = MaildirReceiver(
            MaildirConfig(path=folder / "maildir", poll_seconds=0.05),
            Surroundings(mailbox_id=mailbox_id, known=known_of_fetched),
        )
        return Mailroom(receiver=receiver, sender=SinkSender(folder / "sink.socket", borders))

    return open_mailroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account at the servers: the ports of the wires, who logs in, and since when the mailbox is connected."""

    imap_port: int
    smtp_port: int
    user: str
    connected_at: datetime
    secret: bytes


def imap_and_smtp(account: Account) -> OpenMailroom:
    """Return what opens the mailroom of a run over IMAP and SMTP, with the plug-ins as an installation opens them."""
    # Found here, before any life begins: each life would have to import them anew.
    imap, smtp = receiver_plugins().named("imap"), sender_plugins().named("smtp")

    def open_mailroom(mailbox_id: MailboxId, known: Known, borders: Borders) -> Mailroom:
        surroundings = Surroundings(
            mailbox_id=mailbox_id,
            known=known,
            connected_at=account.connected_at,
            is_own=lambda message_id: is_our_message_id(message_id, secret=account.secret),
        )
        opened = imap.build(_imap_values(account), surroundings)
        sender = smtp.build(_smtp_values(account), SendingSurroundings())
        assert opened.sent_folder is not None
        return Mailroom(
            receiver=WatchedReceiver(opened.receiver, borders),
            sender=sender,
            lookout=opened.lookout,
            sent_folder=WatchedSentFolder(opened.sent_folder, borders),
        )

    return open_mailroom


def _imap_values(account: Account) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": account.imap_port,
        "security": "none",
        "username": account.user,
        "password": PASSWORD,
        "mark_seen": True,
        "poll_seconds": 0.2,
        "timeout_seconds": TIMEOUT_SECONDS,
        # All mail from before is read as history.
        "import_since": "2001-01-01",
    }


def _smtp_values(account: Account) -> dict[str, object]:
    return {
        "host": "127.0.0.1",
        "port": account.smtp_port,
        "security": "none",
        "timeout_seconds": TIMEOUT_SECONDS,
        "data_timeout_seconds": TIMEOUT_SECONDS,
        "local_hostname": "localhost",
    }


class WatchedReceiver:
    """A receiver with a border behind each batch and on both sides of each acknowledgement."""

    def __init__(self, receiver: Receiver, borders: Borders) -> None:
        self._receiver = receiver
        self._borders = borders

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return a batch, as the receiver does."""
        fetched = await self._receiver.fetch(cursor, limit=limit)
        if fetched.emails:
            self._borders.cross("receiver:fetched")
        return fetched

    async def wait(self, *, timeout_seconds: float) -> None:
        """Wait, as the receiver does."""
        await self._receiver.wait(timeout_seconds=timeout_seconds)

    async def acknowledge(self, email: RawEmail) -> None:
        """Acknowledge, as the receiver does."""
        await self._borders.around("receiver.acknowledge", self._receiver.acknowledge)(email)

    async def close(self) -> None:
        """Close the receiver."""
        await self._receiver.close()


class WatchedSentFolder:
    """A Sent folder with a border on both sides of each copy."""

    def __init__(self, folder: SentFolder, borders: Borders) -> None:
        self._folder = folder
        self._borders = borders

    async def file(self, content: bytes, *, message_id: str) -> None:
        """File a copy, as the folder does."""
        await self._borders.around("sent_folder.file", self._folder.file)(content, message_id=message_id)

    async def holds(self, message_id: str) -> bool:
        """Return whether the folder holds it."""
        return await self._folder.holds(message_id)
