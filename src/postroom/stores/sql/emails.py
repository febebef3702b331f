"""Stored e-mails and their conversations in SQL."""

from sqlalchemy import bindparam, select, tuple_

from postroom.errors import NotFoundError
from postroom.model.conversation import Conversation
from postroom.model.email import ConversationId, EmailId, StoredEmail
from postroom.model.page import Page
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import AFTER_ALL, make_page, read_cursor, write_cursor
from postroom.stores.sql.rows import conversation_of, email_of
from postroom.stores.sql.tables import conversations, email_contents, emails

ONE = select(emails).where(emails.c.id == bindparam("id"))
CONTENT = select(email_contents.c.content).where(email_contents.c.email_id == bindparam("id"))
CONVERSATION = select(conversations).where(conversations.c.id == bindparam("id"))
LIST = (
    select(emails)
    .where(tuple_(emails.c.received_at, emails.c.position) < tuple_(bindparam("at"), bindparam("position")))
    .order_by(emails.c.received_at.desc(), emails.c.position.desc())
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

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[StoredEmail]:
        """Return e-mails, newest received first."""
        at, position = read_cursor(after, (AFTER_ALL, AFTER_ALL))
        values = {"at": at, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(LIST, values).all())
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
