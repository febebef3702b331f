"""What every implementation of `Emails` does."""

from dataclasses import replace

import pytest

from contracts.kept_nouns import all_pages
from contracts.store_nouns import SALES, SHOP, answering, arrival, at, execution, message_id
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId, EmailId, MailboxId, WaitingEmail
from postroom.model.execution import ExecutionId, ExecutionStatus


class EmailsContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.emails.get(EmailId("none"))
        assert caught.value.hint
        with pytest.raises(NotFoundError) as caught:
            await stores.emails.raw(EmailId("none"))
        assert caught.value.hint
        with pytest.raises(NotFoundError) as caught:
            await stores.emails.conversation(ConversationId("none"))
        assert caught.value.hint

    async def test_several_are_given_at_once_and_what_is_not_there_is_left_out(self, stores: Stores) -> None:
        mails = [arrival(n) for n in (1, 2, 3)]
        await stores.ledger.accept(mails)
        wanted = [mails[2].email_id, EmailId("none"), mails[0].email_id, mails[0].email_id]
        found = await stores.emails.some(wanted)
        assert set(found) == {mails[0].email_id, mails[2].email_id}
        assert all([found[name] == await stores.emails.get(name) for name in found])
        assert await stores.emails.some([]) == {}

    async def test_lists_begin_with_the_newest(self, stores: Stores) -> None:
        mails = [arrival(n) for n in (2, 1, 3)]
        await stores.ledger.accept(mails)
        found = (await stores.emails.list()).rows
        assert [email.id for email in found] == [mails[2].email_id, mails[0].email_id, mails[1].email_id]

    async def test_pages_join_without_gap_or_repetition_while_mail_arrives(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(n) for n in range(1, 8)])
        first = await stores.emails.list(limit=3)
        await stores.ledger.accept([arrival(n) for n in range(10, 13)])
        second = await stores.emails.list(after=first.next_cursor, limit=3)
        third = await stores.emails.list(after=second.next_cursor, limit=3)
        minutes = [email.received_at.minute for page in (first, second, third) for email in page.rows]
        assert minutes == [7, 6, 5, 4, 3, 2, 1]
        assert third.next_cursor is None

    async def test_an_empty_list_has_one_empty_page(self, stores: Stores) -> None:
        page = await stores.emails.list()
        assert page.rows == ()
        assert page.next_cursor is None

    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores) -> None:
        with pytest.raises(InputError):
            await stores.emails.list(after="yesterday")

    async def test_the_mails_of_a_conversation_come_oldest_first_in_pages(self, stores: Stores) -> None:
        first = arrival(1)
        later = [answering(arrival(number), message_id(first)) for number in (5, 4, 3)]
        past = replace(answering(arrival(0), message_id(first)), history=True)
        await stores.ledger.accept([first, arrival(2), *later, past])
        conversation_id = (await stores.emails.get(first.email_id)).conversation_id
        page = await stores.emails.of_conversation(conversation_id, limit=3)
        assert [email.received_at.minute for email in page.rows] == [0, 1, 3]
        await stores.ledger.accept([answering(arrival(6), message_id(first))])
        rest = await stores.emails.of_conversation(conversation_id, after=page.next_cursor, limit=3)
        assert [email.received_at.minute for email in rest.rows] == [4, 5, 6]
        assert rest.next_cursor is None
        assert (await stores.emails.of_conversation(ConversationId("none"))).rows == ()
        with pytest.raises(InputError):
            await stores.emails.of_conversation(conversation_id, after="yesterday")

    async def test_the_mails_of_a_mailbox_come_newest_first_in_pages(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(uid, mailbox=SALES if uid % 2 else SHOP) for uid in range(1, 8)])
        first = await stores.emails.list(SALES, limit=2)
        await stores.ledger.accept([arrival(9, mailbox=SALES), arrival(10)])
        second = await stores.emails.list(SALES, after=first.next_cursor, limit=2)
        assert [email.received_at.minute for page in (first, second) for email in page.rows] == [7, 5, 3, 1]
        assert second.next_cursor is None
        assert (await stores.emails.list(MailboxId("none"))).rows == ()

    async def test_a_mail_of_several_mailboxes_is_in_the_list_of_each_once(self, stores: Stores) -> None:
        other = MailboxId("other")
        shop = [arrival(uid) for uid in range(1, 7)]
        taken_over = replace(shop[1], observed=True)
        past = replace(shop[4], history=True)
        await stores.ledger.accept([shop[0], taken_over, *shop[2:4], past, shop[5]])
        copies = [
            replace(one, raw=replace(one.raw, mailbox_id=box, uid=f"{uid}{one.raw.uid}"), cursor=None)
            for one, box, uid in ((shop[1], SALES, 1), (shop[4], SALES, 1), (shop[3], SALES, 1), (shop[3], SALES, 2))
        ]
        await stores.ledger.accept(copies)
        await stores.ledger.accept([replace(copies[0], raw=replace(copies[0].raw, mailbox_id=other))])
        await stores.ledger.accept([arrival(9, mailbox=SALES), arrival(0, mailbox=SALES), *copies])
        pages = await all_pages(lambda cursor: stores.emails.list(SALES, after=cursor, limit=2))
        assert [[one.received_at.minute for one in page] for page in pages] == [[9, 5], [4, 2], [0]]
        found = (await stores.emails.list(SHOP)).rows
        assert [email.received_at.minute for email in found] == [6, 5, 4, 3, 2, 1]
        assert [email.received_at.minute for email in (await stores.emails.list(other)).rows] == [2]
        assert len((await stores.emails.list()).rows) == 8

    async def test_conversations_begin_with_the_one_that_was_written_in_last(self, stores: Stores) -> None:
        mails = [arrival(uid) for uid in range(1, 6)]
        await stores.ledger.accept(mails)
        await stores.ledger.accept([answering(arrival(7), message_id(mails[1]))])
        first = await stores.emails.conversations(limit=2)
        assert [one.subject for one in first.rows] == ["About mail 2", "About mail 5"]
        assert first.rows[0] == await stores.emails.conversation(first.rows[0].id)
        await stores.ledger.accept([arrival(9)])
        second = await stores.emails.conversations(after=first.next_cursor, limit=2)
        third = await stores.emails.conversations(after=second.next_cursor, limit=2)
        rows = (*second.rows, *third.rows)
        assert [one.subject for one in rows] == ["About mail 4", "About mail 3", "About mail 1"]
        assert third.next_cursor is None

    async def test_conversations_of_the_same_moment_are_all_listed_page_by_page(self, stores: Stores) -> None:
        mails = [replace(arrival(uid), accepted_at=at(0)) for uid in range(5)]
        await stores.ledger.accept(mails)
        after: str | None = None
        subjects: list[str] = []
        for _ in range(3):
            page = await stores.emails.conversations(after=after, limit=2)
            after = page.next_cursor
            subjects += [one.subject for one in page.rows]
        assert after is None
        assert sorted(subjects) == [f"About mail {uid}" for uid in range(5)]

    @pytest.mark.parametrize(
        "cursor", ["yesterday", "1", "", "\x00", "\ud800", "eA==", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5L2E="]
    )
    async def test_a_cursor_that_is_none_of_conversations_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError):
            await stores.emails.conversations(after=cursor)

    async def test_what_nothing_has_begun_to_work_on_waits_oldest_first(self, stores: Stores) -> None:
        past = [replace(arrival(uid), history=True) for uid in (1, 4)]
        fresh = [arrival(uid) for uid in (2, 3)]
        await stores.ledger.accept([past[0], fresh[0], arrival(9, mailbox=SALES)])
        await stores.ledger.accept([fresh[1], past[1]])
        waiting = [
            WaitingEmail(email_id=past[0].email_id, execution_id=None),
            WaitingEmail(email_id=fresh[0].email_id, execution_id=fresh[0].execution_id),
            WaitingEmail(email_id=fresh[1].email_id, execution_id=fresh[1].execution_id),
            WaitingEmail(email_id=past[1].email_id, execution_id=None),
        ]
        assert await stores.emails.waiting(SHOP, limit=9) == tuple(waiting)
        assert await stores.emails.waiting(SHOP, limit=2) == tuple(waiting[:2])
        assert len(await stores.emails.waiting(SALES, limit=9)) == 1
        assert await stores.emails.waiting(MailboxId("none"), limit=9) == ()

    async def test_what_was_begun_does_not_wait(self, stores: Stores) -> None:
        past = replace(arrival(1), history=True)
        fresh = [arrival(uid) for uid in (2, 3, 4)]
        await stores.ledger.accept([past, *fresh])
        await stores.executions.add(
            replace(execution("by hand", status=ExecutionStatus.RUNNING), email_id=past.email_id)
        )
        running, paused, again = (execution(mail.execution_id) for mail in fresh)
        await stores.executions.settle(replace(running, status=ExecutionStatus.RUNNING), [])
        await stores.executions.settle(replace(paused, status=ExecutionStatus.PAUSED), [])
        await stores.executions.settle(replace(again, status=ExecutionStatus.FAILED), [])
        assert await stores.executions.requeue(again.id, run=2, status=ExecutionStatus.FAILED)
        assert await stores.emails.waiting(SHOP, limit=9) == ()

    async def test_dry_runs_work_on_nothing(self, stores: Stores) -> None:
        past, fresh = replace(arrival(1), history=True), arrival(2)
        await stores.ledger.accept([past, fresh])
        waiting = (
            WaitingEmail(email_id=past.email_id, execution_id=None),
            WaitingEmail(email_id=fresh.email_id, execution_id=fresh.execution_id),
        )
        for number, mail in enumerate((past, fresh)):
            dry = replace(execution(f"dry {number}"), email_id=mail.email_id, dry_run=True)
            await stores.executions.add(dry)
            assert await stores.emails.waiting(SHOP, limit=9) == waiting
            assert await stores.executions.settle(replace(dry, status=ExecutionStatus.SUCCEEDED), [])
        assert await stores.emails.waiting(SHOP, limit=9) == waiting

    async def test_the_newest_execution_says_whether_an_email_waits(self, stores: Stores) -> None:
        mails = [arrival(uid) for uid in (1, 2)]
        await stores.ledger.accept(mails)
        await stores.executions.add(
            replace(execution("later", status=ExecutionStatus.SUCCEEDED), email_id=mails[0].email_id)
        )
        await stores.executions.add(replace(execution("newest"), email_id=mails[1].email_id))
        assert await stores.emails.waiting(SHOP, limit=9) == (
            WaitingEmail(email_id=mails[1].email_id, execution_id=ExecutionId("newest")),
        )
