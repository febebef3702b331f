from dataclasses import replace

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import reply
from postroom.actions.desk import Desk
from postroom.actions.mailboxes_waiting import Waiting, require_nothing_waits, waiting_in
from postroom.errors import ConflictError
from postroom.model.email import MailboxId
from postroom.model.reply import ReplyId, ReplyState


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
    assert await waiting_in(desk.stores, email.mailbox_id) == Waiting(reviews=0, replies=1)


async def test_what_waits_in_another_mailbox_is_not_counted(desk: Desk, post_review: PostReview) -> None:
    await post_review(Case())
    other = MailboxId("another")
    assert (await waiting_in(desk.stores, other)).in_words == ""
    await require_nothing_waits(desk.stores, other)
