"""The fast journal against the stock one: the same calls on a real journal give the same results."""

import importlib.metadata
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from dbos._error import (
    DBOSStepNondeterminismError,
    DBOSUnexpectedStepError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)
from dbos._serialization import DBOSDefaultSerializer
from dbos._sys_db import OperationResultInternal, RecordedResult, SystemDatabase, WorkflowStatuses
from sqlalchemy import Engine

from postroom.engine.fast_journal import FastJournal, _transact, _Waiting, fits
from postroom.engine.journal import Journal, journal_engine

OWNER = "owner-1"


class Calls(Protocol):
    """The three hot calls under their stock names."""

    def check_operation_execution(
        self, workflow_id: str, function_id: int, function_name: str
    ) -> RecordedResult | None: ...
    def record_operation_result(
        self, result: OperationResultInternal, *, completed_at_epoch_ms: int | None = None, owner_xid: str | None = None
    ) -> None: ...
    def update_workflow_outcome(
        self, workflow_id: str, status: WorkflowStatuses, *, output: str | None = None, error: str | None = None,
        owner_xid: str | None = None,
    ) -> bool: ...  # fmt: skip


@dataclass
class Books:
    """A real journal with one pending workflow, and the calls under test."""

    path: Path
    calls: Calls
    fast: FastJournal | None = None
    rows: list[str] = field(default_factory=list)

    def begin(self, workflow_id: str, *, status: str = "PENDING", owner: str | None = OWNER) -> None:
        with sqlite3.connect(self.path) as connection:
            connection.execute(
                "INSERT INTO workflow_status "
                "(workflow_uuid, status, name, owner_xid, created_at, updated_at, priority) "
                "VALUES (?, ?, 'execute', ?, 1, 1, 0)",
                (workflow_id, status, owner),
            )
        connection.close()

    def read(self, query: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.path)
        found = connection.execute(query).fetchall()
        connection.close()
        return found


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of an empty journal: migrated once, because that takes a while."""
    path = tmp_path_factory.mktemp("migrated") / "journal.sqlite"
    engine = journal_engine(Journal(url=f"sqlite:///{path}"))
    database = open_database(path, engine)
    database.run_migrations()
    database.destroy()
    engine.dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.read_bytes()


def open_database(path: Path, engine: Engine) -> SystemDatabase:
    return SystemDatabase.create(
        system_database_url=f"sqlite:///{path}",
        engine_kwargs={},
        engine=engine,
        schema=None,
        serializer=DBOSDefaultSerializer,
        executor_id=None,
    )


@pytest.fixture(params=["stock", "fast"])
def books(request: pytest.FixtureRequest, tmp_path: Path, migrated: bytes) -> Iterator[Books]:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(migrated)
    engine = journal_engine(Journal(url=f"sqlite:///{path}"))
    database = open_database(path, engine)
    fast = FastJournal(path, "NORMAL") if request.param == "fast" else None
    if fast is not None:
        fast.install(database)
    yield Books(path=path, calls=database, fast=fast)
    if fast is not None:
        fast.close()
    database.destroy()
    engine.dispose()


def result(workflow_id: str = "w", function_id: int = 1, *, name: str = "a:read") -> OperationResultInternal:
    return {
        "workflow_uuid": workflow_id,
        "function_id": function_id,
        "function_name": name,
        "output": '"out"',
        "error": None,
        "serialization": "postroom_json",
        "started_at_epoch_ms": 5,
        "child_workflow_id": None,
    }


def test_a_recorded_step_is_found_again(books: Books) -> None:
    books.begin("w")
    assert books.calls.check_operation_execution("w", 1, "a:read") is None
    books.calls.record_operation_result(result(), completed_at_epoch_ms=9, owner_xid=OWNER)
    found = books.calls.check_operation_execution("w", 1, "a:read")
    assert found == {
        "output": '"out"',
        "error": None,
        "serialization": "postroom_json",
        "child_workflow_id": None,
        "child_shard_key": None,
    }
    columns = "function_name, started_at_epoch_ms, completed_at_epoch_ms, output, error, serialization"
    assert books.read(f"SELECT {columns} FROM operation_outputs") == [("a:read", 5, 9, '"out"', None, "postroom_json")]


def test_a_step_of_another_name_is_refused(books: Books) -> None:
    books.begin("w")
    books.calls.record_operation_result(result(), owner_xid=OWNER)
    with pytest.raises(DBOSUnexpectedStepError):
        books.calls.check_operation_execution("w", 1, "other:read")


def test_a_cancelled_workflow_goes_no_further(books: Books) -> None:
    books.begin("w", status="CANCELLED")
    with pytest.raises(DBOSWorkflowCancelledError):
        books.calls.check_operation_execution("w", 1, "a:read")


def test_a_workflow_that_is_not_there_is_an_error(books: Books) -> None:
    with pytest.raises((AssertionError, RuntimeError)):
        books.calls.check_operation_execution("nobody", 1, "a:read")


def test_only_the_owner_may_record(books: Books) -> None:
    books.begin("w")
    with pytest.raises(DBOSWorkflowConflictIDError):
        books.calls.record_operation_result(result(), owner_xid="somebody-else")
    assert books.read("SELECT * FROM operation_outputs") == []


def test_a_second_result_of_one_step_is_nondeterminism_but_the_same_write_again_is_not(books: Books) -> None:
    books.begin("w")
    for _ in range(2):
        books.calls.record_operation_result(result(), completed_at_epoch_ms=9, owner_xid=OWNER)
    with pytest.raises(DBOSStepNondeterminismError):
        books.calls.record_operation_result(result(), completed_at_epoch_ms=10, owner_xid=OWNER)
    assert books.read("SELECT completed_at_epoch_ms FROM operation_outputs") == [(9,)]


def test_without_an_owner_it_is_recorded_all_the_same(books: Books) -> None:
    books.begin("w")
    books.calls.record_operation_result(result())
    assert books.read("SELECT function_name FROM operation_outputs") == [("a:read",)]


def test_an_outcome_lands_once_and_gives_the_workflow_up(books: Books) -> None:
    books.begin("w")
    assert books.calls.update_workflow_outcome("w", "SUCCESS", output='"end"', owner_xid=OWNER)
    assert not books.calls.update_workflow_outcome("w", "ERROR", error='"late"', owner_xid=OWNER)
    status = "SELECT status, owner_xid, deduplication_id, completed_at IS NULL FROM workflow_status"
    assert books.read(status) == [("SUCCESS", None, None, 0)]
    assert books.read("SELECT output, error FROM workflow_output") == [('"end"', None)]


@pytest.mark.parametrize(("status", "owner"), [("PENDING", "somebody-else"), ("CANCELLED", OWNER), ("SUCCESS", None)])
def test_an_outcome_of_what_is_not_ours_or_over_changes_nothing(books: Books, status: str, owner: str | None) -> None:
    books.begin("w", status=status, owner=owner)
    assert not books.calls.update_workflow_outcome("w", "SUCCESS", output='"end"', owner_xid=OWNER)
    assert not books.calls.update_workflow_outcome("nobody", "SUCCESS", owner_xid=OWNER)
    assert books.read("SELECT status FROM workflow_status") == [(status,)]
    assert books.read("SELECT * FROM workflow_output") == []


def test_many_threads_record_everything_once(books: Books) -> None:
    books.begin("w")
    books.begin("foreign", owner="somebody-else")

    def record(number: int) -> str:
        try:
            books.calls.record_operation_result(result("foreign" if number % 10 == 0 else "w", number), owner_xid=OWNER)
        except DBOSWorkflowConflictIDError as error:
            return type(error).__name__
        return "recorded"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(record, range(100)))
    assert answers == ["DBOSWorkflowConflictIDError" if number % 10 == 0 else "recorded" for number in range(100)]
    assert books.read("SELECT count(*) FROM operation_outputs") == [(90,)]


# ---- what the stock journal does not have: group commit, and a guard against other versions


def writes(path: Path) -> tuple[sqlite3.Connection, Callable[[int], Callable[[sqlite3.Connection], bool]]]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(
        "CREATE TABLE kept (number INTEGER PRIMARY KEY, parent INTEGER REFERENCES kept DEFERRABLE INITIALLY DEFERRED)"
    )
    connection.execute("PRAGMA foreign_keys=ON")

    def insert(number: int, parent: int | None = None) -> Callable[[sqlite3.Connection], bool]:
        return lambda one: one.execute("INSERT INTO kept VALUES (?, ?)", (number, parent)).rowcount == 1

    return connection, insert


def batch_of(*calls: Callable[[sqlite3.Connection], bool]) -> list[_Waiting]:
    return [_Waiting(call, Future()) for call in calls]


def test_in_a_batch_a_failing_write_hurts_only_the_culprit(tmp_path: Path) -> None:
    connection, insert = writes(tmp_path / "x.sqlite")
    batch = batch_of(insert(1), insert(1), insert(2))
    _transact(connection, batch)
    assert [each.done.exception() is None for each in batch] == [True, False, True]
    assert isinstance(batch[1].done.exception(), sqlite3.IntegrityError)
    assert connection.execute("SELECT number FROM kept").fetchall() == [(1,), (2,)]
    connection.close()


def test_a_commit_that_fails_leaves_the_connection_fit_for_the_next(tmp_path: Path) -> None:
    connection, insert = writes(tmp_path / "x.sqlite")

    def orphan(one: sqlite3.Connection) -> bool:
        return one.execute("INSERT INTO kept VALUES (9, 404)").rowcount == 1

    batch = batch_of(insert(1), orphan, insert(2))
    _transact(connection, batch)
    assert [each.done.exception() is None for each in batch] == [True, False, True]
    assert not connection.in_transaction
    assert connection.execute("SELECT number FROM kept").fetchall() == [(1,), (2,)]
    connection.close()


def test_after_it_is_closed_a_late_write_fails_instead_of_waiting_for_ever(tmp_path: Path, migrated: bytes) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(migrated)
    engine = journal_engine(Journal(url=f"sqlite:///{path}"))
    database = open_database(path, engine)
    fast = FastJournal(path, "NORMAL")
    fast.install(database)
    fast.close()
    with pytest.raises(RuntimeError, match="closed"):
        fast.record(result(), owner_xid=OWNER)
    assert not any(thread.name == "fast-journal" for thread in threading.enumerate())
    database.destroy()
    engine.dispose()


def test_it_fits_the_pinned_version_only() -> None:
    assert fits(importlib.metadata.version("dbos"))
    assert not fits("3.4.1")
