"""Examples in SQL: each is one text beside the columns that lists narrow by; a counter tells of every change."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import Connection, Select, bindparam, delete, func, select

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.example import EVERY_EXAMPLE, Example, ExampleFilter, ExampleId
from postroom.model.page import Page
from postroom.stores.sql.counting import count_on, number_of
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.statements import execute_all, in_chunks, insert_or_replace
from postroom.stores.sql.tables.learning import examples, judgements

COUNTER = "examples"

PUT = insert_or_replace(examples, "id")
KNOWN = select(examples.c.id).where(examples.c.id.in_(bindparam("keys", expanding=True)))
ONE = select(examples.c.example_json).where(examples.c.id == bindparam("id"))
COUNT = (
    select(examples.c.category, func.count().label("number"))
    .where(examples.c.category != "")
    .group_by(examples.c.category)
)
REMOVE = delete(examples).where(examples.c.id == bindparam("of_id"))
REMOVE_JUDGEMENTS = delete(judgements).where(judgements.c.example_id == bindparam("of_id"))


class SqlExamples:
    """The `Examples` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, examples: Sequence[Example]) -> int:
        """Store or replace them, all or none; return how many are new."""
        rows = [_row(one) for one in examples]
        ids = sorted({one.id for one in examples})

        def operation(connection: Connection) -> int:
            known = sum(1 for _ in in_chunks(connection, KNOWN, ids, {}))
            execute_all(connection, PUT, rows)
            if rows:
                count_on(connection, COUNTER)
            return len(ids) - known

        return await self._database.write(operation)

    async def get(self, example_id: ExampleId) -> Example:
        """Return one example; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": example_id}).first())
        if row is None:
            raise NotFoundError(f"There is no example {example_id!r}.", hint="The list of examples shows their ids.")
        return decode(Example, row.example_json)

    async def list(
        self, matching: ExampleFilter = EVERY_EXAMPLE, *, after: str | None = None, limit: int = 50
    ) -> Page[Example]:
        """Return examples in the order they were first stored."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        wanted = _wanted(matching)
        values = wanted | {"after": position, "limit": limit + 1}
        statement = _list(frozenset(wanted))
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, _example_of, lambda row: write_cursor(row.position))

    async def count(self) -> dict[str, int]:
        """Return how many there are of each category that has any."""
        rows = await self._database.read(lambda connection: connection.execute(COUNT).all())
        return {row.category: int(row.number) for row in rows}

    async def remove(self, example_id: ExampleId) -> bool:
        """Delete it and its judgements; False where there is none."""

        def operation(connection: Connection) -> bool:
            removed = connection.execute(REMOVE, {"of_id": example_id}).rowcount == 1
            if removed:
                connection.execute(REMOVE_JUDGEMENTS, {"of_id": example_id})
                count_on(connection, COUNTER)
            return removed

        return await self._database.write(operation)

    async def changes(self) -> int:
        """Return a number that grows with every change of examples and judgements."""
        return await self._database.read(lambda connection: number_of(connection, COUNTER))


def _wanted(matching: ExampleFilter) -> Values:
    values: dict[str, object | None] = {
        "origin": matching.origin and matching.origin.value,
        "category": matching.category,
        "mailbox_id": matching.mailbox_id,
    }
    return {name: value for name, value in values.items() if value is not None}


@cache
def _list(given: frozenset[str]) -> Select[int, str]:
    statement = (
        select(examples.c.position, examples.c.example_json)
        .where(examples.c.position > bindparam("after"))
        .order_by(examples.c.position)
        .limit(bindparam("limit"))
    )
    for name in sorted(given):
        statement = statement.where(examples.c[name] == bindparam(name))
    return statement


def _example_of(row: Found) -> Example:
    return decode(Example, row.example_json)


def _row(example: Example) -> Values:
    stored = replace(example, at=moment(millis(example.at)))
    return {
        "id": stored.id,
        "origin": stored.origin.value,
        "category": stored.category,
        "mailbox_id": stored.mailbox_id,
        "email_id": stored.email_id,
        "example_json": encode(stored),
    }
