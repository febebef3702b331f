"""Judgements in SQL; they share the counter of the examples."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, bindparam, func, select

from postroom.interfaces.codec import decode, encode
from postroom.model.judgement import Judgement
from postroom.stores.sql.counting import count_on
from postroom.stores.sql.database import Database
from postroom.stores.sql.examples import COUNTER
from postroom.stores.sql.rows import Values, millis, moment
from postroom.stores.sql.statements import execute_all, insert_or_replace
from postroom.stores.sql.tables.learning import judgements

PUT = insert_or_replace(judgements, "example_id", "model")
ONE = select(judgements.c.judgement_json).where(
    judgements.c.example_id == bindparam("of_id"), judgements.c.model == bindparam("of_model")
)
OF_MODEL = (
    select(judgements.c.judgement_json)
    .where(judgements.c.model == bindparam("model"))
    .order_by(judgements.c.at.desc(), judgements.c.example_id.desc())
    .limit(bindparam("limit"))
)
MODELS = (
    select(judgements.c.model)
    .group_by(judgements.c.model)
    .order_by(func.max(judgements.c.at).desc(), judgements.c.model)
    .limit(bindparam("limit"))
)


class SqlJudgements:
    """The `Judgements` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, judgements: Sequence[Judgement]) -> None:
        """Store or replace them, all or none; a live one is replaced by a live one only."""

        def operation(connection: Connection) -> None:
            rows = [_row(one) for one in judgements if one.live or not _is_live(connection, one)]
            execute_all(connection, PUT, rows)
            if rows:
                count_on(connection, COUNTER)

        await self._database.write(operation)

    async def of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        """Return the newest `limit` judgements of a model, newest first; of the same time, by id downwards."""
        values = {"model": model, "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(OF_MODEL, values).all())
        return tuple(decode(Judgement, row.judgement_json) for row in rows)

    async def models(self, *, limit: int = 50) -> tuple[str, ...]:
        """Return the names of models that have judgements, the one that was judged last first; else by name."""
        rows = await self._database.read(lambda connection: connection.execute(MODELS, {"limit": limit}).all())
        return tuple(row.model for row in rows)


def _is_live(connection: Connection, judgement: Judgement) -> bool:
    row = connection.execute(ONE, {"of_id": judgement.example_id, "of_model": judgement.model}).first()
    return row is not None and decode(Judgement, row.judgement_json).live


def _row(judgement: Judgement) -> Values:
    stored = replace(judgement, at=moment(millis(judgement.at)))
    return {
        "example_id": stored.example_id,
        "model": stored.model,
        "at": millis(stored.at),
        "judgement_json": encode(stored),
    }
