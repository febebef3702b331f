from dataclasses import replace
from hashlib import sha256

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import answering, arrival, at
from postroom.actions.desk import Desk
from postroom.actions.queue import sheet
from postroom.actions.sequel import MAX_NEWER, attachment, sequel
from postroom.errors import InputError, NotFoundError
from postroom.model.email import Address, Attachment, EmailId
from postroom.model.reply import OutgoingEmail, Reply, ReplyId


async def test_mail_that_came_after_the_question_is_found(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    found = await sheet(desk.stores, review.id)
    assert (await sequel(desk.stores, found)).newer == ()
    thread = found.email.email.message_id
    assert thread is not None
    await desk.stores.ledger.accept([replace(answering(arrival(2), thread), version=1)])
    (newer,) = (await sequel(desk.stores, found)).newer
    assert newer.email.subject == "About mail 2"
    assert (await sequel(desk.stores, await sheet(desk.stores, review.id))).newer == (newer,)


async def test_of_a_long_sequel_only_the_beginning_is_given(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    found = await sheet(desk.stores, review.id)
    thread = found.email.email.message_id
    assert thread is not None
    mails = [replace(answering(arrival(number), thread), version=1) for number in range(2, MAX_NEWER + 2)]
    await desk.stores.ledger.accept(mails)
    since = await sequel(desk.stores, found)
    assert (len(since.newer), since.more) == (MAX_NEWER, False)
    await desk.stores.ledger.accept([replace(answering(arrival(MAX_NEWER + 2), thread), version=1)])
    since = await sequel(desk.stores, found)
    assert (len(since.newer), since.more) == (MAX_NEWER, True)
    assert since.newer[0].email.subject == "About mail 2"


async def test_a_reply_that_bounced_is_found(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    found = await sheet(desk.stores, review.id)
    outgoing = OutgoingEmail(
        message_id="<r1@example.com>",
        mail_from="help@example.com",
        recipient=Address(name="", address="ann@example.com"),
        content=b"Subject: Hello\r\n\r\nHello",
    )
    reply = Reply(
        id=ReplyId(f"{review.execution_id}/send"),
        email_id=found.email.id,
        mailbox_id=found.email.mailbox_id,
        conversation_id=found.email.conversation_id,
        outgoing=outgoing,
        conversation_version=None,
        automatic=False,
        created_at=at(3),
        updated_at=at(3),
    )
    await desk.stores.outbox.add(reply)
    another = replace(reply, id=ReplyId("x2/send"), created_at=at(2))
    assert (await sequel(desk.stores, found)).replies == (reply,)
    await desk.stores.outbox.add(another)
    # What other executions wrote to the same customer about the same e-mail counts, too.
    assert (await sequel(desk.stores, found)).replies == (another, reply)
    await desk.stores.outbox.add(replace(another, id=ReplyId("x3/send"), email_id=EmailId("em_other")))
    await desk.stores.outbox.bounced(reply.id, detail="5.1.1 no such user")
    (_, told) = (await sequel(desk.stores, found)).replies
    assert told.bounced == "5.1.1 no such user"


async def test_an_attachment_is_found_by_the_beginning_of_its_digest(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    found = await sheet(desk.stores, review.id)
    digests = [sha256(str(number).encode()).hexdigest() for number in range(20)]
    kept = tuple(
        Attachment(filename=f"{number}.pdf", content_type="application/pdf", size_bytes=1, digest=digest)
        for number, digest in enumerate(digests)
    )
    with_them = replace(found, email=replace(found.email, email=replace(found.email.email, attachments=kept)))
    twice = next(digest[0] for digest in digests if sum(other[0] == digest[0] for other in digests) > 1)
    with pytest.raises(InputError, match="begin with"):
        await attachment(desk.stores, with_them, twice)
    for wrong in ("", "zz"):
        with pytest.raises(NotFoundError, match="no attachment"):
            await attachment(desk.stores, with_them, wrong)
    with pytest.raises(NotFoundError):
        await attachment(desk.stores, with_them, digests[0])  # Its bytes are not kept here.
