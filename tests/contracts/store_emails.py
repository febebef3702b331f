"""What every implementation of `Emails` does."""

from dataclasses import replace

import pytest

from contracts.store_nouns import answering, arrival, message_id
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId, EmailId


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
