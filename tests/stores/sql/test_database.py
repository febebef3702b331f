"""One writing and a few reading connections."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, literal_column, select, table

from postroom.errors import InputError, StoreError
from postroom.stores.sql.database import READERS, Database
from postroom.stores.sql.sqlite import BareStatement, make_engine

SWITCHES = select(table("switches", column("name")))


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    opened = Database(make_engine(path), path)
    yield opened
    await opened.close()


def _pragmas(connection: Connection) -> tuple[str, int, int, int]:
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    mode, synchronous, keys, timeout = (str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in names)
    return mode, int(synchronous), int(keys), int(timeout)


async def test_every_connection_is_durable_and_patient(database: Database) -> None:
    together = threading.Barrier(READERS)

    def query(connection: Connection) -> tuple[int, tuple[str, int, int, int]]:
        together.wait(timeout=10)
        return id(connection), _pragmas(connection)

    found = dict(await asyncio.gather(*(database.read(query) for _ in range(READERS))))
    assert len(found) == READERS
    full = 2
    for mode, synchronous, keys, timeout in [*found.values(), await database.write(_pragmas)]:
        assert (mode, synchronous, keys) == ("wal", full, 1)
        assert timeout >= 10_000


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError, match="readonly"):
        await database.read(lambda connection: connection.exec_driver_sql("DELETE FROM emails").rowcount)


async def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    loop, writing, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def operation(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO switches VALUES ('s')")
        loop.call_soon_threadsafe(writing.set)
        go_on.wait(timeout=10)

    write = asyncio.ensure_future(database.write(operation))
    await writing.wait()

    def count(connection: Connection) -> int:
        return int(str(connection.exec_driver_sql("SELECT count(*) FROM switches").scalar()))

    assert await database.read(count) == 0
    go_on.set()
    await write
    assert await database.read(count) == 1


async def test_who_watches_is_told_what_another_connection_writes(database: Database, path: Path) -> None:
    nothing = await database.watch(SWITCHES, {}, every_seconds=0, patience_seconds=0)
    watching = asyncio.create_task(database.watch(SWITCHES, {}, every_seconds=0.001, patience_seconds=60))
    await asyncio.sleep(0)
    with sqlite3.connect(path) as other:
        other.execute("INSERT INTO switches VALUES ('s')")
    other.close()
    assert (nothing, await watching) == ([], [("s",)])


async def test_who_leaves_while_watching_holds_no_thread(database: Database) -> None:
    left = [
        asyncio.create_task(database.watch(SWITCHES, {}, every_seconds=60, patience_seconds=60)) for _ in range(READERS)
    ]
    await asyncio.sleep(0)
    for each in left:
        each.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    assert await database.watch(SWITCHES, {}, every_seconds=0, patience_seconds=0) == []


async def test_closing_ends_the_watching(database: Database) -> None:
    watching = asyncio.create_task(database.watch(SWITCHES, {}, every_seconds=0.001, patience_seconds=600))
    await asyncio.sleep(0)
    await database.close()
    with pytest.raises(StoreError, match="closed"):
        await watching


async def test_what_cannot_be_looked_at_is_an_error_of_the_store(database: Database) -> None:
    wrong: BareStatement = select(literal_column("nowhere"))
    with pytest.raises(StoreError, match="no such column"):
        await database.watch(wrong, {}, every_seconds=0, patience_seconds=0)


async def test_errors_do_not_repeat_what_was_stored(database: Database) -> None:
    statement = "INSERT INTO switches VALUES (?), (?)"
    with pytest.raises(InputError) as caught:
        await database.write(lambda connection: connection.exec_driver_sql(statement, ("secret", "secret")).rowcount)
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret" not in str(error)
        assert "secret" not in repr(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("value", ["secret \udcff", 2**80], ids=["half a character", "a number beyond 64 bits"])
async def test_a_value_that_cannot_be_written_down_is_refused_for_good(database: Database, value: str | int) -> None:
    def operation(connection: Connection) -> int:
        return connection.exec_driver_sql("INSERT INTO switches VALUES (?)", (value,)).rowcount

    for asked in (database.write(operation), database.read(operation)):
        with pytest.raises(InputError) as caught:
            await asked
        assert not caught.value.retryable
        error: BaseException | None = caught.value
        while error is not None:
            assert "secret" not in repr(error)
            error = error.__cause__ or error.__context__


def _switch_on(name: str) -> Callable[[Connection], int]:
    return lambda connection: connection.exec_driver_sql("INSERT INTO switches VALUES (?)", (name,)).rowcount


async def test_a_closed_database_says_so_and_may_be_closed_again(path: Path) -> None:
    database = Database(make_engine(path), path)
    writes = [asyncio.ensure_future(database.write(_switch_on(str(number)))) for number in range(600)]
    await asyncio.sleep(0)
    await asyncio.gather(database.close(), database.close())
    assert sum(await asyncio.gather(*writes)) == 600
    with pytest.raises(StoreError, match="closed"):
        await database.write(_pragmas)
    with pytest.raises(StoreError, match="closed"):
        await database.read(_pragmas)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM switches").fetchone() == (600,)
    connection.close()
