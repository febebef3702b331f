"""The suppression list in SQL."""

from sqlalchemy import bindparam, delete, select

from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.page import Page
from postroom.model.reply import ReplyId
from postroom.model.suppression import Suppression
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import make_page
from postroom.stores.sql.rows import Found, millis, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.replies import suppressions

ADD = insert_once(suppressions, "address")
ONE = select(suppressions).where(suppressions.c.address == bindparam("address"))
REMOVE = delete(suppressions).where(suppressions.c.address == bindparam("key"))
LIST = (
    select(suppressions)
    .where(suppressions.c.address > bindparam("address"))
    .order_by(suppressions.c.address)
    .limit(bindparam("limit"))
)


class SqlSuppressions:
    """The `Suppressions` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, suppression: Suppression) -> bool:
        """Store it; False where the address is on the list already."""
        row = {
            "address": suppression.address.lower(),
            "reason": suppression.reason,
            "reply_id": suppression.reply_id,
            "at": millis(suppression.at),
        }
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def get(self, address: str) -> Suppression | None:
        """Return what is known of an address, None where it is not on the list."""
        values = {"address": address.lower()}
        row = await self._database.read(lambda connection: connection.execute(ONE, values).first())
        return None if row is None else _suppression_of(row)

    async def remove(self, address: str) -> bool:
        """Take an address off the list; False where it is not on it."""
        values = {"key": address.lower()}
        return await self._database.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Suppression]:
        """Return the list by address."""
        (address,) = read_text_cursor(after)
        values = {"address": address, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, _suppression_of, lambda row: write_text_cursor(row.address))


def _suppression_of(row: Found) -> Suppression:
    return Suppression(
        address=row.address,
        reason=row.reason,
        reply_id=None if row.reply_id is None else ReplyId(row.reply_id),
        at=moment(row.at),
    )
