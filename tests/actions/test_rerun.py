from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import SHOP, SUPPORT, at, mailbox
from postroom.actions.decide import approve, claim, reject
from postroom.actions.desk import Desk
from postroom.actions.execute import ExecutionOrder
from postroom.actions.once import OnceKey
from postroom.actions.rerun import rerun
from postroom.errors import ConflictError
from postroom.interfaces.stores.executions import Executions
from postroom.model.execution import Execution, ExecutionId, ExecutionStatus
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

ORDER = ExecutionOrder(
    workflow=SUPPORT,
    dry_run=False,
    mailboxes={SHOP: mailbox(SHOP)},
    once=OnceKey(key="ann/k", fingerprint="a"),
)


async def failed(desk: Desk, post_review: PostReview) -> Review:
    """Return the question about an execution that failed."""
    await desk.stores.mailboxes.add(mailbox(SHOP))
    return await post_review(Case(kind=ReviewKind.FAILURE, status=ExecutionStatus.FAILED))


async def test_a_dry_rerun_of_what_failed_leaves_its_question_to_people(desk: Desk, post_review: PostReview) -> None:
    review = await failed(desk, post_review)

    plan = await rerun(desk, replace(ORDER, dry_run=True), ExecutionId(review.execution_id))

    assert (await desk.stores.executions.get(plan.executions[0].execution_id)).dry_run
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.OPEN
    assert (await approve(desk, review.id)).status is ReviewStatus.DECIDED


async def test_a_rerun_takes_the_question_from_who_has_claimed_it(desk: Desk, post_review: PostReview) -> None:
    review = await failed(desk, post_review)
    await claim(replace(desk, by="bob"), review.id)

    await rerun(desk, ORDER, ExecutionId(review.execution_id))

    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED


@pytest.mark.parametrize("patience_seconds", [0, 10])
@pytest.mark.parametrize("act", [approve, reject])
async def test_what_somebody_has_decided_about_a_failure_is_not_rerun(
    desk: Desk, post_review: PostReview, act: Callable[..., Awaitable[Review]], patience_seconds: float
) -> None:
    review = await failed(desk, post_review)
    decided = await act(replace(desk, by="bob"), review.id, patience_seconds=patience_seconds)

    with pytest.raises(ConflictError, match="by 'bob'"):
        await rerun(desk, ORDER, ExecutionId(review.execution_id))

    assert await desk.stores.reviews.get(review.id) == decided
    assert len((await desk.stores.executions.list()).rows) == 1
    await rerun(desk, replace(ORDER, dry_run=True, once=None), ExecutionId(review.execution_id))
    assert await desk.stores.reviews.get(review.id) == decided


@dataclass(slots=True)
class Slow:
    """Executions that are added slowly: meanwhile Bob decides."""

    inner: Executions
    desk: Desk
    review: Review

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    async def add(self, execution: Execution) -> bool:
        await approve(self.desk, self.review.id, patience_seconds=10)
        return await self.inner.add(execution)


async def test_what_somebody_decides_during_a_rerun_stays_decided(desk: Desk, post_review: PostReview) -> None:
    review = await failed(desk, post_review)
    slow = Slow(desk.stores.executions, replace(desk, by="bob"), review)
    stores = replace(desk.stores, executions=slow)  # type: ignore[arg-type]  # The rest is delegated by name.

    await rerun(replace(desk, stores=stores), ORDER, ExecutionId(review.execution_id))

    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.DECIDED


async def test_only_a_settled_execution_is_rerun(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case(status=ExecutionStatus.WAITING))

    with pytest.raises(ConflictError):
        await rerun(desk, ORDER, ExecutionId(review.execution_id))


async def test_a_later_failure_of_the_old_one_is_not_closed_by_repeating_the_request(
    desk: Desk, post_review: PostReview
) -> None:
    review = await failed(desk, post_review)
    await rerun(desk, ORDER, ExecutionId(review.execution_id))
    assert (await desk.stores.reviews.get(review.id)).status is ReviewStatus.CLOSED
    later = replace(review, id=ReviewId(f"{review.execution_id}/failure-2"), created_at=at(30))
    await desk.stores.reviews.add(later)

    await rerun(desk, ORDER, ExecutionId(review.execution_id))

    assert (await desk.stores.reviews.get(later.id)).status is ReviewStatus.OPEN
