"""Trained models in SQL: the state stands beside the text, so that one statement finds the one in use."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.page import Page
from postroom.model.trained_model import ModelChange, ModelId, ModelState, TrainedModel
from postroom.stores.sql.counting import count_on, number_of
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, moment, optional_millis, optional_moment
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.learning import model_changes, models

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
NOTE_CHANGE = insert(model_changes)
ONE_CHANGE = select(model_changes).where(model_changes.c.position == bindparam("key"))
CHANGES = (
    select(model_changes)
    .where(model_changes.c.position < bindparam("position"))
    .order_by(model_changes.c.position.desc())
    .limit(bindparam("limit"))
)
PUT_MODEL = (
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

    async def promote(
        self, model_id: ModelId | None, *, instead_of: ModelId | None, at: datetime, by: str = ""
    ) -> bool:
        """Compare-and-set: put it in use where `instead_of` is; else False, and where it is in use already."""

        def operation(connection: Connection) -> bool:
            if model_id == instead_of or _id_in_use(connection) != instead_of:
                return False
            if model_id is not None and _one(connection, model_id) is None:
                return False
            newest = _newest(connection)
            change = ModelChange(model_id=model_id, replaced=instead_of, at=at, by=by)
            _use(connection, change, beneath=None if newest is None else newest.position)
            return True

        return await self._database.write(operation)

    async def roll_back(self, model_id: ModelId | None, *, at: datetime, by: str = "") -> bool:
        """Put in use again what was before `model_id`; False where another is in use, or nothing was before."""

        def operation(connection: Connection) -> bool:
            newest = _newest(connection)
            if newest is None or _id_in_use(connection) != model_id:
                return False
            if newest.replaced is None and model_id is None:
                return False
            # Not what is in use now lies beneath it, but what had lain there: so each step goes further back.
            below = connection.execute(ONE_CHANGE, {"key": newest.beneath}).first()
            replaced, beneath = (None, None) if below is None else (below.replaced, below.beneath)
            change = ModelChange(model_id=newest.replaced, replaced=replaced, at=at, by=by, rolled_back=True)
            _use(connection, change, beneath=beneath)
            return True

        return await self._database.write(operation)

    async def history(self, *, after: str | None = None, limit: int = 50) -> Page[ModelChange]:
        """Return every promotion and roll-back, newest first."""
        (position,) = read_cursor(after, (AFTER_ALL,))
        values = {"position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(CHANGES, values).all())
        return make_page(rows, limit, _change_of, lambda row: write_cursor(row.position))

    async def changes(self) -> int:
        """Return a number that grows with every promotion and rolling back."""
        return await self._database.read(lambda connection: number_of(connection, COUNTER))


def _one(connection: Connection, model_id: ModelId) -> TrainedModel | None:
    row = connection.execute(ONE, {"key": model_id}).first()
    return None if row is None else _model_of(row)


def _in_use(connection: Connection) -> TrainedModel | None:
    row = connection.execute(IN_USE).first()
    return None if row is None else _model_of(row)


def _id_in_use(connection: Connection) -> ModelId | None:
    found = _in_use(connection)
    return found.id if found else None


def _newest(connection: Connection) -> Found | None:
    return connection.execute(CHANGES, {"position": AFTER_ALL, "limit": 1}).first()


def _use(connection: Connection, change: ModelChange, *, beneath: int | None) -> None:
    """Make a change, and note it above the change at the position `beneath`, to which rolling back goes."""
    before = _in_use(connection)
    if before is not None:
        _put(connection, replace(before, state=ModelState.REPLACED))
    wanted = None if change.model_id is None else _one(connection, change.model_id)
    if wanted is not None:
        _put(connection, replace(wanted, state=ModelState.IN_USE, promoted_at=change.at, replaced=change.replaced))
    values: Values = {"model_id": change.model_id, "replaced": change.replaced, "beneath": beneath, "by": change.by}
    connection.execute(NOTE_CHANGE, values | {"at": millis(change.at), "rolled_back": int(change.rolled_back)})
    count_on(connection, COUNTER)


def _change_of(row: Found) -> ModelChange:
    return ModelChange(
        model_id=row.model_id,
        replaced=row.replaced,
        at=moment(row.at),
        by=row.by,
        rolled_back=bool(row.rolled_back),
    )


def _put(connection: Connection, model: TrainedModel) -> None:
    values: Values = {"key": model.id, "new_state": model.state.value, "new_json": encode(_to_the_millisecond(model))}
    connection.execute(PUT_MODEL, values)


def _model_of(row: Found) -> TrainedModel:
    return decode(TrainedModel, row.model_json)


def _to_the_millisecond(model: TrainedModel) -> TrainedModel:
    promoted = optional_moment(optional_millis(model.promoted_at))
    return replace(model, created_at=moment(millis(model.created_at)), promoted_at=promoted)
