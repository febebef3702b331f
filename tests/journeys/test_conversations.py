"""What belongs together: one mail in two mailboxes, follow-ups, and strangers who join a conversation."""

from dataclasses import replace

from journeys.letters import DELIVERY, HELP, RETURN, letter
from journeys.shop import MAILBOX, Shop, Work, add_user, read, shop_mailbox, words
from postroom.actions.decide import approve, reject
from postroom.model.email import Address, MailboxId, StoredEmail
from postroom.model.execution import ExecutionStatus, FinalState
from postroom.model.ledger import EntryKind, LedgerEntry

SALES = MailboxId("sales")


async def stored(work: Work, entry: LedgerEntry) -> StoredEmail:
    """Return the e-mail of an entry."""
    assert entry.email_id is not None
    return await work.stores.emails.get(entry.email_id)


async def test_one_mail_to_two_mailboxes_is_executed_once_and_shown_in_both(shop: Shop) -> None:
    second = f"sales-{shop.user}"
    add_user(shop.dovecot, second)
    await shop.open_mailbox(shop_mailbox())
    sales = replace(shop_mailbox(), id=SALES, address=Address(name="Sales", address="sales@shop.example"))
    await shop.open_mailbox(sales, user=second)
    async with shop.working() as work:
        content, _ = letter(to=f"{HELP}, sales@shop.example")
        for user in (shop.user, second):
            shop.dovecot.deliver(content, user)
        entries = await work.settled(2)
        assert {entry.mailbox_id for entry in entries} == {MAILBOX, SALES}
        assert {entry.kind for entry in entries} == {EntryKind.NEW, EntryKind.DUPLICATE}
        assert len({entry.email_id for entry in entries}) == 1
        # Both entries tell what became of it.
        assert {entry.final_state for entry in entries} == {FinalState.ANSWERED}
        assert len(await work.executions()) == 1
    assert len(shop.sent()) == 1


async def test_a_follow_up_while_a_review_waits_goes_to_a_person_and_later_mail_reopens_it(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    async with shop.working() as work:
        asked = shop.deliver(text="Hello,\nthe cup I ordered arrived in pieces, and the plate is missing.\nAnn")
        await work.settled(1)
        followed = shop.deliver(text=DELIVERY, answers=(asked,))
        first, follow_up = await work.settled(2)
        conversation = (await stored(work, first)).conversation_id
        assert (await stored(work, follow_up)).conversation_id == conversation
        assert [entry.status for entry in (first, follow_up)] == [ExecutionStatus.WAITING] * 2
        assert shop.sent() == []

        for question in await work.questions():
            if question.email_id == follow_up.email_id:
                assert "Another question about this conversation" in question.reason
                await approve(shop.desk(work.stores), question.id)
        await work.succeeded(1)
        (sent,) = shop.sent()
        assert read(sent.content)["In-Reply-To"] == followed
        version = (await work.stores.emails.conversation(conversation)).version
        shop.deliver(text="Thank you. And the cup?", answers=(asked, followed, sent.message_id))
        later = (await work.settled(3))[-1]
        assert (await stored(work, later)).conversation_id == conversation
        assert (await work.stores.emails.conversation(conversation)).version > version
        assert later.status is ExecutionStatus.WAITING


async def test_who_joined_a_conversation_goes_to_a_person_with_every_mail(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    async with shop.working() as work:
        asked = shop.deliver(text=DELIVERY)
        await work.settled(1)
        (sent,) = shop.sent()
        # At once: the second must not pass because the first one's review is not there yet.
        answers = [
            letter(text=RETURN, sender="Eve <eve@evil.example>", answers=ids)[0]
            for ids in ((sent.message_id,), (asked, sent.message_id), (asked,))
        ]
        shop.dovecot.append_many(shop.user, answers)
        joined = (await work.settled(4))[1:]
        assert [entry.status for entry in joined] == [ExecutionStatus.WAITING] * 3
        for entry in joined:
            assert "new_participant" in (await stored(work, entry)).email.cautions
        for question in await work.questions():
            await reject(shop.desk(work.stores), question.id)
        await work.succeeded(4)
        shop.deliver(text=RETURN, sender="Eve <eve@evil.example>", answers=(asked,))
        assert (await work.settled(5))[-1].status is ExecutionStatus.WAITING
    assert len(shop.sent()) == 1


async def test_a_new_address_that_answers_us_joins_the_conversation_and_goes_to_a_person(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox())
    async with shop.working() as work:
        asked = shop.deliver(text=DELIVERY)
        (first,) = await work.settled(1)
        (sent,) = shop.sent()
        # Who only knows the customer's own Message-ID does not join.
        shop.deliver(text=RETURN, sender="Eve <eve@evil.example>", answers=(asked,))
        stranger = (await work.settled(2))[-1]
        assert (await stored(work, stranger)).conversation_id != (await stored(work, first)).conversation_id

        shop.deliver(text=RETURN, sender="Bob <bob@other.example>", answers=(asked, sent.message_id))
        joined = (await work.settled(3))[-1]
        email = await stored(work, joined)
        assert email.conversation_id == (await stored(work, first)).conversation_id
        assert "new_participant" in email.email.cautions
        assert joined.status is ExecutionStatus.WAITING
        (question,) = await work.questions()
        assert question.email_id == joined.email_id
        await approve(shop.desk(work.stores), question.id)
        await work.succeeded(3)
    to_bob = shop.sent()[-1]
    assert to_bob.recipients == ("bob@other.example",)
    # Nothing of what the first customer wrote, and no other address.
    assert "ann@customer.example" not in to_bob.content.decode()
    assert "how long does delivery take" not in words(to_bob.content).casefold()
