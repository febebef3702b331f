"""Numbers that only grow, by name: how often something kept was changed."""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from postroom.stores.sql.tables.learning import counters

COUNT_ON = (
    insert(counters)
    .values(name=bindparam("name"), number=1)
    .on_conflict_do_update(index_elements=["name"], set_={"number": counters.c.number + 1})
)
NUMBER = select(counters.c.number).where(counters.c.name == bindparam("name"))


def count_on(connection: Connection, name: str) -> None:
    """Raise a number by one, in the transaction of what changed."""
    connection.execute(COUNT_ON, {"name": name})


def number_of(connection: Connection, name: str) -> int:
    """Return a number; 0 where nothing was counted yet."""
    return int(connection.execute(NUMBER, {"name": name}).scalar() or 0)
