"""Categories in SQL: each is one text beside its name and revision."""

from dataclasses import replace

from sqlalchemy import bindparam, delete, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.category import Category
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.learning import categories

_MINE = categories.c.name == bindparam("of_name")

ADD = insert_once(categories, "name")
CHANGE = (
    update(categories)
    .where(_MINE, categories.c.revision == bindparam("before"))
    .values(revision=bindparam("revision"), category_json=bindparam("category_json"))
)
REMOVE = delete(categories).where(_MINE)
ONE = select(categories.c.category_json).where(_MINE)
LIST = (
    select(categories)
    .where(categories.c.name > bindparam("after"))
    .order_by(categories.c.name)
    .limit(bindparam("limit"))
)


class SqlCategories:
    """The `Categories` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, category: Category) -> bool:
        """Store a new category; False where its name is taken."""
        row = {"name": category.name} | _columns(category)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def change(self, category: Category) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        changed = replace(category, revision=category.revision + 1)
        values = {"of_name": category.name, "before": category.revision} | _columns(changed)
        return await self._database.write(lambda connection: connection.execute(CHANGE, values).rowcount == 1)

    async def remove(self, name: str) -> bool:
        """Delete it; False where there is none."""
        values = {"of_name": name}
        return await self._database.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    async def get(self, name: str) -> Category:
        """Return one category; NotFoundError where there is none."""
        values = {"of_name": name}
        row = await self._database.read(lambda connection: connection.execute(ONE, values).first())
        if row is None:
            raise NotFoundError(f"There is no category {name!r}.", hint="The list of categories shows their names.")
        return _category_of(row)

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Category]:
        """Return categories by name."""
        (name,) = read_text_cursor(after)
        values = {"after": name, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, _category_of, lambda row: write_text_cursor(row.name))


def _category_of(row: Found) -> Category:
    return decode(Category, row.category_json)


def _columns(category: Category) -> Values:
    stored = replace(category, updated_at=moment(millis(category.updated_at)))
    return {"revision": stored.revision, "category_json": encode(stored)}
