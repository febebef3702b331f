"""Submissions in SQL: the first under each key stays."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from postroom.model.submission import Submission
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import Found, millis, moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.people import submissions

KEEP = insert_once(submissions, "key")
ONE = select(submissions).where(submissions.c.key == bindparam("key"))
FORGET = delete(submissions).where(submissions.c.at < bindparam("before"))


class SqlSubmissions:
    """The `Submissions` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> Submission | None:
        """Return the submission under that key, None without one."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"key": key}).first())
        return None if row is None else _submission_of(row)

    async def keep(self, submission: Submission) -> Submission:
        """Store it and return it; where its key is taken, return the stored one unchanged."""
        row = {
            "key": submission.key,
            "fingerprint": submission.fingerprint,
            "plan": submission.plan,
            "at": millis(submission.at),
        }

        def operation(connection: Connection) -> Submission:
            connection.execute(KEEP, row)
            return _submission_of(connection.execute(ONE, {"key": submission.key}).one())

        return await self._database.write(operation)

    async def forget(self, *, before: datetime) -> None:
        """Delete those from before that time."""
        values = {"before": millis(before)}

        def operation(connection: Connection) -> None:
            connection.execute(FORGET, values)

        await self._database.write(operation)


def _submission_of(row: Found) -> Submission:
    return Submission(key=row.key, fingerprint=row.fingerprint, plan=row.plan, at=moment(row.at))
