"""The writer: one commit for many, and only the culprit fails."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from postroom.stores.sql.sqlite import make_engine
from postroom.stores.sql.writer import BATCH, Writer


class Story:
    """A writer whose first operation holds the others back, and the commits it made."""

    def __init__(self, path: Path) -> None:
        engine = make_engine(path)
        self.commits = 0
        event.listen(engine, "commit", self._count)
        self.writer = Writer(engine.connect())
        self._gate = threading.Event()

    def _count(self, _connection: Connection) -> None:
        self.commits += 1

    def hold(self) -> asyncio.Future[None]:
        """Keep the writer busy until `release`."""
        return asyncio.ensure_future(self.writer.write(lambda _connection: _wait(self._gate)))

    def release(self) -> None:
        """Let the writer take everything that waits."""
        self._gate.set()


def _wait(gate: threading.Event) -> None:
    assert gate.wait(timeout=10)


@pytest.fixture
async def story(path: Path) -> AsyncIterator[Story]:
    made = Story(path)
    yield made
    await asyncio.to_thread(made.writer.close)


def switch_on(name: str) -> Callable[[Connection], int]:
    return lambda connection: connection.exec_driver_sql("INSERT INTO switches VALUES (?)", (name,)).rowcount


def names(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    found = {str(name) for (name,) in connection.execute("SELECT name FROM switches")}
    connection.close()
    return found


async def test_all_that_waits_is_committed_once(story: Story, path: Path) -> None:
    first = story.hold()
    await asyncio.sleep(0)
    writes = [asyncio.ensure_future(story.writer.write(switch_on(str(number)))) for number in range(BATCH)]
    await asyncio.sleep(0)
    story.release()
    await asyncio.gather(first, *writes)
    assert len(names(path)) == BATCH
    assert story.commits <= 3


async def test_only_the_culprit_fails(story: Story, path: Path) -> None:
    first = story.hold()
    await asyncio.sleep(0)

    def culprit(connection: Connection) -> int:
        switch_on("never")(connection)
        raise LookupError("mine")

    writes = [asyncio.ensure_future(story.writer.write(switch_on(str(number)))) for number in range(3)]
    writes.insert(1, asyncio.ensure_future(story.writer.write(culprit)))
    await asyncio.sleep(0)
    story.release()
    results = await asyncio.gather(*writes, return_exceptions=True)
    await first
    assert [isinstance(result, LookupError) for result in results] == [False, True, False, False]
    assert names(path) == {"0", "1", "2"}


async def test_a_caller_who_gave_up_does_not_disturb_the_others(story: Story, path: Path) -> None:
    first = story.hold()
    await asyncio.sleep(0)
    gone = asyncio.ensure_future(story.writer.write(switch_on("gone")))
    stays = asyncio.ensure_future(story.writer.write(switch_on("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    story.release()
    assert await stays == 1
    await first
    assert names(path) == {"gone", "stays"}


async def test_callers_in_several_loops_are_told_in_theirs(story: Story, path: Path) -> None:
    async def in_another_loop(name: str) -> int:
        return await story.writer.write(switch_on(name))

    results = await asyncio.gather(
        *(asyncio.to_thread(asyncio.run, in_another_loop(str(number))) for number in range(8)),
        *(story.writer.write(switch_on(f"here {number}")) for number in range(8)),
    )
    assert results == [1] * 16
    assert len(names(path)) == 16


async def test_a_file_locked_by_another_process_fails_in_the_end_and_the_writer_lives_on(
    story: Story, path: Path
) -> None:
    def be_impatient(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")

    await story.writer.write(be_impatient)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        await story.writer.write(switch_on("refused"))
    other.execute("COMMIT")
    other.close()
    assert await story.writer.write(switch_on("accepted")) == 1
    assert names(path) == {"accepted"}


async def test_a_file_locked_for_a_moment_is_waited_for(story: Story, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.ensure_future(story.writer.write(switch_on("late")))
    await asyncio.sleep(0)
    other.execute("INSERT INTO switches VALUES ('early')")
    other.execute("COMMIT")
    other.close()
    assert await write == 1
    assert names(path) == {"early", "late"}
