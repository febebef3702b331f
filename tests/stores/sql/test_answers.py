"""Signs of answers given elsewhere take a bounded place in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection

from contracts.store_answers import AnswersContract
from contracts.store_nouns import arrival, at, flagged, sent
from postroom.interfaces.stores import Stores
from postroom.stores.sql.answers import MOST_REFERENCES, forget
from postroom.stores.sql.database import Database


async def kept(stores: Stores, column: str, table: str) -> Sequence[object]:
    query = f"SELECT {column} FROM {table} ORDER BY position"

    def read(connection: Connection) -> Sequence[object]:
        return connection.exec_driver_sql(query).scalars().all()

    return await database_of(stores).read(read)


def database_of(stores: Stores) -> Database:
    assert isinstance(stores.connection, Database)
    return stores.connection


async def test_of_many_signs_the_newest_are_kept(stores: Stores) -> None:
    await stores.ledger.note_answers([flagged(arrival(number)) for number in range(1, 6)])
    await database_of(stores).write(lambda connection: forget(connection, at(0), most=2))
    assert await kept(stores, "sign", "answers_elsewhere") == ["4", "5"]


async def test_of_an_answer_in_a_long_thread_the_nearest_references_are_kept_once(stores: Stores) -> None:
    answer = sent("s1", *(f"<{number}@x>" for number in range(500)))
    for _ in range(2):
        await stores.ledger.note_answers([answer])
    nearest = [f"<{number}@x>" for number in range(MOST_REFERENCES)]
    assert await kept(stores, "message_id", "answered_message_ids") == nearest
    await stores.ledger.forget_answers(before=at(21))
    assert await kept(stores, "sign", "answers_elsewhere") == []
    assert await kept(stores, "message_id", "answered_message_ids") == []


class TestAnswers(AnswersContract):
    """Answers given elsewhere in SQL."""
