from dataclasses import replace

import pytest

from actions.case import Case, PostReview
from postroom.actions.desk import Desk
from postroom.actions.queue import queue, queue_page, sheet
from postroom.errors import InputError
from postroom.model.review import ReviewId, ReviewStatus


async def test_a_review_is_shown_with_its_mail(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    (found,) = await queue(desk.stores, [ReviewStatus.OPEN], limit=10)
    assert found == await sheet(desk.stores, review.id)
    assert found.email.email.subject == "About mail 1"
    assert await queue(desk.stores, [ReviewStatus.CLOSED], limit=10) == ()


async def test_the_queue_has_pages(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await desk.stores.reviews.add(replace(review, id=ReviewId(f"{review.id}2"), rank=0))
    first = await queue_page(desk.stores, [ReviewStatus.OPEN], limit=1)
    rest = await queue_page(desk.stores, [ReviewStatus.OPEN], after=first.next_cursor, limit=1)
    assert [one.review.id for one in (*first.rows, *rest.rows)] == [f"{review.id}2", review.id]
    assert rest.next_cursor is None
    with pytest.raises(InputError):
        await queue_page(desk.stores, [ReviewStatus.OPEN], after="none", limit=1)
