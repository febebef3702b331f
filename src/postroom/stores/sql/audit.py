"""The audit log in SQL: each entry is one text beside what it is searched by."""

from dataclasses import replace

from sqlalchemy import Connection, Select, bindparam, select, tuple_

from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.audit import AuditEntry, AuditFilter
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, millis_from, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.people import audit_entries

ADD = insert_once(audit_entries, "id")
# Every list walks along an index that goes by time, from its end (`until` or a cursor) to its beginning.
LIST = (
    select(audit_entries.c.at, audit_entries.c.position, audit_entries.c.entry_json)
    .where(
        tuple_(audit_entries.c.at, audit_entries.c.position) < tuple_(bindparam("before"), bindparam("position")),
        audit_entries.c.at >= bindparam("since"),
    )
    .order_by(audit_entries.c.at.desc(), audit_entries.c.position.desc())
    .limit(bindparam("limit"))
)
NARROWED = {
    "by": audit_entries.c.by == bindparam("by"),
    "act": audit_entries.c.act == bindparam("act"),
    "subject": audit_entries.c.subject == bindparam("subject"),
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
        """Return entries newest first, those of the same time in the order they were stored."""
        cursor = read_cursor(after, (AFTER_ALL, AFTER_ALL))
        before, position = cursor if wanted.until is None else min(cursor, (millis_from(wanted.until), 0))
        since = 0 if wanted.since is None else millis_from(wanted.since)
        narrowed = _values(wanted)
        statement: Select[int, int, str] = LIST.where(*(NARROWED[name] for name in narrowed))
        values = narrowed | {"before": before, "position": position, "since": since, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, _entry_of, lambda row: write_cursor(row.at, row.position))


def _values(wanted: AuditFilter) -> Values:
    """Return the value of each condition that narrows the list besides its time."""
    values: Values = {"by": wanted.by, "act": wanted.act, "subject": wanted.subject}
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
