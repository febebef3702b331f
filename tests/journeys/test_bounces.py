"""Delivery reports about our replies, true and forged."""

from journeys.letters import DELIVERY
from journeys.shop import MAILBOX, Shop, Work, shop_mailbox
from postroom.model.email import EmailId
from postroom.model.execution import FinalState

REPORT = """From: Mail Delivery System <mailer-daemon@mx.customer.example>
To: bounces@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{number}@mx.customer.example>
Auto-Submitted: auto-replied
Return-Path: <>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=report

--report
Content-Type: text/plain

It could not be delivered.
--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--report
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Re: A question

Gone.
--report--
"""


async def reported(shop: Shop, work: Work, *, recipient: str, message_id: str) -> None:
    """Let a delivery report arrive, and wait until it has been dealt with."""
    number = len(await work.entries())
    report = REPORT.format(number=number, recipient=recipient, message_id=message_id)
    shop.dovecot.deliver(report.replace("\n", "\r\n").encode(), shop.user)
    entries = await work.settled(number + 1)
    assert entries[-1].final_state is FinalState.IGNORED_AUTOMATIC


async def test_a_true_bounce_suppresses_the_address_and_forged_ones_change_nothing(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    async with shop.working() as work:
        asked = shop.deliver()
        await work.settled(1)
        (reply,) = await work.replies()
        ours, ann = reply.outgoing.message_id, reply.outgoing.recipient.address
        await reported(shop, work, recipient="bob@customer.example", message_id=ours)
        await reported(shop, work, recipient=ann, message_id=asked)
        await reported(shop, work, recipient=ann, message_id="<1.forged@shop.example>")
        assert (await work.stores.suppressions.list()).rows == ()
        assert not any(key.startswith("reply_bounced/") for key in await work.alarms())
        assert (await work.stores.outbox.get(reply.id)).bounced == ""

        await reported(shop, work, recipient=ann, message_id=ours)
        (suppressed,) = (await work.stores.suppressions.list()).rows
        assert suppressed.address == ann
        assert suppressed.reply_id == reply.id
        assert f"reply_bounced/{reply.id}" in await work.alarms()
        assert (await work.stores.outbox.get(reply.id)).bounced.startswith("5.1.1")

        shop.deliver(text=DELIVERY)
        entries = await work.settled(6)
        (question,) = await work.questions()
        assert question.email_id == EmailId(str(entries[-1].email_id))
        assert "bounced" in question.reason
        assert {entry.mailbox_id for entry in entries} == {MAILBOX}
    assert len(shop.sent()) == 1
