from dataclasses import replace

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import SALES, SHOP, execution, reply, review
from postroom.actions.desk import Desk
from postroom.actions.mailboxes_waiting import require_nothing_waits, waiting_in
from postroom.errors import ConflictError
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionStatus
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.waiting import Waiting


async def test_undecided_reviews_and_pending_replies_of_the_mailbox_are_counted(
    desk: Desk, post_review: PostReview
) -> None:
    review = await post_review(Case())
    email = await desk.stores.emails.get(review.email_id)
    for name in ("rp_1", "rp_2"):
        await desk.stores.outbox.add(replace(reply(name), email_id=email.id, mailbox_id=email.mailbox_id))
    found = await waiting_in(desk.stores, email.mailbox_id)
    assert found.in_words == "1 review and 2 replies"
    with pytest.raises(ConflictError, match="1 review and 2 replies still wait") as caught:
        await require_nothing_waits(desk.stores, email.mailbox_id)
    assert "--yes" in caught.value.hint
    await desk.stores.outbox.settle(ReplyId("rp_2"), before=ReplyState.PENDING, after=ReplyState.WITHDRAWN, detail="")
    await desk.stores.reviews.close(review.id)
    assert await waiting_in(desk.stores, email.mailbox_id) == Waiting(reviews=0, replies=1, emails=1)


async def test_unfinished_mail_is_counted_once_whatever_it_waits_for(desk: Desk) -> None:
    waiting = [status for status in ExecutionStatus if not status.settled]
    for status in ExecutionStatus:
        await desk.stores.executions.add(execution(f"x-{status.value}", status=status))
    await desk.stores.executions.add(replace(execution("elsewhere"), mailbox_id=SALES))
    assert (await waiting_in(desk.stores, SHOP)).in_words == f"{len(waiting)} unfinished e-mails"
    await desk.stores.outbox.add(reply("x-waiting/send"))
    await desk.stores.reviews.add(review("rv_1", execution_id="x-paused"))
    found = await waiting_in(desk.stores, SHOP)
    assert found.in_words == "1 review, 1 reply and 2 unfinished e-mails"
    assert (await waiting_in(desk.stores, SALES)).in_words == "1 unfinished e-mail"
    with pytest.raises(ConflictError, match="1 unfinished e-mail still wait"):
        await require_nothing_waits(desk.stores, SALES)


async def test_an_execution_with_several_reviews_and_replies_is_not_counted_beside_them(desk: Desk) -> None:
    for number in range(3):
        await desk.stores.executions.add(execution(f"x{number}"))
    for number in range(2):
        await desk.stores.reviews.add(review(f"rv_{number}", execution_id="x1"))
        await desk.stores.outbox.add(reply(f"x1/send{number}"))
    await desk.stores.outbox.add(reply("x/send"))
    assert await waiting_in(desk.stores, SHOP) == Waiting(reviews=2, replies=3, emails=2)


async def test_what_waits_in_another_mailbox_is_not_counted(desk: Desk, post_review: PostReview) -> None:
    await post_review(Case())
    other = MailboxId("another")
    assert (await waiting_in(desk.stores, other)).in_words == ""
    await require_nothing_waits(desk.stores, other)
