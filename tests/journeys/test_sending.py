"""What becomes of a reply that the SMTP server does not take at once."""

from datetime import UTC, datetime

from journeys.shop import MAILBOX, Shop, shop_mailbox
from postroom.actions.decide import approve
from postroom.model.execution import ExecutionStatus, FinalState
from postroom.model.reply import ReplyState
from postroom.model.review import ReviewKind
from servers.smtp import DROP, Fault, Phase


async def test_a_reply_that_is_not_taken_now_is_sent_later_and_once(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    shop.smtp.faults.append(Fault(phase=Phase.RCPT, act="451 4.3.0 try again later"))
    async with shop.working() as work:
        shop.deliver()
        (entry,) = await work.settled(1)
        assert entry.status is ExecutionStatus.WAITING
        assert await work.questions() == ()
        (reply,) = await work.replies()
        assert reply.state is ReplyState.PENDING
        assert reply.not_before is not None
        assert reply.not_before > datetime.now(UTC)
        assert shop.sent() == []
        # The minute has passed.
        assert await work.stores.outbox.defer(reply.id, until=reply.created_at, detail=reply.detail)
        await work.succeeded(1)
        (reply,) = await work.replies()
        assert reply.state is ReplyState.SENT
    assert [sent.message_id for sent in shop.sent()] == [reply.outgoing.message_id]


async def test_a_reply_that_is_refused_for_good_goes_to_a_person_who_may_try_again(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    shop.smtp.faults.append(Fault(phase=Phase.RCPT, act="550 5.7.1 we do not like you"))
    async with shop.working() as work:
        shop.deliver()
        (entry,) = await work.settled(1)
        assert entry.final_state is FinalState.FAILED
        (question,) = await work.questions()
        assert question.kind is ReviewKind.FAILURE
        assert "550 5.7.1" in question.reason
        assert shop.sent() == []
        await approve(shop.desk(work.stores), question.id)
        await work.succeeded(1)
    assert len(shop.sent()) == 1


async def test_a_connection_lost_after_the_message_asks_a_person_and_never_sends_again(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    shop.smtp.faults.append(Fault(phase=Phase.ACCEPTED, act=DROP))
    async with shop.working() as work:
        shop.deliver()
        await work.settled(1)
        (question,) = await work.questions()
        assert question.kind is ReviewKind.UNCERTAIN_SEND
    async with shop.working() as work:
        # Once this one is answered, whatever would have been sent again has had its turn.
        shop.deliver(sender="Bob <bob@customer.example>")
        await work.settled(2)
        assert await work.questions() == (question,)
        states = [reply.state for reply in await work.replies()]
        assert states == [ReplyState.UNCERTAIN, ReplyState.SENT]
        assert (await work.entries(MAILBOX))[0].status is ExecutionStatus.WAITING
    recipients = [sent.recipients for sent in shop.sent()]
    assert recipients == [("ann@customer.example",), ("bob@customer.example",)]
