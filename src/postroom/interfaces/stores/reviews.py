"""Reviews: the questions to people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from postroom.model.email import ConversationId
from postroom.model.execution import ExecutionId
from postroom.model.page import Page
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus


class Reviews(Protocol):
    """Keeps the queue and sees to it that one decision is made of each review."""

    async def add(self, review: Review) -> bool:
        """Store a review; False where its id is taken (nothing changes then)."""
        ...

    async def get(self, review_id: ReviewId) -> Review:
        """Return one review.

        Raises:
            NotFoundError: there is none.
        """
        ...

    async def list(
        self,
        *,
        statuses: Sequence[ReviewStatus],
        kinds: Sequence[ReviewKind] = (),
        after: str | None = None,
        limit: int = 50,
    ) -> Page[Review]:
        """Return reviews with one of these statuses and kinds (none: of every kind), by rank, then oldest first."""
        ...

    async def count(self) -> dict[ReviewStatus, int]:
        """Return how many reviews there are in each status (absent: none)."""
        ...

    async def of_execution(self, execution_id: ExecutionId) -> tuple[Review, ...]:
        """Return all reviews of an execution, oldest first."""
        ...

    async def undecided_in(self, conversation_id: ConversationId) -> tuple[Review, ...]:
        """Return the reviews about e-mails of one conversation without a final decision, not closed, oldest first.

        Without audits: what was sent may be judged whenever, and nothing waits for it.
        """
        ...

    async def claim(self, review_id: ReviewId, *, by: str) -> bool:
        """Compare-and-set: open → claimed; True also where `by` holds it already."""
        ...

    async def decide(self, review_id: ReviewId, decision: Decision) -> bool:
        """Compare-and-set: open, or claimed by the decision's author → decided; else False.

        A decision `answered_elsewhere` is noted whoever has claimed it.
        """
        ...

    async def close(self, review_id: ReviewId) -> None:
        """Mark it closed: its decision was carried out, or it was settled elsewhere."""
        ...

    async def close_undecided(self, review_id: ReviewId) -> bool:
        """Compare-and-set: open or claimed by anybody → closed; False where it is not so: somebody has decided."""
        ...

    async def release(self, review_id: ReviewId, *, by: str) -> bool:
        """Compare-and-set: claimed by `by` → open; False where it is not so."""
        ...

    async def undo(self, review_id: ReviewId, *, by: str) -> bool:
        """Compare-and-set: decided by `by` and not final → claimed by `by`, without decision; else False."""
        ...

    async def finalise(self, review_id: ReviewId, *, at: datetime) -> bool:
        """Compare-and-set: decided → decided, its decision without `not_before`, so that nobody can undo it any more.

        True also where it was final already; False where it is not decided (any more), or is not due at `at`: it may
        have been taken back and made anew since somebody looked.
        """
        ...

    async def decided(self, *, at: datetime, limit: int = 100) -> tuple[Review, ...]:
        """Return reviews with a decision that is final, or due at `at`, and not carried out yet, oldest first."""
        ...

    async def to_remind(self, *, before: datetime, limit: int = 100) -> tuple[Review, ...]:
        """Return open reviews of rank 0, no audits, that were made and last reminded before `before`."""
        ...

    async def reminded(self, review_id: ReviewId, *, at: datetime) -> None:
        """Note when its notifier last spoke."""
        ...
