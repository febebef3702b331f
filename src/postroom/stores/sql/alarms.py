"""Alarms in SQL: a unique index over the open ones sees to it that a key has one."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.alarm import Alarm
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, millis, moment, optional_millis, optional_moment
from postroom.stores.sql.tables.people import STILL_OPEN, alarms

_MINE = (alarms.c.key == bindparam("of_key"), alarms.c.cleared_at.is_(None))
_OPEN = select(alarms).where(alarms.c.cleared_at.is_(None)).order_by(alarms.c.raised_at, alarms.c.position)

SOUND = insert(alarms).on_conflict_do_nothing(index_elements=["key"], index_where=STILL_OPEN)
CLEAR = update(alarms).where(*_MINE).values(cleared_at=bindparam("at"))
TOLD = update(alarms).where(*_MINE).values(told_at=bindparam("at"))
OPEN = _OPEN.where(
    tuple_(alarms.c.raised_at, alarms.c.position) > tuple_(bindparam("at"), bindparam("position"))
).limit(bindparam("limit"))
UNTOLD = _OPEN.where(alarms.c.told_at.is_(None)).limit(bindparam("limit"))


class SqlAlarms:
    """The `Alarms` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def sound(self, alarm: Alarm) -> bool:
        """Store an alarm; False where one of its key is open."""
        row = {
            "key": alarm.key,
            "title": alarm.title,
            "text": alarm.text,
            "raised_at": millis(alarm.raised_at),
            "told_at": optional_millis(alarm.told_at),
            "cleared_at": optional_millis(alarm.cleared_at),
        }
        return await self._database.write(lambda connection: connection.execute(SOUND, row).rowcount == 1)

    async def clear(self, key: str, *, at: datetime) -> bool:
        """Close the open alarm of `key`; False where none is open."""
        values = {"of_key": key, "at": millis(at)}
        return await self._database.write(lambda connection: connection.execute(CLEAR, values).rowcount == 1)

    async def open(self, *, after: str | None = None, limit: int = 50) -> Page[Alarm]:
        """Return the open alarms, oldest first."""
        at, position = read_cursor(after, (BEFORE_ALL, BEFORE_ALL))
        values = {"at": at, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(OPEN, values).all())
        return make_page(rows, limit, _alarm_of, lambda row: write_cursor(row.raised_at, row.position))

    async def untold(self, *, limit: int = 100) -> tuple[Alarm, ...]:
        """Return the open alarms that nobody was told of, oldest first."""
        rows = await self._database.read(lambda connection: connection.execute(UNTOLD, {"limit": limit}).all())
        return tuple(_alarm_of(row) for row in rows)

    async def told(self, key: str, *, at: datetime) -> None:
        """Note that people were told of the open alarm of `key`."""
        values = {"of_key": key, "at": millis(at)}

        def operation(connection: Connection) -> None:
            connection.execute(TOLD, values)

        await self._database.write(operation)


def _alarm_of(row: Found) -> Alarm:
    return Alarm(
        key=row.key,
        title=row.title,
        text=row.text,
        raised_at=moment(row.raised_at),
        told_at=optional_moment(row.told_at),
        cleared_at=optional_moment(row.cleared_at),
    )
