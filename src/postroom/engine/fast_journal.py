"""The journal's three hottest calls as single raw statements with group commit, for SQLite.

DBOS spends most of its time per step in building and running statements through SQLAlchemy, each in a transaction
of its own. This replaces `check_operation_execution`, `record_operation_result` and `update_workflow_outcome` of one
launched system database by the same statements on plain sqlite3, and lets everything that waits share one commit. It
overrides private methods of dbos, so it works for the pinned version only (`FITS`); with another version the journal
stays as it is. `benchmarks/engine.py` measures what it brings.
"""

import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from dbos._context import current_owner_xid
from dbos._error import (
    DBOSStepNondeterminismError,
    DBOSUnexpectedStepError,
    DBOSWorkflowCancelledError,
    DBOSWorkflowConflictIDError,
)
from dbos._sys_db import OperationResultInternal, RecordedResult, SystemDatabase, WorkflowStatuses

FITS = "3.4.0"
MAX_BATCH = 64

_CHECK = """
SELECT s.status, o.output, o.error, o.function_name, o.child_workflow_id, o.serialization
FROM workflow_status s
LEFT JOIN operation_outputs o ON o.workflow_uuid = s.workflow_uuid AND o.function_id = ?
WHERE s.workflow_uuid = ?
"""
_OWNER = "SELECT owner_xid FROM workflow_status WHERE workflow_uuid = ?"
_RECORD = """
INSERT INTO operation_outputs (workflow_uuid, function_id, function_name, started_at_epoch_ms, completed_at_epoch_ms,
                               output, error, serialization, application_name, retention_timestamp)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (workflow_uuid, function_id) DO NOTHING
"""
_COMPLETED = "SELECT completed_at_epoch_ms FROM operation_outputs WHERE workflow_uuid = ? AND function_id = ?"
_END = """
UPDATE workflow_status
SET status = ?, deduplication_id = NULL, owner_xid = NULL, updated_at = ?, completed_at = ?
WHERE workflow_uuid = ? AND status = 'PENDING' AND (? IS NULL OR owner_xid = ?)
"""
_OUTPUT = """
INSERT INTO workflow_output (workflow_uuid, output, error) VALUES (?, ?, ?)
ON CONFLICT (workflow_uuid) DO UPDATE SET output = excluded.output, error = excluded.error
"""

Write = Callable[[sqlite3.Connection], bool]


@dataclass(frozen=True, slots=True)
class _Waiting:
    write: Write
    done: Future[bool]


