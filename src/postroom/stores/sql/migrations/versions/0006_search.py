"""What a search can find, the index of its words, what waits in a mailbox, and which e-mails further ones have."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from postroom.interfaces.codec import decode
from postroom.model.email import ConversationId, Email, EmailId, MailboxId, StoredEmail
from postroom.stores.sql.rows import moment
from postroom.stores.sql.search_index import index_emails, index_further_mailboxes

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BATCH = 200

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Without content, places and lengths of texts: it only says which documents have a word, or begin so.
_MAKE_INDEX = (
    "CREATE VIRTUAL TABLE search_words USING fts5("
    "words, content='', columnsize=0, detail=none, tokenize='ascii', prefix='2')"
)
_NOT_YET_BEGUN = sa.text("status = 'queued' AND run = 1")
_AS_HISTORY = sa.text("kind = 'history'")
_EMAILS = sa.text(
    "SELECT position, id, mailbox_id, conversation_id, content_hash, received_at, accepted_at, size_bytes, email_json"
    " FROM emails WHERE position > :position ORDER BY position LIMIT :limit"
)

# The mailbox that an e-mail lay in first is its own.
_FILL_FURTHER = (
    "INSERT INTO further_mailboxes (mailbox_id, received_at, email_position)"
    " SELECT DISTINCT ledger.mailbox_id, emails.received_at, emails.position"
    " FROM ledger JOIN emails ON emails.id = ledger.email_id WHERE ledger.mailbox_id <> emails.mailbox_id"
)
_FURTHER = (
    "SELECT emails.id AS email_id, further_mailboxes.mailbox_id"
    " FROM further_mailboxes JOIN emails ON emails.position = further_mailboxes.email_position"
)


def upgrade() -> None:
    """Add the tables and indexes, and let a search find the e-mails that are stored."""
    op.create_table(
        "search_documents",
        sa.Column("document", _POSITION, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("mailbox_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("document"),
    )
    op.create_index("uq_search_documents_id", "search_documents", ["kind", "id"], unique=True)
    op.drop_index("ix_emails_received", "emails")
    op.create_index("ix_emails_received", "emails", ["received_at", "position", "id"])
    waiting = ["mailbox_id", "position"]
    op.create_index(
        "ix_executions_waiting",
        "executions",
        waiting,
        sqlite_where=_NOT_YET_BEGUN,
        postgresql_where=_NOT_YET_BEGUN,
    )
    op.create_index("ix_ledger_history", "ledger", waiting, sqlite_where=_AS_HISTORY, postgresql_where=_AS_HISTORY)
    op.execute(_MAKE_INDEX)
    connection = op.get_bind()
    for batch in _stored(connection):
        index_emails(connection, batch)
    _make_further_mailboxes()
    op.execute(_FILL_FURTHER)
    for rows in connection.execute(sa.text(_FURTHER)).partitions(BATCH):
        index_further_mailboxes(connection, [(EmailId(row.email_id), MailboxId(row.mailbox_id)) for row in rows])


def _make_further_mailboxes() -> None:
    op.create_table(
        "further_mailboxes",
        sa.Column("mailbox_id", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email_position", _POSITION, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", "received_at", "email_position"),
        sqlite_with_rowid=False,
    )


def _stored(connection: sa.Connection) -> Iterator[Sequence[StoredEmail]]:
    """Yield all e-mails, a few at a time, so that memory does not grow with them."""
    position = 0
    while rows := connection.execute(_EMAILS, {"position": position, "limit": BATCH}).all():
        yield [_email(row) for row in rows]
        position = rows[-1].position


def _email(row: sa.Row[*tuple[object, ...]]) -> StoredEmail:
    # Read here and not by the store, whose rows of e-mails may have more columns one day.
    return StoredEmail(
        id=EmailId(row.id),
        mailbox_id=MailboxId(row.mailbox_id),
        conversation_id=ConversationId(row.conversation_id),
        content_hash=row.content_hash,
        received_at=moment(row.received_at),
        accepted_at=moment(row.accepted_at),
        size_bytes=row.size_bytes,
        email=decode(Email, row.email_json),
    )
