"""The outbox in SQL: a claim is one UPDATE that looks at everything it depends on."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Text,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.base import Executable

from postroom.errors import NotFoundError
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.interfaces.provider import Claim
from postroom.model.email import ConversationId, EmailId, MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.page import Page
from postroom.model.reply import Reply, ReplyId, ReplyState
from postroom.stores.sql.controls import SENDING_HALTED
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, reply_of, reply_row
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.emails import conversations, message_ids
from postroom.stores.sql.tables.replies import NOT_YET_SENT, UNFILED, replies, reply_contents
from postroom.stores.sql.tables.workflows import switches

# Stands for "no `not_before`" in cursors: nothing was due in 1970.
_AT_ONCE = 0

_KEY: BindParameter[str] = bindparam("key")
_PENDING = literal(ReplyState.PENDING.value)
_SENDING = literal(ReplyState.SENDING.value)
_SENT = literal(ReplyState.SENT.value)
_UNCERTAIN = literal(ReplyState.UNCERTAIN.value)
_MINE = (replies.c.id == _KEY, replies.c.state == _PENDING, replies.c.lease == bindparam("expected"))
_DUE = or_(replies.c.not_before.is_(None), replies.c.not_before <= bindparam("at"))
_HALTED = exists(select(switches.c.name).where(switches.c.name == literal(SENDING_HALTED)))
_VERSION = select(conversations.c.version).where(conversations.c.id == replies.c.conversation_id).scalar_subquery()
_FRESH = or_(replies.c.conversation_version.is_(None), replies.c.conversation_version == _VERSION)
_OTHER = replies.alias("other")
# The same e-mail may be executed for two mailboxes, or once more, and its conversation has one version in all of them.
_ANSWERED_BY_ANOTHER = exists(
    select(_OTHER.c.id).where(
        _OTHER.c.email_id == replies.c.email_id,
        _OTHER.c.state.in_([_SENDING, _SENT, _UNCERTAIN]),
        or_(_OTHER.c.id < bindparam("first"), _OTHER.c.id >= bindparam("beyond")),
        _OTHER.c.id.not_in(bindparam("told", expanding=True)),
    )
)


def _sent(at: ColumnElement[int]) -> ColumnElement[int]:
    """Return when a reply was first sent, for a change to `state` at that time."""
    becomes_sent = bindparam("state", type_=Text) == _SENT
    return case((becomes_sent, func.coalesce(replies.c.sent_at, at)), else_=replies.c.sent_at)


_WITH_CONTENT = select(replies, reply_contents.c.content).join(
    reply_contents, reply_contents.c.reply_id == replies.c.id
)

ADD = insert_once(replies, "id")
ADD_CONTENT = insert(reply_contents)
ADD_MESSAGE_ID = insert_once(message_ids, "message_id")
ANSWERED_BY_PERSON = (
    update(conversations)
    .where(conversations.c.id == _KEY)
    .values(version=conversations.c.version + 1, updated_at=bindparam("at"))
)
ONE = _WITH_CONTENT.where(replies.c.id == bindparam("id"))
CLAIM = (
    update(replies)
    .where(*_MINE, _DUE, ~_HALTED, _FRESH, ~_ANSWERED_BY_ANOTHER)
    .values(state=_SENDING, lease=bindparam("lease"), updated_at=bindparam("at"))
)
WHY_NOT = select(_DUE.label("due"), _HALTED.label("halted")).select_from(replies).where(*_MINE)
RECORD = (
    update(replies)
    .where(replies.c.id == _KEY, replies.c.state == _SENDING, replies.c.lease == bindparam("expected"))
    .values(
        state=bindparam("state"), detail=bindparam("detail"), updated_at=bindparam("at"), sent_at=_sent(bindparam("at"))
    )
)
SETTLE = (
    update(replies)
    .where(replies.c.id == _KEY, replies.c.state == bindparam("before"))
    # Nobody knows the time any better than when it was last tried.
    .values(state=bindparam("state"), detail=bindparam("detail"), sent_at=_sent(replies.c.updated_at))
)
DEFER = (
    update(replies)
    .where(replies.c.id == _KEY, replies.c.state == _PENDING)
    .values(not_before=bindparam("until"), detail=bindparam("detail"))
)
RETRY = (
    update(replies)
    .where(replies.c.id == _KEY, replies.c.state == literal(ReplyState.FAILED.value))
    .values(state=_PENDING, not_before=None, retried_at=bindparam("at"), detail=bindparam("detail"))
)
_DUE_KEYS = select(replies.c.id, replies.c.not_before, replies.c.position).where(NOT_YET_SENT)
DUE_AT_ONCE = (
    _DUE_KEYS.where(replies.c.not_before.is_(None), replies.c.position > bindparam("position"))
    .order_by(replies.c.position)
    .limit(bindparam("limit"))
)
DUE_BY_NOW = (
    _DUE_KEYS.where(
        replies.c.not_before <= bindparam("at"),
        tuple_(replies.c.not_before, replies.c.position) > tuple_(bindparam("since"), bindparam("position")),
    )
    .order_by(replies.c.not_before, replies.c.position)
    .limit(bindparam("limit"))
)
BY_MESSAGE_ID = (
    _WITH_CONTENT.where(replies.c.message_id == bindparam("message_id")).order_by(replies.c.position).limit(1)
)
BOUNCED = update(replies).where(replies.c.id == _KEY, replies.c.bounced == "").values(bounced=bindparam("report"))
UNFILED_OF = (
    _WITH_CONTENT.where(UNFILED, replies.c.mailbox_id == bindparam("mailbox_id"), replies.c.state == _SENT)
    .order_by(replies.c.position)
    .limit(bindparam("limit"))
)
FILED = update(replies).where(replies.c.id == _KEY).values(filed=literal(1))
LIST = _WITH_CONTENT.where(replies.c.position > bindparam("position")).order_by(replies.c.position)
LIST = LIST.limit(bindparam("limit"))
LIST_STATE = LIST.where(replies.c.state == bindparam("state"))
OF_CONVERSATION = LIST.where(replies.c.conversation_id == bindparam("conversation_id"))
OF_EMAIL = LIST.where(replies.c.email_id == bindparam("email_id"))
# Both ends of a range of ids; it needs a column that is ordered by code point, as SQLite's are.
OF_EXECUTION = _WITH_CONTENT.where(replies.c.id >= bindparam("first"), replies.c.id < bindparam("beyond")).order_by(
    replies.c.created_at, replies.c.position
)
COUNT = select(replies.c.state, func.count()).group_by(replies.c.state)


class SqlOutbox:
    """The `Outbox` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, reply: Reply) -> Reply:
        """Store a pending reply and return it; where its id is taken, return the stored one unchanged.

        Its Message-ID leads answers to its conversation. A reply that a person approved raises the version of the
        conversation, so that drafts made before it are stale.
        """
        row = reply_row(reply)
        content = {"reply_id": reply.id, "content": reply.outgoing.content}
        message_id = {"message_id": reply.outgoing.message_id, "conversation_id": reply.conversation_id}

        def operation(connection: Connection) -> Reply:
            if connection.execute(ADD, row).rowcount == 0:
                return reply_of(connection.execute(ONE, {"id": reply.id}).one())
            connection.execute(ADD_CONTENT, content)
            connection.execute(ADD_MESSAGE_ID, message_id)
            if reply.conversation_version is None:
                values = {"key": reply.conversation_id, "at": row["created_at"]}
                connection.execute(ANSWERED_BY_PERSON, values)
            return reply

        return await self._database.write(operation)

    async def get(self, reply_id: ReplyId) -> Reply:
        """Return one reply; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": reply_id}).first())
        if row is None:
            raise NotFoundError(f"There is no reply {reply_id!r}.", hint="Its execution names it.")
        return reply_of(row)

    async def claim(self, reply_id: ReplyId, *, lease: int, at: datetime, told: Collection[str] = ()) -> Claim:
        """Compare-and-set: pending with lease `lease - 1` → sending with `lease`, in one atomic look."""
        values = {"key": reply_id, "lease": lease, "expected": lease - 1, "at": millis(at), "told": sorted(told)}
        values |= _ids_of(reply_id.partition("/")[0])

        def operation(connection: Connection) -> Claim:
            if connection.execute(CLAIM, values).rowcount == 1:
                return Claim.GRANTED
            found = connection.execute(WHY_NOT, values).first()
            if found is None:
                return Claim.TAKEN
            return Claim.HALTED if found.halted or not found.due else Claim.STALE

        return await self._database.write(operation)

    async def record(self, reply_id: ReplyId, *, lease: int, state: ReplyState, detail: str, at: datetime) -> bool:
        """Compare-and-set: sending with `lease` → `state`; False where the lease is gone."""
        values = {"key": reply_id, "expected": lease, "state": state.value, "detail": detail, "at": millis(at)}
        return await self._database.write(lambda connection: connection.execute(RECORD, values).rowcount == 1)

    async def settle(self, reply_id: ReplyId, *, before: ReplyState, after: ReplyState, detail: str) -> bool:
        """Compare-and-set of the state alone; False where it is not `before`."""
        values = {"key": reply_id, "before": before.value, "state": after.value, "detail": detail}
        return await self._database.write(lambda connection: connection.execute(SETTLE, values).rowcount == 1)

    async def defer(self, reply_id: ReplyId, *, until: datetime, detail: str) -> bool:
        """Compare-and-set: pending → pending with `not_before` = `until`; False where it is not pending."""
        values = {"key": reply_id, "until": millis(until), "detail": detail}
        return await self._database.write(lambda connection: connection.execute(DEFER, values).rowcount == 1)

    async def retry(self, reply_id: ReplyId, *, at: datetime, detail: str) -> bool:
        """Compare-and-set: failed → pending, due at once and `retried_at` = `at`; False where it is not failed."""
        values = {"key": reply_id, "at": millis(at), "detail": detail}
        return await self._database.write(lambda connection: connection.execute(RETRY, values).rowcount == 1)

    async def due(self, *, at: datetime, after: str | None = None, limit: int = 50) -> Page[ReplyId]:
        """Return the pending replies that may be sent at `at`, longest due first."""
        since, position = read_cursor(after, (_AT_ONCE, BEFORE_ALL))
        wanted = limit + 1

        def operation(connection: Connection) -> Sequence[Found]:
            if since != _AT_ONCE:
                values = {"at": millis(at), "since": since, "position": position, "limit": wanted}
                return connection.execute(DUE_BY_NOW, values).all()
            at_once = connection.execute(DUE_AT_ONCE, {"position": position, "limit": wanted}).all()
            values = {"at": millis(at), "since": since, "position": BEFORE_ALL, "limit": wanted - len(at_once)}
            return [*at_once, *connection.execute(DUE_BY_NOW, values).all()]

        rows = await self._database.read(operation)
        return make_page(rows, limit, lambda row: ReplyId(row.id), lambda row: write_cursor(_since(row), row.position))

    async def by_message_id(self, message_id: str) -> Reply | None:
        """Return the reply that has this Message-ID, None where there is none."""
        values = {"message_id": message_id}
        row = await self._database.read(lambda connection: connection.execute(BY_MESSAGE_ID, values).first())
        return None if row is None else reply_of(row)

    async def bounced(self, reply_id: ReplyId, *, detail: str) -> None:
        """Note what a delivery report said of a reply; the first one stays."""
        await self._execute(BOUNCED, {"key": reply_id, "report": detail})

    async def unfiled(self, mailbox_id: MailboxId, *, limit: int = 50) -> tuple[Reply, ...]:
        """Return sent replies of a mailbox whose copy does not lie in its Sent folder yet, oldest first."""
        values = {"mailbox_id": mailbox_id, "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(UNFILED_OF, values).all())
        return tuple(reply_of(row) for row in rows)

    async def filed(self, reply_id: ReplyId) -> None:
        """Note that the copy of a reply lies in the Sent folder."""
        await self._execute(FILED, {"key": reply_id})

    async def list(self, *, state: ReplyState | None = None, after: str | None = None, limit: int = 50) -> Page[Reply]:
        """Return replies, oldest first."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        statement = LIST if state is None else LIST_STATE
        values = {"position": position, "limit": limit + 1} | ({} if state is None else {"state": state.value})
        rows = await self._database.read(lambda connection: connection.execute(statement, values).all())
        return make_page(rows, limit, reply_of, lambda row: write_cursor(row.position))

    async def of_conversation(
        self, conversation_id: ConversationId, *, after: str | None = None, limit: int = 50
    ) -> Page[Reply]:
        """Return the replies in one conversation, oldest first."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        values = {"conversation_id": conversation_id, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(OF_CONVERSATION, values).all())
        return make_page(rows, limit, reply_of, lambda row: write_cursor(row.position))

    async def of_email(self, email_id: EmailId, *, after: str | None = None, limit: int = 50) -> Page[Reply]:
        """Return the replies to one e-mail, of all its executions, oldest first."""
        (position,) = read_cursor(after, (BEFORE_ALL,))
        values = {"email_id": email_id, "position": position, "limit": limit + 1}
        rows = await self._database.read(lambda connection: connection.execute(OF_EMAIL, values).all())
        return make_page(rows, limit, reply_of, lambda row: write_cursor(row.position))

    async def of_execution(self, execution_id: ExecutionId) -> tuple[Reply, ...]:
        """Return all replies whose id begins with `<execution_id>/`, oldest first."""
        values = _ids_of(execution_id)
        rows = await self._database.read(lambda connection: connection.execute(OF_EXECUTION, values).all())
        return tuple(reply_of(row) for row in rows)

    async def count(self) -> dict[ReplyState, int]:
        """Return how many replies there are in each state."""
        rows = await self._database.read(lambda connection: connection.execute(COUNT).all())
        return {ReplyState(state): number for state, number in rows}

    async def _execute(self, statement: Executable, values: Values) -> None:
        def operation(connection: Connection) -> None:
            connection.execute(statement, values)

        await self._database.write(operation)


def _ids_of(execution_id: str) -> Values:
    """Return both ends of the range of the ids of an execution's replies: "0" comes right after "/"."""
    return {"first": f"{execution_id}/", "beyond": f"{execution_id}0"}


def _since(row: Found) -> int:
    return row.not_before or _AT_ONCE
