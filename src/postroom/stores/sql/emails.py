"""Stored e-mails and their conversations in SQL."""

from collections.abc import Collection
from heapq import merge
from itertools import islice

from sqlalchemy import Connection, bindparam, exists, literal, null, select, tuple_

from postroom.errors import NotFoundError
from postroom.interfaces.cursor import read_cursor, read_text_cursor, write_cursor, write_text_cursor
from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, EmailId, MailboxId, StoredEmail, WaitingEmail
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, Values, conversation_of, email_of
from postroom.stores.sql.statements import in_chunks
from postroom.stores.sql.tables.emails import attachments, conversations, email_contents, emails, further_mailboxes
from postroom.stores.sql.tables.executions import NOT_YET_BEGUN, executions
from postroom.stores.sql.tables.intake import AS_HISTORY, ledger

ONE = select(emails).where(emails.c.id == bindparam("id"))
SOME = select(emails).where(emails.c.id.in_(bindparam("keys", expanding=True)))
CONTENT = select(email_contents.c.content).where(email_contents.c.email_id == bindparam("id"))
ATTACHMENT = select(attachments.c.content).where(attachments.c.digest == bindparam("digest"))
CONVERSATION = select(conversations).where(conversations.c.id == bindparam("id"))
LIST = (
    select(emails)
    .where(tuple_(emails.c.received_at, emails.c.position) < tuple_(bindparam("at"), bindparam("position")))
    .order_by(emails.c.received_at.desc(), emails.c.position.desc())
    .limit(bindparam("limit"))
)
LIST_MAILBOX = LIST.where(emails.c.mailbox_id == bindparam("mailbox_id"))
LIST_FURTHER = (
    select(emails)
    .select_from(further_mailboxes.join(emails, emails.c.position == further_mailboxes.c.email_position))
    .where(
        further_mailboxes.c.mailbox_id == bindparam("mailbox_id"),
        tuple_(further_mailboxes.c.received_at, further_mailboxes.c.email_position)
        < tuple_(bindparam("at"), bindparam("position")),
    )
    .order_by(further_mailboxes.c.received_at.desc(), further_mailboxes.c.email_position.desc())
    .limit(bindparam("limit"))
)
OF_CONVERSATION = (
    select(emails)
    .where(
        emails.c.conversation_id == bindparam("conversation_id"),
        tuple_(emails.c.received_at, emails.c.position) > tuple_(bindparam("at"), bindparam("position")),
    )
    .order_by(emails.c.received_at, emails.c.position)
    .limit(bindparam("limit"))
)
CONVERSATIONS = (
    select(conversations)
    .where(tuple_(conversations.c.updated_at, conversations.c.id) < tuple_(bindparam("at"), bindparam("id")))
    .order_by(conversations.c.updated_at.desc(), conversations.c.id.desc())
    .limit(bindparam("limit"))
)
_NEWER = executions.alias("newer")
WAITING_EXECUTIONS = (
    select(executions.c.email_id, executions.c.id.label("execution_id"), executions.c.created_at.label("at"))
    .where(
        NOT_YET_BEGUN,
        executions.c.mailbox_id == bindparam("mailbox_id"),
        executions.c.dry_run == literal(0),
        ~exists().where(
            _NEWER.c.email_id == executions.c.email_id,
            _NEWER.c.position > executions.c.position,
            _NEWER.c.dry_run == literal(0),
        ),
    )
    .order_by(executions.c.position)
    .limit(bindparam("limit"))
)
WAITING_HISTORY = (
    select(ledger.c.email_id, null().label("execution_id"), ledger.c.accepted_at.label("at"))
    .where(
        AS_HISTORY,
        ledger.c.mailbox_id == bindparam("mailbox_id"),
        ~exists().where(executions.c.email_id == ledger.c.email_id, executions.c.dry_run == literal(0)),
    )
    .order_by(ledger.c.position)
    .limit(bindparam("limit"))
)

SEE_IDS = "The lists of e-mails and executions show ids."


