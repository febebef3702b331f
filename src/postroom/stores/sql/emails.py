"""Stored e-mails and their conversations in SQL."""

from sqlalchemy import bindparam, select, tuple_

from postroom.errors import NotFoundError
from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, EmailId, StoredEmail
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, BEFORE_ALL, make_page, read_cursor, write_cursor
from postroom.stores.sql.rows import conversation_of, email_of
from postroom.stores.sql.tables import attachments, conversations, email_contents, emails

ONE = select(emails).where(emails.c.id == bindparam("id"))
CONTENT = select(email_contents.c.content).where(email_contents.c.email_id == bindparam("id"))
ATTACHMENT = select(attachments.c.content).where(attachments.c.digest == bindparam("digest"))
CONVERSATION = select(conversations).where(conversations.c.id == bindparam("id"))
LIST = (
    select(emails)
    .where(tuple_(emails.c.received_at, emails.c.position) < tuple_(bindparam("at"), bindparam("position")))
    .order_by(emails.c.received_at.desc(), emails.c.position.desc())
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

SEE_IDS = "`postroom status` shows ids."


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

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[StoredEmail]:
        """Return e-mails, newest received first."""
        at, position = read_cursor(after, (AFTER_ALL, AFTER_ALL))
        values = {"at": at, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
        return make_page(rows, limit, email_of, lambda row: write_cursor(row.received_at, row.position))

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[StoredEmail]:
        """Return the e-mails of one conversation, oldest received first."""
        at, position = read_cursor(after, (BEFORE_ALL, BEFORE_ALL))
        values = {"conversation_id": conversation_id, "at": at, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(OF_CONVERSATION, values).all())
        return make_page(rows, limit, email_of, lambda row: write_cursor(row.received_at, row.position))

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Return one conversation with its present version; NotFoundError where there is none."""
        values = {"id": conversation_id}
        row = await self._database.read(lambda connection: connection.execute(CONVERSATION, values).first())
        if row is None:
            raise NotFoundError(
                f"There is no conversation {conversation_id!r}.", hint="Each stored e-mail names its own."
            )
        return conversation_of(row)
