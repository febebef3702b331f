"""The journal: DBOS on SQLite in WAL, JSON instead of pickle. No other file touches private parts of dbos."""

import importlib.metadata
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dbos import DBOSConfig, WorkflowHandleAsync
from dbos._core import WorkflowHandleAsyncPolling
from dbos._dbos import _get_dbos_instance
from dbos._serialization import Serializer
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from postroom.engine.fast_journal import FastJournal, fits
from postroom.errors import ConfigurationError
from postroom.model.workflow import JsonValue

ENGINE_VERSION = "1"
"""Raised only when the order of steps changes: executions begun under another version are not picked up by this one."""

Synchronous = Literal["NORMAL", "FULL"]


class JsonSerializer(Serializer):
    """Writes JSON; whoever can write the database can then change values, but run no code."""

    def serialize(self, data: JsonValue | BaseException) -> str:
        """Return `data` as JSON; tuples become lists, and of an exception only its kind is kept: it may quote mail."""
        value = {"exception": type(data).__name__} if isinstance(data, BaseException) else data
        return json.dumps(value, separators=(",", ":"))

    def deserialize(self, serialized_data: str) -> JsonValue:
        """Return what was written."""
        value: JsonValue = json.loads(serialized_data)
        return value

    def name(self) -> str:
        """Return the name that the journal keeps beside each value."""
        return "postroom_json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Where the journal is, how a SQLite file is flushed, and whether its hottest calls go round SQLAlchemy."""

    url: str
    synchronous: Synchronous = "NORMAL"
    fast: bool = True

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for another database."""
        url = make_url(self.url)
        return Path(url.database) if url.drivername.startswith("sqlite") and url.database else None


def journal_engine(journal: Journal) -> Engine:
    """Return an engine on the journal: SQLite in WAL with the pragmas DBOS expects, or another database as it is.

    Raises:
        ConfigurationError: the file cannot be made.
    """
    path = journal.file
    if path is None:
        return create_engine(journal.url, hide_parameters=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"The journal {str(path)!r} cannot be opened: {error}.",
            hint="Set POSTROOM_DATA_DIR or POSTROOM_JOURNAL_URL to a place this user may write to.",
        ) from error
    engine = create_engine(journal.url, pool_size=8, max_overflow=8, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        del entry
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "foreign_keys=ON", f"synchronous={journal.synchronous}"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def journal_config(engine: Engine, executor_id: str) -> DBOSConfig:
    """Return the configuration of DBOS for this journal."""
    return DBOSConfig(
        name="postroom",
        system_database_url=engine.url.render_as_string(hide_password=False),
        system_database_engine=engine,
        application_version=ENGINE_VERSION,
        executor_id=executor_id,
        serializer=JsonSerializer(),
        log_level="ERROR",
        run_migrations=True,
        # It also bounds how long a stop takes, since DBOS joins the thread that sleeps this long.
        notification_listener_polling_interval_sec=0.2,
        scheduler_polling_interval_sec=30.0,
    )


def begun_before(handle: WorkflowHandleAsync[str]) -> bool:
    """Return whether the journal knew the run already, so that this start began nothing."""
    return isinstance(handle, WorkflowHandleAsyncPolling)


def hasten(journal: Journal) -> FastJournal | None:
    """Put the fast journal into the launched DBOS where it is wanted, on SQLite, and fits the installed version."""
    path = journal.file
    if not journal.fast or path is None or not fits(importlib.metadata.version("dbos")):
        return None
    fast = FastJournal(path, journal.synchronous)
    fast.install(_get_dbos_instance()._sys_db)  # noqa: SLF001 - see the top of this file.
    return fast
