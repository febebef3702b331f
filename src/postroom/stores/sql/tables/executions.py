"""Executions: what happens to each e-mail, who asked for it to change, and what came out."""

from sqlalchemy import Column, Index, Table, Text, text

from postroom.stores.sql.tables.columns import (
    Position,
    metadata,
    optional_text,
    position,
    required_integer,
    required_text,
)

NOT_YET_BEGUN = text("status = 'queued' AND run = 1")
NOTABLE = text(
    "kind IN ('execution_cancelled', 'execution_failed', 'execution_paused', 'node_failed', 'node_retrying')"
)
# Twice an execution: what tells how many begin and end in a while.
PACE = text("kind IN ('execution_cancelled', 'execution_failed', 'execution_started', 'execution_succeeded')")

executions = Table(
    "executions",
    metadata,
    position(),
    required_text("id"),
    required_text("email_id"),
    required_text("mailbox_id"),
    required_text("workflow"),
    required_integer("version"),
    required_text("status"),
    required_integer("run"),
    optional_text("final_state"),
    required_integer("created_at"),
    required_integer("updated_at"),
    required_integer("dry_run"),
    optional_text("progress_json"),
    Index("uq_executions_id", "id", unique=True),
    Index("ix_executions_status", "status", "position", "workflow"),
    Index("ix_executions_workflow", "workflow", "status", "position"),
    Index("ix_executions_mailbox", "mailbox_id", "position"),
    Index("ix_executions_email", "email_id", "position"),
    Index(
        "ix_executions_waiting", "mailbox_id", "position", sqlite_where=NOT_YET_BEGUN, postgresql_where=NOT_YET_BEGUN
    ),
)

events = Table(
    "events",
    metadata,
    Column("cursor", Position, primary_key=True, autoincrement=True),
    required_text("execution_id"),
    required_text("node_id"),
    required_integer("attempt"),
    required_text("kind"),
    required_integer("at"),
    required_text("note"),
    required_text("output"),
    optional_text("failure_json"),
    Column("workflow", Text, nullable=False, server_default=""),
    Index("uq_events_key", "execution_id", "node_id", "attempt", "kind", unique=True),
    Index("ix_events_workflow", "workflow", "cursor"),
    Index("ix_events_node", "node_id", "cursor"),
    Index("ix_events_at", "at", "cursor"),
    Index("ix_events_notable", "cursor", sqlite_where=NOTABLE, postgresql_where=NOTABLE),
    Index("ix_events_pace", "workflow", "at", "kind", "attempt", sqlite_where=PACE, postgresql_where=PACE),
    # A cursor that was given once never comes back, not even after its row was erased.
    sqlite_autoincrement=True,
)

records = Table(
    "records",
    metadata,
    position(),
    required_text("execution_id"),
    required_text("email_id"),
    required_text("mailbox_id"),
    required_text("workflow"),
    required_integer("version"),
    required_integer("received_at"),
    required_integer("recorded_at"),
    required_text("result"),
    optional_text("category"),
    optional_text("priority"),
    required_text("record_json"),
    Index("uq_records_execution", "execution_id", unique=True),
)

requests = Table(
    "requests",
    metadata,
    position(),
    required_text("execution_id"),
    required_text("wish"),
    required_text("by"),
    required_integer("at"),
    Index("uq_requests_wish", "execution_id", "wish", unique=True),
)

processes = Table(
    "processes",
    metadata,
    Column("executor_id", Text, primary_key=True),
    required_text("host"),
    required_integer("pid"),
    required_integer("beat_at"),
    Index("ix_processes_beat", "beat_at"),
)
