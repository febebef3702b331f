"""Finding by the beginning of an id, as people type it."""

from collections.abc import AsyncIterator, Sequence

from postroom.actions.pages import every
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.execution import ExecutionId
from postroom.model.review import Review, ReviewId, ReviewStatus

PAGE = 500
MAX_LOOKED_AT = 20_000
MIN_CHARS = 3
SHOWN = 5


async def find_execution(stores: Stores, beginning: str) -> ExecutionId:
    """Return the one execution whose id begins so; of very many, the newest 20,000 are looked at.

    Raises:
        NotFoundError: there is none. InputError: there are several, or it is too short.
    """
    executions = every(lambda after: stores.executions.list(after=after, limit=PAGE))
    ids = (execution.id async for execution in executions)
    return ExecutionId(await _only(ids, beginning, "execution"))


async def find_review(stores: Stores, beginning: str) -> ReviewId:
    """Return the one review whose id begins so; undecided ones go before decided and closed ones.

    Raises:
        NotFoundError: there is none. InputError: there are several, or it is too short.
    """
    try:
        return await _review_among(stores, beginning, (ReviewStatus.OPEN, ReviewStatus.CLAIMED))
    except NotFoundError:
        return await _review_among(stores, beginning, tuple(ReviewStatus))


async def _review_among(stores: Stores, beginning: str, statuses: Sequence[ReviewStatus]) -> ReviewId:
    reviews: AsyncIterator[Review] = every(
        lambda after: stores.reviews.list(statuses=statuses, after=after, limit=PAGE)
    )
    ids = (review.id async for review in reviews)
    return ReviewId(await _only(ids, beginning, "review"))


async def _only(ids: AsyncIterator[str], beginning: str, noun: str) -> str:
    if len(beginning) < MIN_CHARS:
        raise InputError(f"{beginning!r} is too short for an id.", hint=f"Give at least {MIN_CHARS} characters.")
    found: list[str] = []
    looked_at = 0
    async for one in ids:
        if one == beginning:
            return one
        if one.startswith((beginning, f"ex_{beginning}")):
            found.append(one)
        looked_at += 1
        if looked_at == MAX_LOOKED_AT:
            break
    if not found:
        raise NotFoundError(f"There is no {noun} {beginning!r}.", hint="`postroom status` and `review list` show ids.")
    if len(found) > 1:
        raise InputError(
            f"{len(found)} {noun}s begin with {beginning!r}.", hint=f"Say which: {', '.join(found[:SHOWN])}"
        )
    return found[0]
