"""What the data logger wrote, in SQL."""

from sqlalchemy import Connection, bindparam, select

from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.page import Page
from postroom.model.record import Record
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Values, millis
from postroom.stores.sql.statements import insert_or_replace
from postroom.stores.sql.tables.executions import records

PUT = insert_or_replace(records, "execution_id")
LIST = (
    select(records.c.position, records.c.record_json)
    .where(records.c.position > bindparam("position"))
    .order_by(records.c.position)
    .limit(bindparam("limit"))
)


class SqlRecords:
    """The `Records` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, record: Record) -> None:
        """Store a record; one of the same execution is replaced."""
        row = _row(record)

        def operation(connection: Connection) -> None:
            connection.execute(PUT, row)

        await self._database.write(operation)

    async def list(self, *, after: str | None = None, limit: int = 500) -> Page[Record]:
        """Return records in the order they were first written."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        values = {"position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(
            rows, limit, lambda row: decode(Record, row.record_json), lambda row: write_cursor(row.position)
        )


def _row(record: Record) -> Values:
    # The whole in JSON, and what reports group by.
    return {
        "execution_id": record.execution_id,
        "email_id": record.email_id,
        "mailbox_id": record.mailbox_id,
        "workflow": record.workflow,
        "version": record.version,
        "received_at": millis(record.received_at),
        "recorded_at": millis(record.recorded_at),
        "result": record.result,
        "category": record.category,
        "priority": record.priority,
        "record_json": encode(record),
    }
