"""A customer's question is answered over real servers, from LMTP to SMTP and the Sent folder."""

from email.utils import parseaddr

from journeys.letters import GERMAN
from journeys.shop import BOUNCES, Shop, read, shop_mailbox, words
from postroom.actions.decide import edit
from postroom.knowledge.disclosure import disclosure
from postroom.model.execution import ExecutionStatus, FinalState
from postroom.model.mailbox import Mode


async def test_a_delivered_question_is_answered_in_its_thread_with_one_copy_in_sent(shop: Shop) -> None:
    alias = "returns@shop.example"
    mailbox = shop_mailbox(aliases=(alias,), signatures={"de": "Ihr Lindenhof-Team", "*": "Your Lindenhof team"})
    await shop.open_mailbox(mailbox)
    async with shop.working() as work:
        root = "<root@customer.example>"
        asked = shop.deliver(text=GERMAN, to=alias, answers=(root,))
        (entry,) = await work.settled(1)
        assert entry.final_state is FinalState.ANSWERED
        # A mail that nobody answers: once it has come through, copies of the first reply have been looked at again.
        shop.deliver(headers=(("Auto-Submitted", "auto-generated"),))
        await work.settled(2)

        async def filed() -> bool:
            return not await work.stores.outbox.unfiled(mailbox.id)

        await work.until(filed)
        (reply,) = await work.replies()
    (sent,) = shop.sent()
    message = read(sent.content)
    assert sent.mail_from == BOUNCES
    assert sent.recipients == ("ann@customer.example",)
    assert parseaddr(str(message["From"])) == ("Lindenhof", alias)
    assert message["In-Reply-To"] == asked
    assert str(message["References"]).split() == [root, asked]
    assert message["Auto-Submitted"] == "auto-replied"
    assert disclosure("de", by_model=False) in " ".join(words(sent.content).split())
    assert "Ihr Lindenhof-Team" in words(sent.content)
    assert shop.filed() == [reply.outgoing.message_id] == [sent.message_id]


async def test_a_review_outlives_a_restart_is_edited_and_sent_once_as_a_persons_mail(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox(Mode.REVIEW))
    async with shop.working() as work:
        asked = shop.deliver()
        (entry,) = await work.settled(1)
        assert entry.status is ExecutionStatus.WAITING
        (question,) = await work.questions()
        assert question.draft is not None
    assert shop.sent() == []
    async with shop.working() as work:
        assert await work.questions() == (question,)
        await edit(shop.desk(work.stores), question.id, text="Dear Ann,\n\nI looked it up for you myself.")
        await work.succeeded(1)
    async with shop.working() as work:
        await work.engine.quiet()
        assert await work.questions() == ()
    (sent,) = shop.sent()
    message = read(sent.content)
    assert message["In-Reply-To"] == asked
    assert message["Auto-Submitted"] is None
    assert "I looked it up for you myself." in words(sent.content)
    assert disclosure("en", by_model=False) not in " ".join(words(sent.content).split())
