"""A review as a test wants it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from postroom.model.execution import ExecutionStatus
from postroom.model.review import Review, ReviewKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A review to be made: of which kind, about which mail, where its execution stands, and its passages."""

    kind: ReviewKind = ReviewKind.DRAFT
    status: ExecutionStatus = ExecutionStatus.WAITING
    articles: tuple[str, ...] = ("order_tracking",)
    automatic: str | None = None
    without_sender: bool = False


PostReview = Callable[[Case], Awaitable[Review]]
