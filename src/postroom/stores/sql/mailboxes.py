"""Mailboxes in SQL: each is one text beside its id and revision."""

from dataclasses import replace

from sqlalchemy import Connection, bindparam, delete, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mailbox, Mode
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import Values, optional_millis, optional_moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.accounts import mailboxes

ADD = insert_once(mailboxes, "id")
CHANGE = (
    update(mailboxes)
    .where(mailboxes.c.id == bindparam("key"), mailboxes.c.revision == bindparam("before"))
    .values(revision=bindparam("revision"), mailbox_json=bindparam("mailbox_json"))
)
REMOVE = delete(mailboxes).where(mailboxes.c.id == bindparam("key"))
ONE = select(mailboxes.c.mailbox_json).where(mailboxes.c.id == bindparam("id"))
LIST = select(mailboxes.c.mailbox_json).order_by(mailboxes.c.id)


class SqlMailboxes:
    """The `Mailboxes` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, mailbox: Mailbox) -> bool:
        """Store a new mailbox; False where its id is taken."""
        row = {"id": mailbox.id} | _columns(mailbox)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def change(self, mailbox: Mailbox) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        return await self._database.write(lambda connection: _change(connection, mailbox))

    async def stop(self, mailbox_id: MailboxId, *, reason: str) -> bool:
        """Set a mailbox of mode automatic to review, with `stopped` = `reason`, revision + 1; else False."""

        def operation(connection: Connection) -> bool:
            row = connection.execute(ONE, {"id": mailbox_id}).first()
            stopped = None if row is None else stop(decode(Mailbox, row.mailbox_json), reason)
            return stopped is not None and _change(connection, stopped)

        return await self._database.write(operation)

    async def remove(self, mailbox_id: MailboxId) -> bool:
        """Forget it; False where there is none."""
        values = {"key": mailbox_id}
        return await self._database.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    async def get(self, mailbox_id: MailboxId) -> Mailbox:
        """Return one mailbox; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": mailbox_id}).first())
        if row is None:
            raise NotFoundError(f"There is no mailbox {mailbox_id!r}.", hint="The list of mailboxes shows their ids.")
        return decode(Mailbox, row.mailbox_json)

    async def list(self) -> tuple[Mailbox, ...]:
        """Return all mailboxes by id."""
        rows = await self._database.read(lambda connection: connection.execute(LIST).all())
        return tuple(decode(Mailbox, row.mailbox_json) for row in rows)


def stop(mailbox: Mailbox, reason: str) -> Mailbox | None:
    """Return the mailbox as it is once its automation has ended, None where it has none."""
    return replace(mailbox, mode=Mode.REVIEW, stopped=reason) if mailbox.mode is Mode.AUTOMATIC else None


def _change(connection: Connection, mailbox: Mailbox) -> bool:
    changed = _columns(replace(mailbox, revision=mailbox.revision + 1))
    values = {"key": mailbox.id, "before": mailbox.revision} | changed
    return connection.execute(CHANGE, values).rowcount == 1


def _columns(mailbox: Mailbox) -> Values:
    stored = replace(mailbox, connected_at=optional_moment(optional_millis(mailbox.connected_at)))
    return {"revision": stored.revision, "mailbox_json": encode(stored)}
