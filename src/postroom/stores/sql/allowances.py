"""Places under caps in SQL: looked at and taken in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from postroom.model.allowance import Limit
from postroom.stores.sql.database import Database
from postroom.stores.sql.rows import millis
from postroom.stores.sql.statements import insert_or_replace
from postroom.stores.sql.tables.replies import allowances

# More than one holder takes, so that what no window reaches any more goes faster than new places come.
FORGOTTEN_PER_CALL = 20

# The column has its name from the first holders there were.
HELD = select(allowances.c.at).where(
    allowances.c.scope == bindparam("scope"), allowances.c.reply_id == bindparam("reply_id")
)
COUNT = select(func.count()).where(allowances.c.scope == bindparam("scope"), allowances.c.at > bindparam("since"))
TAKE = insert_or_replace(allowances, "scope", "reply_id")
_PAST = select(allowances.c.position).where(allowances.c.kept_until <= bindparam("now"))
FORGET = delete(allowances).where(
    allowances.c.position.in_(_PAST.order_by(allowances.c.kept_until).limit(FORGOTTEN_PER_CALL))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPlaces:
    """What is taken: how many places under each limit in its window, and since when the holder has one, by scope.

    Times are milliseconds.
    """

    taken: Mapping[Limit, int]
    held_since: Mapping[str, int]


class SqlAllowances:
    """The `Allowances` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, holder: str, limits: Sequence[Limit], *, at: datetime) -> Limit | None:
        """Take a place for the holder under every limit, or under none and return the first limit that is full."""
        now = millis(at)

        def operation(connection: Connection) -> Limit | None:
            connection.execute(FORGET, {"now": now})
            places = _look(connection, holder, limits, now)
            full = first_full(limits, places, now)
            if full is None:
                rows = [
                    {"scope": scope, "reply_id": holder, "at": now, "kept_until": kept_until}
                    for scope, kept_until in to_take(limits, places, now).items()
                ]
                if rows:
                    connection.execute(TAKE, rows)
            return full

        return await self._database.write(operation)


def first_full(limits: Sequence[Limit], places: TakenPlaces, now: int) -> Limit | None:
    """Return the first limit under which the holder has no place and can have none, None where all have room."""
    for limit in limits:
        if limit.cap <= 0:
            return limit
        if not _holds(limit, places, now) and places.taken[limit] >= limit.cap:
            return limit
    return None


def to_take(limits: Sequence[Limit], places: TakenPlaces, now: int) -> dict[str, int]:
    """Return the scopes under which the holder needs a place, each with the time from which it concerns nobody."""
    wanted = {limit.scope for limit in limits if not _holds(limit, places, now)}
    return {scope: max(_end(limit, now) for limit in limits if limit.scope == scope) for scope in sorted(wanted)}


def _holds(limit: Limit, places: TakenPlaces, now: int) -> bool:
    # A place from before the window counts for nobody: kept, it would let a late holder pass the cap.
    since = places.held_since.get(limit.scope)
    return since is not None and since > _begin(limit, now)


def _begin(limit: Limit, now: int) -> int:
    return now - limit.window_seconds * 1000


def _end(limit: Limit, now: int) -> int:
    return now + limit.window_seconds * 1000


def _look(connection: Connection, holder: str, limits: Sequence[Limit], now: int) -> TakenPlaces:
    held: dict[str, int] = {}
    taken: dict[Limit, int] = {}
    for limit in limits:
        row = connection.execute(HELD, {"scope": limit.scope, "reply_id": holder}).first()
        if row is not None:
            held[limit.scope] = row.at
        values = {"scope": limit.scope, "since": _begin(limit, now)}
        taken[limit] = connection.execute(COUNT, values).scalar_one()
    return TakenPlaces(taken=taken, held_since=held)
