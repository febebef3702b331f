"""Credentials in SQL: each is one text beside what it is found by and when it was last used."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, or_, select, update
from sqlalchemy.sql.dml import UpdateBase

from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.page import Page
from postroom.model.user import UserId
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment, optional_millis, optional_moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.people import credentials

_READ = (credentials.c.position, credentials.c.last_used_at, credentials.c.credential_json)
_SECRET = (credentials.c.kind == bindparam("of_kind"), credentials.c.digest == bindparam("of_digest"))

ADD = insert_once(credentials)
FIND = select(*_READ).where(*_SECRET)
REDEEM = delete(credentials).where(*_SECRET).returning(*_READ)
USED = (
    update(credentials)
    .where(
        credentials.c.id == bindparam("key"),
        or_(credentials.c.last_used_at.is_(None), credentials.c.last_used_at < bindparam("at")),
    )
    .values(last_used_at=bindparam("at"))
)
LIST = (
    select(*_READ)
    .where(credentials.c.kind == bindparam("kind"), credentials.c.position < bindparam("position"))
    .order_by(credentials.c.position.desc())
    .limit(bindparam("limit"))
)
LIST_OF_USER = LIST.where(credentials.c.user_id == bindparam("user_id"))
REVOKE = delete(credentials).where(credentials.c.id == bindparam("key"))
REVOKE_ALL = delete(credentials).where(
    credentials.c.user_id == bindparam("of_user"), credentials.c.kind.in_(bindparam("kinds", expanding=True))
)
REVOKE_OTHERS = REVOKE_ALL.where(credentials.c.id != bindparam("keep"))
FORGET = delete(credentials).where(credentials.c.expires_at < bindparam("before"))


class SqlCredentials:
    """The `Credentials` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, credential: Credential) -> bool:
        """Store a credential; False where its id or its (kind, digest) is taken."""
        row = _row(credential)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def find(self, kind: CredentialKind, digest: str) -> Credential | None:
        """Return the credential with this digest, None where there is none."""
        values = {"of_kind": kind.value, "of_digest": digest}
        row = await self._database.read(lambda connection: connection.execute(FIND, values).first())
        return None if row is None else _credential_of(row)

    async def redeem(self, kind: CredentialKind, digest: str) -> Credential | None:
        """Delete the credential with this digest and return it; None where there is none (any more)."""
        values = {"of_kind": kind.value, "of_digest": digest}
        row = await self._database.write(lambda connection: connection.execute(REDEEM, values).first())
        return None if row is None else _credential_of(row)

    async def used(self, credential_id: CredentialId, *, at: datetime) -> None:
        """Note when it was last used; an earlier time than the noted one changes nothing."""
        await self._execute(USED, {"key": credential_id, "at": millis(at)})

    async def list(
        self, kind: CredentialKind, user_id: UserId | None = None, *, after: str | None = None, limit: int = 50
    ) -> Page[Credential]:
        """Return credentials of a kind, of one user or of all, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        values: Values = {"kind": kind.value, "position": position, "limit": limit + 1}
        statement = LIST
        if user_id is not None:
            statement, values = LIST_OF_USER, values | {"user_id": user_id}
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, _credential_of, lambda row: write_cursor(row.position))

    async def revoke(self, credential_id: CredentialId) -> bool:
        """Delete one; False where there is none."""
        values = {"key": credential_id}
        return await self._database.write(lambda connection: connection.execute(REVOKE, values).rowcount == 1)

    async def revoke_all(
        self, user_id: UserId, kinds: Sequence[CredentialKind], *, keep: CredentialId | None = None
    ) -> None:
        """Delete all of a user and these kinds, save `keep`."""
        values: Values = {"of_user": user_id, "kinds": [kind.value for kind in kinds]}
        if keep is None:
            await self._execute(REVOKE_ALL, values)
        else:
            await self._execute(REVOKE_OTHERS, values | {"keep": keep})

    async def forget(self, *, before: datetime) -> None:
        """Delete those that expired before that time."""
        await self._execute(FORGET, {"before": millis(before)})

    async def _execute(self, statement: UpdateBase, values: Values) -> None:
        def operation(connection: Connection) -> None:
            connection.execute(statement, values)

        await self._database.write(operation)


def _credential_of(row: Found) -> Credential:
    return replace(decode(Credential, row.credential_json), last_used_at=optional_moment(row.last_used_at))


def _row(credential: Credential) -> Values:
    expires_at, last_used_at = (optional_millis(at) for at in (credential.expires_at, credential.last_used_at))
    stored = replace(
        credential, created_at=moment(millis(credential.created_at)), expires_at=optional_moment(expires_at)
    )
    return {
        "id": credential.id,
        "kind": credential.kind.value,
        "digest": credential.digest,
        "user_id": credential.user_id,
        "expires_at": expires_at,
        "last_used_at": last_used_at,
        "credential_json": encode(stored),
    }
