"""What still waits in a mailbox: questions to people, replies not handed over yet, and e-mails not finished yet."""

from dataclasses import dataclass
from functools import partial

from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import MailboxId
from postroom.model.execution import Execution, ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.model.page import Page
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewStatus

PAGE = 200
UNDONE = (ReviewStatus.OPEN, ReviewStatus.CLAIMED, ReviewStatus.DECIDED)
# In the order that an execution goes through them: one that moves on while they are counted is met again, not missed.
UNFINISHED = (ExecutionStatus.QUEUED, ExecutionStatus.PAUSED, ExecutionStatus.RUNNING, ExecutionStatus.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many reviews, pending replies and other unfinished e-mails of a mailbox wait; nothing is counted twice."""

    reviews: int
    replies: int
    emails: int

    @property
    def in_words(self) -> str:
        """As `2 reviews, 1 reply and 3 unfinished e-mails`; empty where nothing waits."""
        counted = (
            (self.reviews, "review", "reviews"),
            (self.replies, "reply", "replies"),
            (self.emails, "unfinished e-mail", "unfinished e-mails"),
        )
        words = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
        return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


async def waiting_in(stores: Stores, mailbox_id: MailboxId) -> Waiting:
    """Return how much waits in a mailbox."""
    reviews = replies = 0
    counted: set[str] = set()
    async for review in every(lambda after: stores.reviews.list(statuses=UNDONE, after=after, limit=PAGE)):
        execution = await stores.executions.get(ExecutionId(review.execution_id))
        if execution.mailbox_id == mailbox_id:
            reviews += 1
            counted.add(execution.id)
    pending = ReplyState.PENDING
    async for reply in every(lambda after: stores.outbox.list(state=pending, after=after, limit=PAGE)):
        if reply.mailbox_id == mailbox_id:
            replies += 1
            counted.add(reply.id.partition("/")[0])
    unfinished = await _unfinished(stores, mailbox_id)
    return Waiting(reviews=reviews, replies=replies, emails=len(unfinished - counted))


async def _unfinished(stores: Stores, mailbox_id: MailboxId) -> set[str]:
    wanted = [ExecutionFilter(status=status, mailbox_id=mailbox_id) for status in UNFINISHED]
    return {execution.id for one in wanted async for execution in every(partial(_page_of, stores, one))}


async def _page_of(stores: Stores, wanted: ExecutionFilter, after: str | None) -> Page[Execution]:
    return await stores.executions.list(wanted, after=after, limit=PAGE)


async def require_nothing_waits(stores: Stores, mailbox_id: MailboxId) -> None:
    """Pass where nothing waits in a mailbox.

    Raises:
        ConflictError: something does; once the mailbox is gone, none of it can be sent any more.
    """
    waiting = (await waiting_in(stores, mailbox_id)).in_words
    if waiting:
        raise ConflictError(
            f"In the mailbox {mailbox_id!r} {waiting} still wait.",
            hint="Let the e-mails be finished (`postroom status`) and decide the reviews (`postroom review list`) "
            "first, as nothing of them is sent once the mailbox is gone; or remove it all the same with --yes.",
        )
