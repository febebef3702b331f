"""The review queue, and one review with the mail it is about."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.mime.compose import reply_recipient
from postroom.model.email import Address, StoredEmail
from postroom.model.page import Page
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSheet:
    """What a reviewer needs: the question, the e-mail, and whom a reply would go to (None: it cannot be answered)."""

    review: Review
    email: StoredEmail
    recipient: Address | None


async def queue(stores: Stores, statuses: Sequence[ReviewStatus], *, limit: int) -> tuple[ReviewSheet, ...]:
    """Return up to `limit` reviews with these statuses, by rank, then oldest first."""
    found: list[ReviewSheet] = []
    async for review in every(lambda after: stores.reviews.list(statuses=statuses, after=after, limit=PAGE)):
        if len(found) == limit:
            break
        found.append(await _sheet(stores, review))
    return tuple(found)


async def queue_page(
    stores: Stores,
    statuses: Sequence[ReviewStatus],
    *,
    kinds: Sequence[ReviewKind] = (),
    after: str | None = None,
    limit: int,
) -> Page[ReviewSheet]:
    """Return a page of the reviews with these statuses and kinds (none: every kind), by rank, then oldest first.

    Raises:
        InputError: `after` is no cursor of such a list.
    """
    found = await stores.reviews.list(statuses=statuses, kinds=kinds, after=after, limit=limit)
    emails = await stores.emails.some([review.email_id for review in found.rows])
    rows = tuple(_with_email(one, emails[one.email_id]) for one in found.rows if one.email_id in emails)
    return Page(rows=rows, next_cursor=found.next_cursor)


async def sheet(stores: Stores, review_id: ReviewId) -> ReviewSheet:
    """Return one review with its e-mail.

    Raises:
        NotFoundError: there is none.
    """
    return await _sheet(stores, await stores.reviews.get(review_id))


async def _sheet(stores: Stores, review: Review) -> ReviewSheet:
    return _with_email(review, await stores.emails.get(review.email_id))


def _with_email(review: Review, email: StoredEmail) -> ReviewSheet:
    return ReviewSheet(review=review, email=email, recipient=reply_recipient(email.email))