class SqlEmails:
    """The `Emails` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, email_id: EmailId) -> StoredEmail:
        """Return one e-mail; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": email_id}).first())
        if row is None:
            raise NotFoundError(f"There is no e-mail {email_id!r}.", hint=SEE_IDS)
        return email_of(row)

    async def some(self, email_ids: Collection[EmailId]) -> dict[EmailId, StoredEmail]:
        """Return those of these e-mails that there are, by id."""
        wanted = sorted(set(email_ids))

        def query(connection: Connection) -> list[Found]:
            return list(in_chunks(connection, SOME, wanted, {}))

        found = [email_of(row) for row in await self._database.read(query)]
        return {one.id: one for one in found}

    async def raw(self, email_id: EmailId) -> bytes:
        """Return the bytes as the mailbox gave them; NotFoundError where there are none."""
        row = await self._database.read(lambda connection: connection.execute(CONTENT, {"id": email_id}).first())
        if row is None:
            raise NotFoundError(f"There are no bytes of an e-mail {email_id!r}.", hint=SEE_IDS)
        return bytes(row.content)

    async def attachment(self, digest: str) -> bytes:
        """Return the bytes of an attachment; NotFoundError where none of that digest is kept."""
        row = await self._database.read(lambda connection: connection.execute(ATTACHMENT, {"digest": digest}).first())
        if row is None:
            raise NotFoundError(
                f"There is no attachment {digest!r}.", hint="Each stored e-mail names the digests of its attachments."
            )
        return bytes(row.content)

    async def list(
        self, mailbox_id: MailboxId | None = None, *, after: str | None = None, limit: int = 50
    ) -> Page[StoredEmail]:
        """Return e-mails, of one mailbox or of all, newest received first."""
        at, position = read_cursor(after, (AFTER_ALL, AFTER_ALL))
        walks = (LIST,) if mailbox_id is None else (LIST_MAILBOX, LIST_FURTHER)
        chosen: Values = {} if mailbox_id is None else {"mailbox_id": mailbox_id}
        values = {"at": at, "position": position, "limit": limit + 1} | chosen

        def query(connection: Connection) -> list[Found]:
            found = [connection.execute(walk, values).all() for walk in walks]
            return list(islice(merge(*found, key=_newest_first), limit + 1))

        rows = await self._database.read(query)
        return make_page(rows, limit, email_of, lambda row: write_cursor(row.received_at, row.position))

    async def waiting(self, mailbox_id: MailboxId, *, limit: int) -> tuple[WaitingEmail, ...]:
        """Return e-mails of a mailbox that nothing has begun to work on, oldest first (by when they were stored)."""
        values = {"mailbox_id": mailbox_id, "limit": limit}

        def query(connection: Connection) -> tuple[WaitingEmail, ...]:
            walks = [connection.execute(walk, values).all() for walk in (WAITING_EXECUTIONS, WAITING_HISTORY)]
            found = islice(merge(*walks, key=lambda row: int(row.at)), limit)
            return tuple(WaitingEmail(email_id=row.email_id, execution_id=row.execution_id) for row in found)

        return await self._database.read(query)

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[StoredEmail]:
        """Return the e-mails of one conversation, oldest received first."""
        at, position = read_cursor(after, (BEFORE_ALL, BEFORE_ALL))
        values = {"conversation_id": conversation_id, "at": at, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(OF_CONVERSATION, values).all())
        return make_page(rows, limit, email_of, lambda row: write_cursor(row.received_at, row.position))

    async def conversations(self, *, after: str | None = None, limit: int = 50) -> Page[Conversation]:
        """Return conversations, the one in which most recently something was written first."""
        at, key = _conversation_after(after)
        values = {"at": at, "id": key, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(CONVERSATIONS, values).all())
        return make_page(rows, limit, conversation_of, _conversation_cursor)

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Return one conversation with its present version; NotFoundError where there is none."""
        values = {"id": conversation_id}
        row = await self._database.read(lambda connection: connection.execute(CONVERSATION, values).first())
        if row is None:
            raise NotFoundError(
                f"There is no conversation {conversation_id!r}.", hint="Each stored e-mail names its own."
            )
        return conversation_of(row)


def _newest_first(row: Found) -> tuple[int, int]:
    return -row.received_at, -row.position


def _conversation_after(cursor: str | None) -> tuple[int, str]:
    """Return the time and the id of a cursor: a number and a text with a dot between, which neither holds."""
    if cursor is None:
        return AFTER_ALL, ""
    at, _, key = cursor.partition(".")
    return read_cursor(at, (AFTER_ALL,))[0], read_text_cursor(key)[0]


def _conversation_cursor(row: Found) -> str:
    return f"{write_cursor(row.updated_at)}.{write_text_cursor(row.id)}"
