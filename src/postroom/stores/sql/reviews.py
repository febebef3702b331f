"""The questions to people in SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, literal, null, or_, select, tuple_, update

from postroom.errors import NotFoundError
from postroom.interfaces.codec import decode, encode
from postroom.interfaces.cursor import read_cursor, write_cursor
from postroom.model.email import ConversationId
from postroom.model.execution import ExecutionId
from postroom.model.page import Page
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.stores.sql.database import Database
from postroom.stores.sql.paging import BEFORE_ALL, make_page
from postroom.stores.sql.rows import Found, Values, millis, optional_millis, review_of, review_row
from postroom.stores.sql.statements import insert_once
from postroom.stores.sql.tables.emails import emails
from postroom.stores.sql.tables.people import reviews

_OPEN = literal(ReviewStatus.OPEN.value)
_CLAIMED = literal(ReviewStatus.CLAIMED.value)
_DECIDED = literal(ReviewStatus.DECIDED.value)
_CLOSED = literal(ReviewStatus.CLOSED.value)
_AUDIT = literal(ReviewKind.AUDIT.value)
_KEY: BindParameter[str] = bindparam("key")
_MADE: dict[str, BindParameter[object]] = {
    "decision_json": bindparam("decision_json"),
    "not_before": bindparam("until"),
}

ADD = insert_once(reviews, "id")
ONE = select(reviews).where(reviews.c.id == bindparam("id"))
LIST = (
    select(reviews)
    .where(
        reviews.c.status == bindparam("status"),
        tuple_(reviews.c.rank, reviews.c.created_at, reviews.c.position)
        > tuple_(bindparam("rank"), bindparam("at"), bindparam("position")),
    )
    .order_by(reviews.c.rank, reviews.c.created_at, reviews.c.position)
    .limit(bindparam("limit"))
)
LIST_KINDS = LIST.where(reviews.c.kind.in_(bindparam("kinds", expanding=True)))
COUNT = select(reviews.c.status, func.count()).group_by(reviews.c.status)
OF_EXECUTION = (
    select(reviews)
    .where(reviews.c.execution_id == bindparam("execution_id"))
    .order_by(reviews.c.created_at, reviews.c.position)
)
UNDECIDED_IN = (
    select(reviews)
    .join(emails, emails.c.id == reviews.c.email_id)
    .where(
        emails.c.conversation_id == bindparam("conversation_id"),
        # Written as what it is not, which no index serves: the few reviews of the e-mails are looked at, not the queue.
        reviews.c.status != _CLOSED,
        or_(reviews.c.status != _DECIDED, reviews.c.not_before.is_not(None)),
        reviews.c.kind != _AUDIT,
    )
    .order_by(reviews.c.created_at, reviews.c.position)
)
CLAIM = (
    update(reviews)
    .where(
        reviews.c.id == _KEY,
        or_(reviews.c.status == _OPEN, and_(reviews.c.status == _CLAIMED, reviews.c.claimed_by == bindparam("by"))),
    )
    .values(status=_CLAIMED, claimed_by=bindparam("by"))
)
DECIDE = (
    update(reviews)
    .where(
        reviews.c.id == _KEY,
        or_(reviews.c.status == _OPEN, and_(reviews.c.status == _CLAIMED, reviews.c.claimed_by == bindparam("by"))),
    )
    .values(status=_DECIDED, **_MADE)
)
NOTE = (
    update(reviews)
    .where(reviews.c.id == _KEY, or_(reviews.c.status == _OPEN, reviews.c.status == _CLAIMED))
    .values(status=_DECIDED, **_MADE)
)
RELEASE = (
    update(reviews)
    .where(reviews.c.id == _KEY, reviews.c.status == _CLAIMED, reviews.c.claimed_by == bindparam("by"))
    .values(status=_OPEN, claimed_by=null())
)
# Both compare with the very decision that was looked at: another one may have been made since.
UNDO = (
    update(reviews)
    .where(reviews.c.id == _KEY, reviews.c.status == _DECIDED, reviews.c.decision_json == bindparam("looked_at"))
    .values(status=_CLAIMED, claimed_by=bindparam("by"), decision_json=null(), not_before=null())
)
FINALISE = (
    update(reviews)
    .where(reviews.c.id == _KEY, reviews.c.status == _DECIDED, reviews.c.decision_json == bindparam("looked_at"))
    .values(decision_json=bindparam("decision_json"), not_before=null())
)
_UNDECIDED = or_(reviews.c.status == _OPEN, reviews.c.status == _CLAIMED)
CLOSE_UNDECIDED = update(reviews).where(reviews.c.id == _KEY, _UNDECIDED).values(status=_CLOSED)
CLOSE = update(reviews).where(reviews.c.id == _KEY).values(status=_CLOSED)
DECIDED = (
    select(reviews)
    .where(reviews.c.status == _DECIDED, or_(reviews.c.not_before.is_(None), reviews.c.not_before <= bindparam("at")))
    .order_by(reviews.c.created_at, reviews.c.position)
    .limit(bindparam("limit"))
)
TO_REMIND = (
    select(reviews)
    .where(
        reviews.c.status == _OPEN,
        reviews.c.rank == 0,
        reviews.c.kind != _AUDIT,
        reviews.c.created_at < bindparam("before"),
        or_(reviews.c.reminded_at.is_(None), reviews.c.reminded_at < bindparam("before")),
    )
    .order_by(reviews.c.created_at, reviews.c.position)
    .limit(bindparam("limit"))
)
REMINDED = update(reviews).where(reviews.c.id == _KEY).values(reminded_at=bindparam("at"))


class SqlReviews:
    """The `Reviews` of a SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, review: Review) -> bool:
        """Store a review; False where its id is taken."""
        row = review_row(review)
        return await self._database.write(lambda connection: connection.execute(ADD, row).rowcount == 1)

    async def get(self, review_id: ReviewId) -> Review:
        """Return one review; NotFoundError where there is none."""
        row = await self._database.read(lambda connection: connection.execute(ONE, {"id": review_id}).first())
        if row is None:
            raise NotFoundError(f"There is no review {review_id!r}.", hint="The list of reviews shows their ids.")
        return review_of(row)

    async def list(
        self,
        *,
        statuses: Sequence[ReviewStatus],
        kinds: Sequence[ReviewKind] = (),
        after: str | None = None,
        limit: int = 50,
    ) -> Page[Review]:
        """Return reviews with one of these statuses and kinds (none: of every kind), by rank, then oldest first."""
        rank, at, position = read_cursor(after, (BEFORE_ALL, BEFORE_ALL, BEFORE_ALL))
        chosen: Values = {"kinds": [kind.value for kind in kinds]} if kinds else {}
        values = {"rank": rank, "at": at, "position": position, "limit": limit + 1} | chosen
        walk = LIST_KINDS if kinds else LIST

        # One walk along the index for each status, merged: a single statement would sort the whole queue.
        def query(connection: Connection) -> list[Found]:
            walks = [
                connection.execute(walk, values | {"status": status.value}).all() for status in dict.fromkeys(statuses)
            ]
            return list(merge(*walks, key=_queue_key))[: limit + 1]

        rows = await self._database.read(query)
        return make_page(rows, limit, review_of, lambda row: write_cursor(row.rank, row.created_at, row.position))

    async def count(self) -> dict[ReviewStatus, int]:
        """Return how many reviews there are in each status."""
        rows = await self._database.read(lambda connection: connection.execute(COUNT).all())
        return {ReviewStatus(status): number for status, number in rows}

    async def of_execution(self, execution_id: ExecutionId) -> tuple[Review, ...]:
        """Return all reviews of an execution, oldest first."""
        values = {"execution_id": execution_id}
        rows = await self._database.read(lambda connection: connection.execute(OF_EXECUTION, values).all())
        return tuple(review_of(row) for row in rows)

    async def undecided_in(self, conversation_id: ConversationId) -> tuple[Review, ...]:
        """Return the reviews about e-mails of one conversation without a final decision, no audits, oldest first."""
        values = {"conversation_id": conversation_id}
        rows = await self._database.read(lambda connection: connection.execute(UNDECIDED_IN, values).all())
        return tuple(review_of(row) for row in rows)

    async def claim(self, review_id: ReviewId, *, by: str) -> bool:
        """Compare-and-set: open → claimed; True also where `by` holds it already."""
        values = {"key": review_id, "by": by}
        return await self._database.write(lambda connection: connection.execute(CLAIM, values).rowcount == 1)

    async def decide(self, review_id: ReviewId, decision: Decision) -> bool:
        """Compare-and-set: open, or claimed by the decision's author → decided; else False.

        A decision `answered_elsewhere` is noted whoever has claimed it.
        """
        until = optional_millis(decision.not_before)
        noted: Values = {"key": review_id, "decision_json": encode(decision), "until": until}
        if decision.verdict is Verdict.ANSWERED_ELSEWHERE:
            return await self._database.write(lambda connection: connection.execute(NOTE, noted).rowcount == 1)
        values = noted | {"by": decision.by}
        return await self._database.write(lambda connection: connection.execute(DECIDE, values).rowcount == 1)

    async def close(self, review_id: ReviewId) -> None:
        """Mark it closed."""

        def operation(connection: Connection) -> None:
            connection.execute(CLOSE, {"key": review_id})

        await self._database.write(operation)

    async def close_undecided(self, review_id: ReviewId) -> bool:
        """Compare-and-set: open or claimed by anybody → closed; False where it is not so."""
        values = {"key": review_id}
        return await self._database.write(lambda connection: connection.execute(CLOSE_UNDECIDED, values).rowcount == 1)

    async def release(self, review_id: ReviewId, *, by: str) -> bool:
        """Compare-and-set: claimed by `by` → open; False where it is not so."""
        values = {"key": review_id, "by": by}
        return await self._database.write(lambda connection: connection.execute(RELEASE, values).rowcount == 1)

    async def undo(self, review_id: ReviewId, *, by: str) -> bool:
        """Compare-and-set: decided by `by` and not final → claimed by `by`, without decision; else False."""

        def operation(connection: Connection) -> bool:
            found = _decision_of(connection, review_id)
            if found is None or found.decision.final or found.decision.by != by:
                return False
            values = {"key": review_id, "by": by, "looked_at": found.text}
            return connection.execute(UNDO, values).rowcount == 1

        return await self._database.write(operation)

    async def finalise(self, review_id: ReviewId, *, at: datetime) -> bool:
        """Compare-and-set: decided, and final or due at `at` → decided and final; False where it is not so."""

        def operation(connection: Connection) -> bool:
            found = _decision_of(connection, review_id)
            if found is None:
                return False
            until = found.decision.not_before
            if until is None:
                return True
            final = encode(replace(found.decision, not_before=None))
            values = {"key": review_id, "looked_at": found.text, "decision_json": final}
            return until <= at and connection.execute(FINALISE, values).rowcount == 1

        return await self._database.write(operation)

    async def decided(self, *, at: datetime, limit: int = 100) -> tuple[Review, ...]:
        """Return reviews with a decision that is final, or due at `at`, and not carried out yet, oldest first."""
        values = {"at": millis(at), "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(DECIDED, values).all())
        return tuple(review_of(row) for row in rows)

    async def to_remind(self, *, before: datetime, limit: int = 100) -> tuple[Review, ...]:
        """Return open reviews of rank 0 that were made and last reminded before `before`."""
        values = {"before": millis(before), "limit": limit}
        rows = await self._database.read(lambda connection: connection.execute(TO_REMIND, values).all())
        return tuple(review_of(row) for row in rows)

    async def reminded(self, review_id: ReviewId, *, at: datetime) -> None:
        """Note when its notifier last spoke."""

        def operation(connection: Connection) -> None:
            connection.execute(REMINDED, {"key": review_id, "at": millis(at)})

        await self._database.write(operation)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """The decision of a decided review, and the text that it is stored as."""

    decision: Decision
    text: str


def _decision_of(connection: Connection, review_id: ReviewId) -> _Made | None:
    row = connection.execute(ONE, {"id": review_id}).first()
    if row is None or row.status != ReviewStatus.DECIDED or row.decision_json is None:
        return None
    return _Made(decision=decode(Decision, row.decision_json), text=row.decision_json)


def _queue_key(row: Found) -> tuple[int, int, int]:
    return (row.rank, row.created_at, row.position)