class FastJournal:
    """Stands in for the hot calls of one system database until it is closed."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self._path = path
        self._synchronous = synchronous
        self._local = threading.local()
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        # Opened here, so that a file that cannot be opened fails the start and not, unseen, the thread.
        self._opened: list[sqlite3.Connection] = []
        self._writer = threading.Thread(
            target=self._write_for_ever, args=(self._open(),), name="fast-journal", daemon=True
        )
        self._app_name: str | None = None
        self._closing = threading.Lock()
        self._closed = False

    def install(self, database: SystemDatabase) -> None:
        """Take over the hot calls of a launched system database; other instances are untouched."""
        self._app_name = database.app_name
        self._slow_record = database.record_operation_result
        self._writer.start()
        for name, call in (
            ("check_operation_execution", self.check),
            ("record_operation_result", self.record),
            ("update_workflow_outcome", self.end),
        ):
            setattr(database, name, call)

    def close(self) -> None:
        """Commit what waits and close every connection; what comes later fails instead of waiting for ever."""
        with self._closing:
            self._closed = True
            self._queue.put(None)
        self._writer.join()
        for connection in self._opened:
            connection.close()

    def check(
        self, workflow_id: str, function_id: int, function_name: str, *, owner_key: str | None = None
    ) -> RecordedResult | None:
        """Return what the journal holds of a step, or None; as `SystemDatabase.check_operation_execution`."""
        del owner_key
        row = self._connection().execute(_CHECK, (function_id, workflow_id)).fetchone()
        if row is None:
            raise RuntimeError(f"The journal does not know workflow {workflow_id!r}.")
        status, output, error, recorded_name, child_id, serialization = row
        if status == "CANCELLED":
            raise DBOSWorkflowCancelledError(f"Workflow {workflow_id} is cancelled. Aborting function.")
        if recorded_name is None:
            return None
        if recorded_name != function_name:
            raise DBOSUnexpectedStepError(
                workflow_id=workflow_id, step_id=function_id, expected_name=function_name, recorded_name=recorded_name
            )
        return RecordedResult(
            output=output,
            error=error,
            serialization=serialization,
            child_workflow_id=child_id,
            child_shard_key=None,
        )

    def record(
        self,
        result: OperationResultInternal,
        *,
        completed_at_epoch_ms: int | None = None,
        owner_xid: str | None = None,
        owner_key: str | None = None,
    ) -> None:
        """Keep the result of a step; as `SystemDatabase.record_operation_result`."""
        workflow_id = result["workflow_uuid"]
        owner = owner_xid or current_owner_xid(workflow_id)
        if owner is None or result["child_workflow_id"] is not None:
            self._slow_record(
                result, completed_at_epoch_ms=completed_at_epoch_ms, owner_xid=owner_xid, owner_key=owner_key
            )
            return
        now = _now_ms()
        completed_at = completed_at_epoch_ms or now
        values = (
            workflow_id,
            result["function_id"],
            result["function_name"],
            result["started_at_epoch_ms"],
            completed_at,
            result["output"],
            result["error"],
            result["serialization"],
            self._app_name,
            now,
        )

        def write(connection: sqlite3.Connection) -> bool:
            row = connection.execute(_OWNER, (workflow_id,)).fetchone()
            if row is None or row[0] != owner:
                raise DBOSWorkflowConflictIDError(workflow_id)
            if connection.execute(_RECORD, values).rowcount == 1:
                return True
            # The same completion time is the same write, tried again.
            found = connection.execute(_COMPLETED, (workflow_id, result["function_id"])).fetchone()
            return bool(found[0] == completed_at)

        if not self._commit(write):
            raise DBOSStepNondeterminismError(workflow_id, result["function_id"])

    def end(
        self,
        workflow_id: str,
        status: WorkflowStatuses,
        *,
        output: str | None = None,
        error: str | None = None,
        owner_xid: str | None = None,
    ) -> bool:
        """Keep how a workflow ended, if this execution still owns it; as `SystemDatabase.update_workflow_outcome`."""
        owner = owner_xid or current_owner_xid(workflow_id)

        def write(connection: sqlite3.Connection) -> bool:
            now = _now_ms()
            changed = connection.execute(_END, (status, now, now, workflow_id, owner, owner)).rowcount
            if changed:
                connection.execute(_OUTPUT, (workflow_id, output, error))
            return bool(changed)

        return self._commit(write)

    def _commit(self, write: Write) -> bool:
        waiting = _Waiting(write, Future())
        with self._closing:
            if self._closed:
                raise RuntimeError("The journal is closed: the step is run again after the next start.")
            self._queue.put(waiting)
        return waiting.done.result()

    def _write_for_ever(self, connection: sqlite3.Connection) -> None:
        while True:
            first = self._queue.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < MAX_BATCH and not self._queue.empty():
                another = self._queue.get()
                if another is None:
                    self._queue.put(None)
                    break
                batch.append(another)
            _transact(connection, batch)

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._open()
        return found

    def _open(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", f"synchronous={self._synchronous}"):
            opened.execute(f"PRAGMA {pragma}")
        self._opened.append(opened)
        return opened


def fits(installed: str) -> bool:
    """Return whether `installed` is the version of dbos whose private methods are known here."""
    return installed == FITS


def _transact(connection: sqlite3.Connection, batch: list[_Waiting]) -> None:
    """Run a batch in one transaction; where one of it fails, each in a transaction of its own."""
    try:
        results = _in_one(connection, batch)
    except BaseException as error:  # noqa: BLE001 - dbos has errors that are no `Exception`; it goes to who waits.
        if len(batch) == 1:
            batch[0].done.set_exception(error)
            return
        for waiting in batch:
            _transact(connection, [waiting])
        return
    for waiting, result in zip(batch, results, strict=True):
        waiting.done.set_result(result)


def _in_one(connection: sqlite3.Connection, batch: list[_Waiting]) -> list[bool]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [waiting.write(connection) for waiting in batch]
        connection.execute("COMMIT")
    except BaseException:
        # A commit that failed may or may not have left the transaction open.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


def _now_ms() -> int:
    return int(time.time() * 1000)
