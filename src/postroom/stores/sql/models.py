"""Trained models in SQL: the state stands beside the text, so that one statement finds the one in use."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.page import Page
from postroom.model.trained_model import ModelId, ModelState, TrainedModel
from postroom.stores.sql.counting import count_on, number_of
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment, optional_millis, optional_moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables import models

COUNTER = "models"

ADD = insert_once(models, "id")
ONE = select(models.c.model_json).where(models.c.id == bindparam("key"))
IN_USE = select(models.c.model_json).where(models.c.state == ModelState.IN_USE.value)
LIST = (
    select(models.c.position, models.c.model_json)
    .where(models.c.position < bindparam("position"))
    .order_by(models.c.position.desc())
    .limit(bindparam("limit"))
)
CHANGE = (
    update(models)
    .where(models.c.id == bindparam("key"))
    .values(state=bindparam("new_state"), model_json=bindparam("new_json"))
)


class SqlModels:
    """The `Models` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, model: TrainedModel) -> bool:
        """Store a candidate; False where its id is taken."""
        candidate = replace(model, state=ModelState.CANDIDATE, promoted_at=None, replaced=None)
        row = {"id": model.id, "state": candidate.state.value, "model_json": encode(_to_the_millisecond(candidate))}
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def get(self, model_id: ModelId) -> TrainedModel:
        """Return one model; NotFoundError where there is none."""
        found = await self._database.read(lambda connection: _one(connection, model_id))
        if found is None:
            raise NotFoundError(f"There is no model {model_id!r}.", hint="The list of models shows their ids.")
        return found

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[TrainedModel]:
        """Return models, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        values = {"position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, _model_of, lambda row: write_cursor(row.position))

    async def in_use(self) -> TrainedModel | None:
        """Return the model in use; None where the one that came with the installation is."""
        return await self._database.read(_in_use)

    async def promote(self, model_id: ModelId, *, instead_of: ModelId | None, at: datetime) -> bool:
        """Compare-and-set: put it in use where `instead_of` is (None: no model of the store); else False."""

        def operation(connection: Connection) -> bool:
            before, wanted = _in_use(connection), _one(connection, model_id)
            if wanted is None or wanted == before or (before.id if before else None) != instead_of:
                return False
            if before is not None:
                _put(connection, replace(before, state=ModelState.REPLACED))
            _put(connection, replace(wanted, state=ModelState.IN_USE, promoted_at=at, replaced=instead_of))
            count_on(connection, COUNTER)
            return True

        return await self._database.write(operation)

    async def roll_back(self, model_id: ModelId, *, at: datetime) -> bool:
        """Compare-and-set: where `model_id` is in use, put the one it replaced in use again (or none); else False."""

        def operation(connection: Connection) -> bool:
            before = _in_use(connection)
            if before is None or before.id != model_id:
                return False
            _put(connection, replace(before, state=ModelState.REPLACED))
            again = None if before.replaced is None else _one(connection, before.replaced)
            if again is not None:
                # What it had replaced itself stays: rolling back twice goes two models back.
                _put(connection, replace(again, state=ModelState.IN_USE, promoted_at=at))
            count_on(connection, COUNTER)
            return True

        return await self._database.write(operation)

    async def changes(self) -> int:
        """Return a number that grows with every promotion and rolling back."""
        return await self._database.read(lambda connection: number_of(connection, COUNTER))


def _one(connection: Connection, model_id: ModelId) -> TrainedModel | None:
    row = connection.execute(ONE, {"key": model_id}).first()
    return None if row is None else _model_of(row)


def _in_use(connection: Connection) -> TrainedModel | None:
    row = connection.execute(IN_USE).first()
    return None if row is None else _model_of(row)


def _put(connection: Connection, model: TrainedModel) -> None:
    values: Values = {"key": model.id, "new_state": model.state.value, "new_json": encode(_to_the_millisecond(model))}
    connection.execute(CHANGE, values)


def _model_of(row: Found) -> TrainedModel:
    return decode(TrainedModel, row.model_json)


def _to_the_millisecond(model: TrainedModel) -> TrainedModel:
    promoted = optional_moment(optional_millis(model.promoted_at))
    return replace(model, created_at=moment(millis(model.created_at)), promoted_at=promoted)
