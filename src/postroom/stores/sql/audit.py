"""The audit log in SQL: each entry is one text beside what it is searched by."""

from dataclasses import replace

from sqlalchemy import Connection, Select, bindparam, select

from postroom.interfaces.codec import decode, encode
from postroom.model.audit import AuditEntry, AuditFilter
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page, read_cursor, write_cursor
from postroom.stores.sql.rows import Found, Values, millis, moment, optional_millis
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables import audit_entries

ADD = insert_once(audit_entries, "id")
LIST = (
    select(audit_entries.c.position, audit_entries.c.entry_json)
    .where(audit_entries.c.position < bindparam("position"))
    .order_by(audit_entries.c.position.desc())
    .limit(bindparam("limit"))
)
NARROWED = {
    "by": audit_entries.c.by == bindparam("by"),
    "act": audit_entries.c.act == bindparam("act"),
    "subject": audit_entries.c.subject == bindparam("subject"),
    "since": audit_entries.c.at >= bindparam("since"),
    "until": audit_entries.c.at < bindparam("until"),
}


class SqlAudit:
    """The `Audit` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, entry: AuditEntry) -> None:
        """Store an entry; one with the same id changes nothing."""
        row = _row(entry)

        def operation(connection: Connection) -> None:
            connection.execute(ADD, row)

        await self._database.write(operation)

    async def list(self, wanted: AuditFilter, *, after: str | None = None, limit: int = 50) -> Page[AuditEntry]:
        """Return entries in the order they were stored, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        narrowed = _values(wanted)
        statement: Select[int, str] = LIST.where(*(NARROWED[name] for name in narrowed))
        values = narrowed | {"position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, _entry_of, lambda row: write_cursor(row.position))


def _values(wanted: AuditFilter) -> Values:
    """Return the value of each condition that narrows the list."""
    values: Values = {
        "by": wanted.by,
        "act": wanted.act,
        "subject": wanted.subject,
        "since": optional_millis(wanted.since),
        "until": optional_millis(wanted.until),
    }
    return {name: value for name, value in values.items() if value is not None}


def _entry_of(row: Found) -> AuditEntry:
    return decode(AuditEntry, row.entry_json)


def _row(entry: AuditEntry) -> Values:
    at = millis(entry.at)
    return {
        "id": entry.id,
        "at": at,
        "by": entry.by,
        "act": entry.act,
        "subject": entry.subject,
        "entry_json": encode(replace(entry, at=moment(at))),
    }
