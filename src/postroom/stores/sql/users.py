"""Users in SQL: each is one text beside what lists and counts go by."""

from dataclasses import replace

from sqlalchemy import bindparam, func, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_text_cursor, write_text_cursor
from postroom.model.page import Page
from postroom.model.user import Role, User, UserId
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import make_page
from postroom.stores.sql.rows import Found, Values, millis, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.people import users

ADD = insert_once(users)
CHANGE = (
    update(users)
    .where(users.c.id == bindparam("key"), users.c.revision == bindparam("before"))
    .values({column: bindparam(column) for column in ("role", "disabled", "revision", "user_json")})
)
ONE = select(users).where(users.c.id == bindparam("id"))
NAMED = select(users).where(users.c.name == bindparam("name"))
LIST = select(users).where(users.c.name > bindparam("after")).order_by(users.c.name).limit(bindparam("limit"))
COUNT = select(func.count()).select_from(users).where(users.c.disabled == 0)
COUNT_ROLE = COUNT.where(users.c.role == bindparam("role"))


class SqlUsers:
    """The `Users` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: User) -> bool:
        """Store a new user; False where the id or the name is taken."""
        row = {"id": user.id, "name": user.name} | _columns(user)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def change(self, user: User) -> bool:
        """Compare-and-set: store it, save its name, with its revision + 1 where the stored one has its revision."""
        changed = _columns(replace(user, revision=user.revision + 1))
        values = {"key": user.id, "before": user.revision} | changed
        return await self._database.write(lambda connection: connection.execute(CHANGE, values).rowcount == 1)

    async def get(self, user_id: UserId) -> User:
        """Return one user; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": user_id}).first())
        if row is None:
            raise NotFoundError(f"There is no user {user_id!r}.", hint="The list of users shows their ids.")
        return _user_of(row)

    async def named(self, name: str) -> User | None:
        """Return the user of that name, None where there is none."""
        row = await self._database.read(lambda connection: connection.execute(NAMED, {"name": name}).first())
        return None if row is None else _user_of(row)

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[User]:
        """Return users by name."""
        (name,) = read_text_cursor(after)
        values = {"after": name, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, _user_of, lambda row: write_text_cursor(row.name))

    async def count(self, role: Role | None = None) -> int:
        """Return how many users, of one role or of all, are not disabled."""
        statement, values = (COUNT, {}) if role is None else (COUNT_ROLE, {"role": role.value})
        return await self._database.read(lambda connection: connection.execute(statement, values).scalar_one())


def _user_of(row: Found) -> User:
    # A change may bring another name, which then stands in the text: the column is right.
    return replace(decode(User, row.user_json), name=row.name)


def _columns(user: User) -> Values:
    created_at, updated_at = (moment(millis(at)) for at in (user.created_at, user.updated_at))
    return {
        "role": user.role.value,
        "disabled": int(user.disabled),
        "revision": user.revision,
        "user_json": encode(replace(user, created_at=created_at, updated_at=updated_at)),
    }
