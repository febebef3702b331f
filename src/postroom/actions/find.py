"""Finding by the beginning of an id, as people type it."""

from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.execution import ExecutionId
from postroom.model.review import Review, ReviewId

PAGE = 500
MAX_LOOKED_AT = 20_000
MIN_CHARS = 3
SHOWN = 5
PREFIX = "ex_"


async def find_execution(stores: Stores, typed: str, *, look_at: int = MAX_LOOKED_AT) -> ExecutionId:
    """Return the execution with the id `typed`, or the only one whose id begins so; `ex_` may be left out.

    What follows a slash is not looked at: the id of a review names its execution. A beginning is looked for among the
    newest `look_at` executions; where there are more, it could be another's too and the whole id is needed.

    Raises:
        NotFoundError: there is none. InputError: there are several, or may be, or it is too short.
    """
    beginning = typed.partition("/")[0]
    for whole in (beginning, f"{PREFIX}{beginning}"):
        try:
            return (await stores.executions.get(ExecutionId(whole))).id
        except NotFoundError:
            continue
    if len(beginning) < MIN_CHARS:
        raise InputError(f"{beginning!r} is too short for an id.", hint=f"Give at least {MIN_CHARS} characters.")
    found, cut = await _beginning_with(stores, beginning, look_at)
    if len(found) > 1:
        raise InputError(
            f"{len(found)} executions begin with {beginning!r}.", hint=f"Say which: {', '.join(found[:SHOWN])}"
        )
    if cut:
        seen = f" ({found[0]!r} begins so)" if found else ""
        raise InputError(
            f"Only the newest {look_at} executions were looked at for {beginning!r}{seen}; there are more.",
            hint="Give the whole id: the lists of executions and of reviews show them.",
        )
    if not found:
        raise NotFoundError(
            f"There is no execution {beginning!r}.", hint="The status and the list of reviews show ids."
        )
    return found[0]


async def find_review(stores: Stores, typed: str) -> ReviewId:
    """Return the review with the id `typed`, or the only one that `typed` can mean.

    It is the beginning of an execution's id, alone or with a slash and the beginning of what follows it in the review's
    id. All reviews of the execution count, decided and closed ones too: the same words never come to mean another
    question than the one they were read for.

    Raises:
        NotFoundError: there is none. InputError: there are several, or it is too short.
    """
    try:
        return (await stores.reviews.get(ReviewId(typed))).id
    except NotFoundError:
        execution_id = await find_execution(stores, typed)
    reviews = await stores.reviews.of_execution(execution_id)
    rest = typed.partition("/")[2]
    found = _meant(reviews, f"{execution_id}/{rest}")
    if not found:
        known = ", ".join(review.id for review in reviews)
        raise NotFoundError(
            f"There is no review {typed!r}.",
            hint=f"Reviews of this execution: {known}" if known else "The list of reviews shows their ids.",
        )
    if len(found) > 1:
        told = ", ".join(f"{review.id} ({review.kind.value}, {review.status.value})" for review in found)
        raise InputError(f"{len(found)} reviews begin with {typed!r}.", hint=f"Say which: {told}")
    return found[0].id


def _meant(reviews: tuple[Review, ...], beginning: str) -> list[Review]:
    exact = [review for review in reviews if review.id == beginning]
    return exact or [review for review in reviews if review.id.startswith(beginning)]


async def _beginning_with(stores: Stores, beginning: str, look_at: int) -> tuple[list[ExecutionId], bool]:
    """Return which of the newest `look_at` executions begin so, and whether there are more than were looked at."""
    found: list[ExecutionId] = []
    looked_at = 0
    async for one in every(lambda after: stores.executions.list(after=after, limit=PAGE)):
        if looked_at == look_at:
            return found, True
        looked_at += 1
        if one.id.startswith((beginning, f"{PREFIX}{beginning}")):
            found.append(one.id)
    return found, False
