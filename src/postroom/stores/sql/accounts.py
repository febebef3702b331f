"""Accounts in SQL: each is one text, its secrets sealed, beside its family, name and revision."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, bindparam, delete, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.model.account import Account, AccountFamily
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import Values, millis, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.accounts import accounts

_MINE = (accounts.c.family == bindparam("of_family"), accounts.c.name == bindparam("of_name"))

ADD = insert_once(accounts, "family", "name")
CHANGE = (
    update(accounts)
    .where(*_MINE, accounts.c.revision == bindparam("before"))
    .values(revision=bindparam("revision"), account_json=bindparam("account_json"))
)
REMOVE = delete(accounts).where(*_MINE)
ONE = select(accounts.c.account_json).where(*_MINE)
LIST = select(accounts.c.account_json).where(accounts.c.family == bindparam("family")).order_by(accounts.c.name)


class SqlAccounts:
    """The `Accounts` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: Account) -> bool:
        """Store a new account; False where its family has one of that name."""
        row = {"family": account.family.value, "name": account.name} | _columns(account)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def change(self, account: Account) -> bool:
        """Compare-and-set: store it with its revision + 1 where the stored one has its revision; else False."""
        changed = _columns(replace(account, revision=account.revision + 1))
        values = _key(account.family, account.name) | {"before": account.revision} | changed
        return await self._database.write(lambda connection: connection.execute(CHANGE, values).rowcount == 1)

    async def reseal(self, account: Account, sealed: Mapping[str, str]) -> bool:
        """Put these secrets in place of the stored ones and keep the revision; False where it is another by now."""
        key = _key(account.family, account.name)

        def operation(connection: Connection) -> bool:
            row = connection.execute(ONE, key).first()
            stored = decode(Account, row.account_json) if row else None
            if stored is None or _edition(stored) != _edition(account):
                return False
            resealed = _columns(replace(stored, sealed={**stored.sealed, **sealed}))
            return connection.execute(CHANGE, key | {"before": stored.revision} | resealed).rowcount == 1

        return await self._database.write(operation)

    async def remove(self, family: AccountFamily, name: str) -> bool:
        """Forget it; False where there is none."""
        values = _key(family, name)
        return await self._database.write(lambda connection: connection.execute(REMOVE, values).rowcount == 1)

    async def get(self, family: AccountFamily, name: str) -> Account:
        """Return one account; NotFoundError where there is none."""
        values = _key(family, name)
        row = await self._database.read(lambda connection: connection.execute(ONE, values).first())
        if row is None:
            raise NotFoundError(
                f"There is no account {name!r} of a {family.value}.", hint="The list of accounts shows their names."
            )
        return decode(Account, row.account_json)

    async def list(self, family: AccountFamily) -> tuple[Account, ...]:
        """Return all accounts of a family by name."""
        values = {"family": family.value}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return tuple(decode(Account, row.account_json) for row in rows)


def _edition(account: Account) -> tuple[int, int]:
    """Return what tells an account from a later one of its name."""
    return account.revision, millis(account.created_at)


def _key(family: AccountFamily, name: str) -> Values:
    return {"of_family": family.value, "of_name": name}


def _columns(account: Account) -> Values:
    created_at, updated_at = (moment(millis(at)) for at in (account.created_at, account.updated_at))
    stored = replace(account, created_at=created_at, updated_at=updated_at)
    return {"revision": stored.revision, "account_json": encode(stored)}
