"""Stores in memory for trials: nothing that a trial writes is kept, and what it reads is what was known before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId
from postroom.model.execution import ExecutionId
from postroom.model.notification import Notification
from postroom.model.page import Page
from postroom.model.record import Record
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus
from postroom.model.suppression import Suppression


class ForgottenRecords:
    """Records that are forgotten as they are written."""

    async def put(self, record: Record) -> None:
        """Forget a record."""
        del record

    async def list(self, *, after: str | None = None, limit: int = 500) -> Page[Record]:
        """Return none."""
        del after, limit
        return Page(rows=(), next_cursor=None)


class NobodyAsked:
    """Reviews without any: nobody has a conversation in hand, and what is asked is forgotten."""

    async def add(self, review: Review) -> bool:
        """Forget a review."""
        del review
        return True

    async def get(self, review_id: ReviewId) -> Review:
        """Raise NotFoundError."""
        raise NotFoundError(f"There is no review {review_id!r}.")

    async def list(
        self,
        *,
        statuses: Sequence[ReviewStatus],
        kinds: Sequence[ReviewKind] = (),
        after: str | None = None,
        limit: int = 50,
    ) -> Page[Review]:
        """Return none."""
        del statuses, kinds, after, limit
        return Page(rows=())

    async def count(self) -> dict[ReviewStatus, int]:
        """Return that there are none."""
        return {}

    async def of_execution(self, execution_id: ExecutionId) -> tuple[Review, ...]:
        """Return none."""
        del execution_id
        return ()

    async def undecided_in(self, conversation_id: ConversationId) -> tuple[Review, ...]:
        """Return none."""
        del conversation_id
        return ()

    async def claim(self, review_id: ReviewId, *, by: str) -> bool:
        """Return False."""
        del review_id, by
        return False

    async def decide(self, review_id: ReviewId, decision: Decision) -> bool:
        """Return False."""
        del review_id, decision
        return False

    async def close(self, review_id: ReviewId) -> None:
        """Do nothing."""
        del review_id

    async def close_undecided(self, review_id: ReviewId) -> bool:
        """Return False."""
        del review_id
        return False

    async def release(self, review_id: ReviewId, *, by: str) -> bool:
        """Return False."""
        del review_id, by
        return False

    async def undo(self, review_id: ReviewId, *, by: str) -> bool:
        """Return False."""
        del review_id, by
        return False

    async def finalise(self, review_id: ReviewId, *, at: datetime) -> bool:
        """Return False."""
        del review_id, at
        return False

    async def decided(self, *, at: datetime, limit: int = 100) -> tuple[Review, ...]:
        """Return none."""
        del at, limit
        return ()

    async def to_remind(self, *, before: datetime, limit: int = 100) -> tuple[Review, ...]:
        """Return none."""
        del before, limit
        return ()

    async def reminded(self, review_id: ReviewId, *, at: datetime) -> None:
        """Do nothing."""
        del review_id, at


class KnownSuppressions:
    """The suppression list as it was; it does not change."""

    def __init__(self, known: Collection[Suppression]) -> None:
        self._known = {one.address.lower(): one for one in known}

    async def add(self, suppression: Suppression) -> bool:
        """Store nothing; False where the address is on the list."""
        return suppression.address.lower() not in self._known

    async def get(self, address: str) -> Suppression | None:
        """Return what is known of an address."""
        return self._known.get(address.lower())

    async def remove(self, address: str) -> bool:
        """Remove nothing."""
        return address.lower() in self._known

    async def list(self, *, after: str | None = None, limit: int = 50) -> Page[Suppression]:
        """Return the whole list."""
        del after, limit
        return Page(rows=tuple(self._known.values()), next_cursor=None)


class DeafNotifier:
    """A notifier that tells nobody."""

    async def notify(self, notification: Notification) -> None:
        """Tell nobody."""
        del notification

    async def check(self) -> str:
        """Return that it tells nobody."""
        return "tells nobody"


@dataclass(slots=True)
class StoppedClock:
    """A clock that stands at the time of the e-mail that is being tried."""

    at: datetime

    def now(self) -> datetime:
        """Return that time."""
        return self.at


def silent(names: Sequence[str]) -> dict[str, DeafNotifier]:
    """Return a notifier for each name, so that workflows that name them can be tried."""
    return dict.fromkeys(names, DeafNotifier())


def in_memory(scratch: Stores, suppressions: Collection[Suppression]) -> Stores:
    """Return `scratch` with what the shipped nodes use for every e-mail kept in memory, which costs no time."""
    return replace(
        scratch, records=ForgottenRecords(), reviews=NobodyAsked(), suppressions=KnownSuppressions(suppressions)
    )
