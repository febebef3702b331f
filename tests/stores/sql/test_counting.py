"""Numbers that only grow."""

import pytest
from sqlalchemy import Connection

from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.stores.sql.counting import count_on, number_of
from postroom.stores.sql.database import Database


def test_what_was_never_counted_is_nothing_and_grows_by_one(bare: Connection) -> None:
    assert number_of(bare, "examples") == 0
    for expected in (1, 2, 3):
        count_on(bare, "examples")
        assert number_of(bare, "examples") == expected


def test_names_do_not_share_a_number(bare: Connection) -> None:
    count_on(bare, "examples")
    assert number_of(bare, "articles") == 0


async def test_what_the_transaction_takes_back_was_not_counted(stores: Stores, bare: Connection) -> None:
    assert isinstance(stores.connection, Database)

    def operation(connection: Connection) -> None:
        count_on(connection, "examples")
        raise ConflictError("It changed meanwhile.")

    with pytest.raises(ConflictError):
        await stores.connection.write(operation)
    assert number_of(bare, "examples") == 0
