"""Spending in SQL: one sum for each account and day, looked at and changed in one transaction."""

from sqlalchemy import Connection, bindparam, select

from postroom.stores.sql.database import Database
from postroom.stores.sql.statements import insert_or_replace
from postroom.stores.sql.tables.learning import spending as table

SPENT = select(table.c.amount).where(table.c.account == bindparam("account"), table.c.day == bindparam("day"))
PUT = insert_or_replace(table, "account", "day")


class SqlSpending:
    """The `Spending` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, account: str, day: str, *, amount: int, limit: int | None) -> bool:
        """Add `amount` to the sum of `day` unless that would exceed `limit`; False then."""

        def operation(connection: Connection) -> bool:
            before = _sum(connection, account, day)
            # What is given back is taken whatever the limit: it may have been lowered meanwhile.
            if amount > 0 and limit is not None and before + amount > limit:
                return False
            # A sum below nothing would be a credit that no limit ever granted.
            connection.execute(PUT, {"account": account, "day": day, "amount": max(0, before + amount)})
            return True

        return await self._database.write(operation)

    async def spent(self, account: str, day: str) -> int:
        """Return the sum of a day."""
        return await self._database.read(lambda connection: _sum(connection, account, day))


def _sum(connection: Connection, account: str, day: str) -> int:
    row = connection.execute(SPENT, {"account": account, "day": day}).first()
    return 0 if row is None else int(row.amount)
