"""What waits in a mailbox, counted in SQL: each statement costs what waits in all mailboxes, not what is stored."""

from sqlalchemy import Connection, bindparam, exists, func, literal, or_, select

from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionStatus
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewKind, ReviewStatus
from postroom.model.waiting import Waiting
from postroom.stores.sql.tables.executions import executions
from postroom.stores.sql.tables.people import reviews
from postroom.stores.sql.tables.replies import NOT_YET_SENT, replies

# One comparison each: a list would be written into the statement anew at every call.
_UNDONE = or_(*(reviews.c.status == literal(one.value) for one in ReviewStatus if one is not ReviewStatus.CLOSED))
_UNFINISHED = or_(*(executions.c.status == literal(one.value) for one in ExecutionStatus if not one.settled))
# In words that no index serves: what waits leads, not all there is of the mailbox.
_HERE = executions.c.mailbox_id.concat(literal("")) == bindparam("mailbox_id")

REVIEWS = (
    select(func.count())
    .select_from(reviews.join(executions, executions.c.id == reviews.c.execution_id))
    .where(_UNDONE, _HERE, reviews.c.kind != literal(ReviewKind.AUDIT.value))
)
REPLIES = (
    select(func.count())
    .select_from(replies)
    .where(NOT_YET_SENT, replies.c.mailbox_id.concat(literal("")) == bindparam("mailbox_id"))
)
EMAILS = (
    select(func.count())
    .select_from(executions)
    .where(
        _UNFINISHED,
        _HERE,
        ~exists().where(reviews.c.execution_id == executions.c.id, _UNDONE),
        # The id of a reply begins with its execution's and a slash; `0` is the sign behind it. Its state is written so
        # that no index serves it: the few replies of one execution are looked at, not all that wait.
        ~exists().where(
            replies.c.state.concat(literal("")) == literal(ReplyState.PENDING.value),
            replies.c.id >= executions.c.id.concat(literal("/")),
            replies.c.id < executions.c.id.concat(literal("0")),
        ),
    )
)


def waiting_in(connection: Connection, mailbox_id: MailboxId) -> Waiting:
    """Return how much waits in a mailbox, as of the transaction."""
    values = {"mailbox_id": mailbox_id}
    numbers = [int(connection.execute(statement, values).scalar_one()) for statement in (REVIEWS, REPLIES, EMAILS)]
    return Waiting(reviews=numbers[0], replies=numbers[1], emails=numbers[2])
