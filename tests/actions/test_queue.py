from actions.case import Case, PostReview
from postroom.actions.desk import Desk
from postroom.actions.queue import queue, sheet
from postroom.model.review import ReviewStatus


async def test_a_review_is_shown_with_its_mail(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    (found,) = await queue(desk.stores, [ReviewStatus.OPEN], limit=10)
    assert found == await sheet(desk.stores, review.id)
    assert found.email.email.subject == "About mail 1"
    assert await queue(desk.stores, [ReviewStatus.CLOSED], limit=10) == ()
