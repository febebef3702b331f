"""The review queue, and one review with the mail it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.actions.pages import every
from postroom.interfaces.stores import Stores
from postroom.model.email import StoredEmail
from postroom.model.review import Review, ReviewId, ReviewStatus

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """What a reviewer needs: the question, and the e-mail."""

    review: Review
    email: StoredEmail


async def queue(stores: Stores, statuses: Sequence[ReviewStatus], *, limit: int) -> tuple[ReviewSheet, ...]:
    """Return up to `limit` reviews with these statuses, by rank, then oldest first."""
    found: list[ReviewSheet] = []
    async for review in every(lambda after: stores.reviews.list(statuses=statuses, after=after, limit=PAGE)):
        if len(found) == limit:
            break
        found.append(ReviewSheet(review=review, email=await stores.emails.get(review.email_id)))
    return tuple(found)


async def sheet(stores: Stores, review_id: ReviewId) -> ReviewSheet:
    """Return one review with its e-mail.

    Raises:
        NotFoundError: there is none.
    """
    review = await stores.reviews.get(review_id)
    return ReviewSheet(review=review, email=await stores.emails.get(review.email_id))
