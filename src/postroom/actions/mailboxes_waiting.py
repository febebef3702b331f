"""What still waits in a mailbox: questions to people, and replies that are not handed over yet."""

from dataclasses import dataclass

from postroom.errors import ConflictError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionId
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewStatus

PAGE = 200
UNDONE = (ReviewStatus.OPEN, ReviewStatus.CLAIMED, ReviewStatus.DECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many reviews and pending replies of a mailbox wait."""

    reviews: int
    replies: int

    @property
    def in_words(self) -> str:
        """As `2 reviews and 1 reply`; empty where nothing waits."""
        return " and ".join(
            f"{count} {one if count == 1 else many}"
            for count, one, many in ((self.reviews, "review", "reviews"), (self.replies, "reply", "replies"))
            if count
        )


async def waiting_in(stores: Stores, mailbox_id: MailboxId) -> Waiting:
    """Return how much waits in a mailbox."""
    reviews = replies = 0
    async for review in every(lambda after: stores.reviews.list(statuses=UNDONE, after=after, limit=PAGE)):
        execution = await stores.executions.get(ExecutionId(review.execution_id))
        reviews += execution.mailbox_id == mailbox_id
    pending = ReplyState.PENDING
    async for reply in every(lambda after: stores.outbox.list(state=pending, after=after, limit=PAGE)):
        replies += reply.mailbox_id == mailbox_id
    return Waiting(reviews=reviews, replies=replies)


async def require_nothing_waits(stores: Stores, mailbox_id: MailboxId) -> None:
    """Pass where nothing waits in a mailbox.

    Raises:
        ConflictError: something does; once the mailbox is gone, none of it can be sent any more.
    """
    waiting = (await waiting_in(stores, mailbox_id)).in_words
    if waiting:
        raise ConflictError(
            f"In the mailbox {mailbox_id!r} {waiting} still wait.",
            hint="Decide them first (`postroom review list`), as nothing of them is sent once the mailbox is gone; or "
            "remove it all the same with --yes.",
        )
