"""A user of the Dovecot server, and what opens the user's mailbox as Postroom would."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from contracts.receiver_contract import MAILBOX, Memory
from postroom.providers import OpenReceiver, Surroundings
from postroom.providers.imap_smtp import IMAP
from servers.dovecot import PASSWORD, Dovecot

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Mailboxes:
    """One user's mailbox, which may be opened many times; all are closed by `mailboxes`."""

    server: Dovecot
    user: str
    memory: Memory = field(default_factory=Memory)
    opened: list[OpenReceiver] = field(default_factory=list)
    warnings: list[str | None] = field(default_factory=list)
    renewed: list[tuple[str, str]] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)

    def open(
        self,
        memory: Memory | None = None,
        *,
        connected_at: datetime | None = None,
        is_own: Callable[[str], bool] = lambda _: False,
        generation: str = "",
        **settings: object,
    ) -> OpenReceiver:
        """Open it with a memory (None: its own) and with settings of its own (None: left out) over `settings`."""

        async def cursor() -> str | None:
            return (memory or self.memory).cursor

        async def warn(warning: str | None) -> None:
            self.warnings.append(warning)

        async def renewed(path: str, secret: str) -> None:
            self.renewed.append((path, secret))

        usual = {"host": self.server.host, "port": self.server.imap_port, "security": "none", "username": self.user}
        values = {**usual, "password": PASSWORD, "timeout_seconds": 20.0, **self.settings, **settings}
        surroundings = Surroundings(
            mailbox_id=MAILBOX,
            known=(memory or self.memory).known,
            connected_at=connected_at,
            is_own=is_own,
            warn=warn,
            renewed=renewed,
            cursor=cursor,
            generation=generation,
        )
        one = IMAP.build({name: value for name, value in values.items() if value is not None}, surroundings)
        self.opened.append(one)
        return one

    def append(self, *contents: bytes, age: timedelta | None = None, **where: str) -> None:
        """Append messages to a folder (`folder=…`), with an INTERNALDATE of some age."""
        at = None if age is None else datetime.now(UTC) - age
        self.server.append(self.user, *contents, at=at, folder=where.get("folder", "INBOX"))


@asynccontextmanager
async def mailboxes(server: Dovecot, user: str) -> AsyncIterator[Mailboxes]:
    """Give a new user's mailbox, and close in the end whatever was opened."""
    server.add_user(user)
    box = Mailboxes(server=server, user=user)
    try:
        yield box
    finally:
        for one in box.opened:
            await one.receiver.close()
