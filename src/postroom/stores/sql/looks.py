"""The last looks in SQL: each is one text under its mailbox."""

from dataclasses import replace

from sqlalchemy import bindparam, delete, select

from postroom.interfaces.codec import decode, encode
from postroom.model.email import MailboxId
from postroom.model.look import Look
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import millis, moment, optional_millis, optional_moment
from postroom.stores.sql.statements import insert_or_replace
from postroom.stores.sql.tables.learning import last_looks

PUT = insert_or_replace(last_looks, "mailbox_id")
LIST = select(last_looks.c.look_json).order_by(last_looks.c.mailbox_id)
REMOVE = delete(last_looks).where(last_looks.c.mailbox_id == bindparam("of_mailbox"))


class SqlLooks:
    """The `Looks` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, look: Look) -> None:
        """Store it in place of the one before."""
        stored = replace(look, at=moment(millis(look.at)), since=optional_moment(optional_millis(look.since)))
        row = {"mailbox_id": stored.mailbox_id, "look_json": encode(stored)}
        await self._database.write(lambda connection: connection.execute(PUT, row).rowcount)

    async def list(self) -> tuple[Look, ...]:
        """Return all of them by mailbox."""
        rows = await self._database.read(lambda connection: connection.execute(LIST).all())
        return tuple(decode(Look, row.look_json) for row in rows)

    async def remove(self, mailbox_id: MailboxId) -> bool:
        """Forget the look at a mailbox; False where there is none."""
        values = {"of_mailbox": mailbox_id}
        return await self._database.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)
