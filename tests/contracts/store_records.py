"""What every implementation of `Records` does."""

from contracts.store_nouns import record
from postroom.interfaces.stores import Stores


class RecordsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_records_come_in_the_order_they_were_first_written(self, stores: Stores) -> None:
        for name in ("x2", "x1", "x3"):
            await stores.records.put(record(name))
        await stores.records.put(record("x2", result="closed"))
        page = await stores.records.list(limit=2)
        assert page.rows == (record("x2", result="closed"), record("x1"))
        rest = await stores.records.list(after=page.next_cursor, limit=2)
        assert rest.rows == (record("x3"),)
        assert rest.next_cursor is None
