"""Judgements in SQL; they share the counter of the examples."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from postroom.interfaces.codec import decode, encode
from postroom.model.judgement import Judgement
from postroom.stores.sql.counting import count_on, number_of
from postroom.stores.sql.database import Database
from postroom.stores.sql.examples import COUNTER
from postroom.stores.sql.rows import Values, millis, moment
from postroom.stores.sql.statements import execute_all, insert_or_replace
from postroom.stores.sql.tables.learning import counters, judgements

WAYS = "ways_to_decide"

PUT = insert_or_replace(judgements, "example_id", "model", "responder")
ONE = select(judgements.c.judgement_json).where(
    judgements.c.example_id == bindparam("of_id"),
    judgements.c.model == bindparam("of_model"),
    judgements.c.responder == bindparam("of_responder"),
)
OF_MODEL = (
    select(judgements.c.judgement_json)
    .where(judgements.c.model == bindparam("model"))
    .order_by(judgements.c.at.desc(), judgements.c.example_id.desc())
    .limit(bindparam("limit"))
)
FAIR_OF_MODEL = OF_MODEL.where(judgements.c.fair == 1)
NEW_WAY = insert(counters)
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
        return await self._newest(OF_MODEL, model, limit)

    async def fair_of_model(self, model: str, *, limit: int = 10_000) -> tuple[Judgement, ...]:
        """Return the newest `limit` of those that are `fair`, newest first: however many others there are."""
        return await self._newest(FAIR_OF_MODEL, model, limit)

    async def ordinal_of(self, way: str) -> int:
        """Return the how-manieth it is, from 1, of all ways to decide that were ever asked for here; it stays that."""
        name = f"{WAYS}/{way}"

        def operation(connection: Connection) -> int:
            known = number_of(connection, name)
            if not known:
                count_on(connection, WAYS)
                known = number_of(connection, WAYS)
                connection.execute(NEW_WAY, {"name": name, "number": known})
            return known

        return await self._database.write(operation)

    async def _newest(self, statement: Select[str], model: str, limit: int) -> tuple[Judgement, ...]:
        values = {"model": model, "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return tuple(decode(Judgement, row.judgement_json) for row in rows)

    async def models(self, *, limit: int = 50) -> tuple[str, ...]:
        """Return the names of models that have judgements, the one that was judged last first; else by name."""
        rows = await self._database.read(lambda connection: connection.execute(MODELS, {"limit": limit}).all())
        return tuple(row.model for row in rows)


def _is_live(connection: Connection, judgement: Judgement) -> bool:
    key = {"of_id": judgement.example_id, "of_model": judgement.model, "of_responder": judgement.responder}
    row = connection.execute(ONE, key).first()
    return row is not None and decode(Judgement, row.judgement_json).live


def _row(judgement: Judgement) -> Values:
    stored = replace(judgement, at=moment(millis(judgement.at)))
    return {
        "example_id": stored.example_id,
        "model": stored.model,
        "responder": stored.responder,
        "fair": int(stored.fair),
        "at": millis(stored.at),
        "judgement_json": encode(stored),
    }
