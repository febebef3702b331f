from dataclasses import replace

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import SHOP, SUPPORT, at, mailbox
from postroom.actions.desk import Desk
from postroom.actions.execute import ExecutionOrder
from postroom.actions.once import OnceKey
from postroom.actions.rerun import rerun
from postroom.errors import ConflictError
from postroom.model.execution import ExecutionId, ExecutionStatus
from postroom.model.review import ReviewId, ReviewKind, ReviewStatus

ORDER = ExecutionOrder(
    workflow=SUPPORT,
    dry_run=False,
    mailboxes={SHOP: mailbox(SHOP)},
    once=OnceKey(key="ann/k", fingerprint="a"),
)


async def test_only_a_settled_execution_is_rerun(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case(status=ExecutionStatus.WAITING))

    with pytest.raises(ConflictError):
        await rerun(desk, ORDER, ExecutionId(review.execution_id))


async def test_a_later_failure_of_the_old_one_is_not_closed_by_repeating_the_request(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(Case(kind=ReviewKind.FAILURE, status=ExecutionStatus.FAILED))
    await rerun(desk, ORDER, ExecutionId(review.execution_id))
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED
    later = replace(review, id=ReviewId(f"{review.execution_id}/failure-2"), created_at=at(30))
    await desk.stores.reviews.add(later)

    await rerun(desk, ORDER, ExecutionId(review.execution_id))

    assert (await desk.stores.reviews.get(later.id)).status is ReviewStatus.OPEN
