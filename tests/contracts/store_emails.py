"""What every implementation of `Emails` does."""

import pytest

from contracts.store_nouns import arrival
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
