"""The tables and their indexes. Migrations make them; a test holds both equal.

Times are milliseconds since 1970 UTC. `position` orders rows by the time they were stored. Bytes of messages live in
tables of their own, so that reading a list never touches them. Columns that end in `_json` hold text made by the codec.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text, text

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

# Conditions of indexes that hold few of many rows; a statement must repeat one word for word to use its index.
UNFILED = text("filed = 0")
STILL_OPEN = text("cleared_at IS NULL")
NOT_YET_SENT = text("state = 'pending'")
NOT_YET_BEGUN = text("status = 'queued' AND run = 1")
AS_HISTORY = text("kind = 'history'")
NOT_YET_DELIVERED = text("state = 'pending'")
NOTABLE = text(
    "kind IN ('execution_cancelled', 'execution_failed', 'execution_paused', 'node_failed', 'node_retrying')"
)
# Twice an execution: what tells how many begin and end in a while.
PACE = text("kind IN ('execution_cancelled', 'execution_failed', 'execution_started', 'execution_succeeded')")

# SQLite makes a key of its row ids only from INTEGER; elsewhere it must not overflow at two thousand million.
_Position = BigInteger().with_variant(Integer(), "sqlite")


def _position() -> Column[int]:
    return Column("position", _Position, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _optional_text(name: str) -> Column[str]:
    return Column(name, Text)


def _integer(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


ledger = Table(
    "ledger",
    metadata,
    _position(),
    _text("mailbox_id"),
    _text("uid_validity"),
    _text("uid"),
    _text("kind"),
    _optional_text("email_id"),
    _optional_text("execution_id"),
    _integer("accepted_at"),
    # Whether the mailbox was in mode observe then: another one may still have to answer the mail.
    Column("observed", BigInteger, nullable=False, server_default="0"),
    Index("uq_ledger_place", "mailbox_id", "uid_validity", "uid", unique=True),
    Index("ix_ledger_mailbox", "mailbox_id", "position"),
    Index("ix_ledger_email", "email_id"),
    Index("ix_ledger_history", "mailbox_id", "position", sqlite_where=AS_HISTORY, postgresql_where=AS_HISTORY),
)

mailbox_cursors = Table("mailbox_cursors", metadata, Column("mailbox_id", Text, primary_key=True), _text("cursor"))

quarantine = Table(
    "quarantine",
    metadata,
    _position(),
    _text("id"),
    _text("mailbox_id"),
    _text("uid_validity"),
    _text("uid"),
    _text("reason"),
    _integer("size_bytes"),
    _integer("at"),
    Index("uq_quarantine_id", "id", unique=True),
)

quarantine_contents = Table(
    "quarantine_contents",
    metadata,
    Column("quarantine_id", Text, ForeignKey("quarantine.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

emails = Table(
    "emails",
    metadata,
    _position(),
    _text("id"),
    _text("mailbox_id"),
    _text("conversation_id"),
    _integer("conversation_version"),
    _text("content_hash"),
    _integer("received_at"),
    _integer("accepted_at"),
    _integer("size_bytes"),
    _text("email_json"),
    Index("uq_emails_id", "id", unique=True),
    # With the id, so that figures read no row, which holds a whole text.
    Index("ix_emails_received", "received_at", "position", "id"),
    Index("ix_emails_conversation", "conversation_id", "received_at", "position"),
    Index("ix_emails_mailbox", "mailbox_id", "received_at", "position"),
)

# The mailboxes that an e-mail reached besides its own, each once, in the order of their lists.
further_mailboxes = Table(
    "further_mailboxes",
    metadata,
    Column("mailbox_id", Text, primary_key=True),
    Column("received_at", BigInteger, primary_key=True, autoincrement=False),
    Column("email_position", _Position, primary_key=True, autoincrement=False),
    # Its key is all there is of a row.
    sqlite_with_rowid=False,
)

email_contents = Table(
    "email_contents",
    metadata,
    Column("email_id", Text, ForeignKey("emails.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Each attachment once, under the SHA-256 of its bytes, however many e-mails carry it.
attachments = Table(
    "attachments",
    metadata,
    Column("digest", Text, primary_key=True),
    _integer("size_bytes"),
    Column("content", LargeBinary, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    _text("subject"),
    _text("participants_json"),
    _integer("version"),
    _integer("created_at"),
    _integer("updated_at"),
    Index("ix_conversations_updated", "updated_at", "id"),
)

message_ids = Table(
    "message_ids",
    metadata,
    Column("message_id", Text, primary_key=True),
    _text("conversation_id"),
    Index("ix_message_ids_conversation", "conversation_id"),
)

# Signs that a person answered with another program: `sign` is the UID of a flagged e-mail (of `uid_validity`), or the
# Message-ID of a sent one (`uid_validity` is empty then), or its place where it has none. Those that concern nothing
# known have no conversation yet.
answers_elsewhere = Table(
    "answers_elsewhere",
    metadata,
    _position(),
    _text("kind"),
    _text("mailbox_id"),
    _text("uid_validity"),
    _text("sign"),
    _text("recipients_json"),
    _optional_text("conversation_id"),
    _optional_text("email_id"),
    _integer("at"),
    Index("uq_answers_elsewhere_sign", "mailbox_id", "uid_validity", "sign", "kind", unique=True),
    Index("ix_answers_elsewhere_conversation", "conversation_id", "kind", "at"),
    Index("ix_answers_elsewhere_at", "at"),
)

# What sent answers refer to: one row for each id, so that an e-mail finds its answers by its own Message-ID.
answered_message_ids = Table(
    "answered_message_ids",
    metadata,
    _position(),
    _text("message_id"),
    _text("recipients_json"),
    _integer("at"),
    Index("ix_answered_message_ids_message_id", "message_id"),
    Index("ix_answered_message_ids_at", "at"),
)

executions = Table(
    "executions",
    metadata,
    _position(),
    _text("id"),
    _text("email_id"),
    _text("mailbox_id"),
    _text("workflow"),
    _integer("version"),
    _text("status"),
    _integer("run"),
    _optional_text("final_state"),
    _integer("created_at"),
    _integer("updated_at"),
    _integer("dry_run"),
    _optional_text("progress_json"),
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
    Column("cursor", _Position, primary_key=True, autoincrement=True),
    _text("execution_id"),
    _text("node_id"),
    _integer("attempt"),
    _text("kind"),
    _integer("at"),
    _text("note"),
    _text("output"),
    _optional_text("failure_json"),
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

reviews = Table(
    "reviews",
    metadata,
    _position(),
    _text("id"),
    _text("kind"),
    _text("execution_id"),
    _text("node_id"),
    _text("email_id"),
    _integer("rank"),
    _text("reason"),
    _optional_text("draft_json"),
    _text("status"),
    _optional_text("claimed_by"),
    _optional_text("decision_json"),
    _integer("created_at"),
    Column("reminded_at", BigInteger),
    # Until when the decision can be taken back; none: it is final.
    Column("not_before", BigInteger),
    Column("told_json", Text, nullable=False, server_default="[]"),
    Index("uq_reviews_id", "id", unique=True),
    Index("ix_reviews_queue", "status", "rank", "created_at", "position"),
    Index("ix_reviews_execution", "execution_id"),
    Index("ix_reviews_email", "email_id"),
)

replies = Table(
    "replies",
    metadata,
    _position(),
    _text("id"),
    _text("email_id"),
    _text("mailbox_id"),
    _text("conversation_id"),
    _text("message_id"),
    _text("mail_from"),
    _text("recipient_name"),
    _text("recipient_address"),
    Column("conversation_version", BigInteger),
    _integer("automatic"),
    _text("article_ids_json"),
    _text("state"),
    _integer("lease"),
    _text("detail"),
    Column("not_before", BigInteger),
    _integer("created_at"),
    _integer("updated_at"),
    # Replies from before these columns: nobody looks for their copies, and no report of them was read.
    Column("filed", BigInteger, nullable=False, server_default="1"),
    Column("bounced", Text, nullable=False, server_default=""),
    Column("retried_at", BigInteger),
    Column("sent_at", BigInteger),
    Index("uq_replies_id", "id", unique=True),
    Index("ix_replies_state", "state", "position"),
    Index("ix_replies_message_id", "message_id"),
    Index("ix_replies_email", "email_id"),
    Index("ix_replies_conversation", "conversation_id", "position"),
    Index("ix_replies_unfiled", "mailbox_id", "state", "position", sqlite_where=UNFILED, postgresql_where=UNFILED),
    Index(
        "ix_replies_due", "state", "not_before", "position", sqlite_where=NOT_YET_SENT, postgresql_where=NOT_YET_SENT
    ),
)

reply_contents = Table(
    "reply_contents",
    metadata,
    Column("reply_id", Text, ForeignKey("replies.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

records = Table(
    "records",
    metadata,
    _position(),
    _text("execution_id"),
    _text("email_id"),
    _text("mailbox_id"),
    _text("workflow"),
    _integer("version"),
    _integer("received_at"),
    _integer("recorded_at"),
    _text("result"),
    _optional_text("category"),
    _optional_text("priority"),
    _text("record_json"),
    Index("uq_records_execution", "execution_id", unique=True),
)

workflows = Table(
    "workflows",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _text("workflow_json"),
    Column("saved_at", BigInteger),
)

published_workflows = Table(
    "published_workflows", metadata, Column("slug", Text, primary_key=True), Column("version", Integer, nullable=False)
)

switches = Table("switches", metadata, Column("name", Text, primary_key=True))

paused_workflows = Table("paused_workflows", metadata, Column("slug", Text, primary_key=True))

requests = Table(
    "requests",
    metadata,
    _position(),
    _text("execution_id"),
    _text("wish"),
    _text("by"),
    _integer("at"),
    Index("uq_requests_wish", "execution_id", "wish", unique=True),
)

processes = Table(
    "processes",
    metadata,
    Column("executor_id", Text, primary_key=True),
    _text("host"),
    _integer("pid"),
    _integer("beat_at"),
    Index("ix_processes_beat", "beat_at"),
)

mailboxes = Table(
    "mailboxes", metadata, Column("id", Text, primary_key=True), _integer("revision"), _text("mailbox_json")
)

accounts = Table(
    "accounts",
    metadata,
    Column("family", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    _integer("revision"),
    _text("account_json"),
)

# One place of one reply under one scope; from `kept_until` on, no window that it was taken for reaches back to it.
allowances = Table(
    "allowances",
    metadata,
    _position(),
    _text("scope"),
    _text("reply_id"),
    _integer("at"),
    _integer("kept_until"),
    Index("uq_allowances_place", "scope", "reply_id", unique=True),
    Index("ix_allowances_scope", "scope", "at"),
    Index("ix_allowances_kept", "kept_until"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address", Text, primary_key=True),
    _text("reason"),
    _optional_text("reply_id"),
    _integer("at"),
)

# At most one alarm of a key is open; those that were cleared stay as history.
alarms = Table(
    "alarms",
    metadata,
    _position(),
    _text("key"),
    _text("title"),
    _text("text"),
    _integer("raised_at"),
    Column("told_at", BigInteger),
    Column("cleared_at", BigInteger),
    Index("uq_alarms_open", "key", unique=True, sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
    Index("ix_alarms_open", "raised_at", "position", sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN),
)

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("role"),
    _integer("disabled"),
    _integer("revision"),
    _text("user_json"),
    Index("uq_users_name", "name", unique=True),
)

credentials = Table(
    "credentials",
    metadata,
    _position(),
    _text("id"),
    _text("kind"),
    _text("digest"),
    _optional_text("user_id"),
    Column("expires_at", BigInteger),
    Column("last_used_at", BigInteger),
    _text("credential_json"),
    Index("uq_credentials_id", "id", unique=True),
    Index("uq_credentials_digest", "kind", "digest", unique=True),
    Index("ix_credentials_user", "user_id", "kind", "position"),
    Index("ix_credentials_kind", "kind", "position"),
    Index("ix_credentials_expires", "expires_at"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    _position(),
    _text("id"),
    _integer("at"),
    _text("by"),
    _text("act"),
    _text("subject"),
    _text("entry_json"),
    Index("uq_audit_entries_id", "id", unique=True),
    Index("ix_audit_entries_at", "at", "position"),
    Index("ix_audit_entries_by", "by", "at", "position"),
    Index("ix_audit_entries_act", "act", "at", "position"),
    Index("ix_audit_entries_subject", "subject", "at", "position"),
)

notes = Table(
    "notes",
    metadata,
    _position(),
    _text("id"),
    _text("conversation_id"),
    _text("by"),
    _integer("at"),
    _text("text"),
    Index("uq_notes_id", "id", unique=True),
    Index("ix_notes_conversation", "conversation_id", "position"),
    # As cursors name positions, that of a removed note must not be given to a later one.
    sqlite_autoincrement=True,
)

preferences = Table(
    "preferences", metadata, Column("name", Text, primary_key=True), _integer("revision"), _text("preferences_json")
)

submissions = Table(
    "submissions",
    metadata,
    Column("key", Text, primary_key=True),
    _text("fingerprint"),
    _text("plan"),
    _integer("at"),
    Index("ix_submissions_at", "at"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    _integer("cursor"),
    _text("stopped"),
    _integer("revision"),
    _text("webhook_json"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _position(),
    _text("id"),
    _text("webhook_id"),
    _integer("event_cursor"),
    _text("body"),
    _text("state"),
    _integer("attempts"),
    _integer("next_at"),
    _integer("created_at"),
    _integer("updated_at"),
    _text("detail"),
    Index("uq_deliveries_id", "id", unique=True),
    Index("ix_deliveries_webhook", "webhook_id", "position"),
    Index("ix_deliveries_state", "webhook_id", "state", "position"),
    Index("ix_deliveries_ended", "state", "updated_at"),
    Index(
        "ix_deliveries_due",
        "webhook_id",
        "next_at",
        "position",
        sqlite_where=NOT_YET_DELIVERED,
        postgresql_where=NOT_YET_DELIVERED,
    ),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    _integer("revision"),
    _text("article_json"),
)

# Numbers that only grow, by name.
counters = Table("counters", metadata, Column("name", Text, primary_key=True), _integer("number"))

# What a search can find; the words of each lie under its `document` in an index of the dialect's own making.
search_documents = Table(
    "search_documents",
    metadata,
    Column("document", _Position, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("id"),
    _text("conversation_id"),
    _optional_text("mailbox_id"),
    Index("uq_search_documents_id", "kind", "id", unique=True),
)

categories = Table(
    "categories", metadata, Column("name", Text, primary_key=True), _integer("revision"), _text("category_json")
)

examples = Table(
    "examples",
    metadata,
    _position(),
    _text("id"),
    _text("origin"),
    _text("category"),
    _optional_text("mailbox_id"),
    _optional_text("email_id"),
    _text("example_json"),
    Index("uq_examples_id", "id", unique=True),
    Index("ix_examples_origin", "origin", "position"),
    Index("ix_examples_category", "category", "position"),
    Index("ix_examples_mailbox", "mailbox_id", "position"),
    Index("ix_examples_email", "email_id"),
    sqlite_autoincrement=True,
)

judgements = Table(
    "judgements",
    metadata,
    Column("example_id", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    _integer("at"),
    _text("judgement_json"),
    Index("ix_judgements_model", "model", "at"),
)

models = Table(
    "models",
    metadata,
    _position(),
    _text("id"),
    _text("state"),
    _text("model_json"),
    Index("uq_models_id", "id", unique=True),
    Index("ix_models_state", "state"),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    _position(),
    _text("id"),
    _text("kind"),
    _text("state"),
    _text("worker"),
    Column("beat_at", BigInteger),
    _integer("cancelling"),
    _text("job_json"),
    Index("uq_jobs_id", "id", unique=True),
    Index("ix_jobs_kind", "kind", "position"),
    Index("ix_jobs_state", "state", "position"),
    sqlite_autoincrement=True,
)

# In millionths of the currency of the prices.
spending = Table(
    "spending",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    _integer("amount"),
)
