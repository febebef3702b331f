"""What every implementation of `Ledger` does with mail from before the mailbox was connected."""

from dataclasses import replace

import pytest

from contracts.store_nouns import SALES, SHOP, answering, arrival, message_id
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.conversation import Conversation
from postroom.model.email import EmailId, MailboxId
from postroom.model.execution import ExecutionStatus
from postroom.model.ledger import Acceptance, Arrival, EntryKind


async def conversation_with(stores: Stores, mail: Arrival) -> Conversation:
    """Return the conversation of an accepted mail as it is now."""
    return await stores.emails.conversation((await stores.emails.get(mail.email_id)).conversation_id)


class HistoryContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_history_is_stored_and_never_executed(self, stores: Stores) -> None:
        mail = replace(arrival(1), history=True)
        (acceptance,) = await stores.ledger.accept([mail])
        assert acceptance == Acceptance(
            kind=EntryKind.HISTORY, email_id=mail.email_id, execution_id=None, already_known=False
        )
        assert (await stores.emails.get(mail.email_id)).email == mail.email
        assert await stores.emails.raw(mail.email_id) == mail.raw.content
        assert await stores.ledger.cursor(SHOP) == "cursor 1"
        assert await stores.executions.count() == {}
        assert await stores.executions.events() == ()
        (entry,) = (await stores.ledger.entries()).rows
        assert (entry.kind, entry.email_id, entry.execution_id) == (EntryKind.HISTORY, mail.email_id, None)
        assert (entry.status, entry.final_state) == (None, None)

    async def test_history_that_is_known_changes_nothing_but_the_cursor(self, stores: Stores) -> None:
        mail = replace(arrival(1), history=True)
        await stores.ledger.accept([mail])
        (again,) = await stores.ledger.accept([replace(mail, cursor="another")])
        assert (again.kind, again.execution_id, again.already_known) == (EntryKind.HISTORY, None, True)
        assert await stores.ledger.cursor(SHOP) == "another"
        assert (await conversation_with(stores, mail)).version == 1

    async def test_a_place_that_is_history_stays_so(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([replace(mail, history=True)])
        (again,) = await stores.ledger.accept([mail])
        assert (again.kind, again.already_known) == (EntryKind.HISTORY, True)
        assert await stores.executions.count() == {}

    async def test_history_opens_and_joins_conversations_like_other_mail(self, stores: Stores) -> None:
        past = replace(arrival(1), history=True)
        later_past = replace(answering(arrival(2), message_id(past)), history=True)
        fresh = answering(arrival(3), message_id(past))
        found = await stores.ledger.accept([past, later_past, fresh])
        assert [one.kind for one in found] == [EntryKind.HISTORY, EntryKind.HISTORY, EntryKind.NEW]
        ids = {(await stores.emails.get(mail.email_id)).conversation_id for mail in (past, later_past, fresh)}
        assert len(ids) == 1
        versions = [(await stores.emails.get(mail.email_id)).conversation_version for mail in (past, later_past, fresh)]
        assert versions == [1, 2, 3]
        assert await stores.executions.count() == {ExecutionStatus.QUEUED: 1}

    async def test_a_copy_of_history_has_no_execution_either(self, stores: Stores) -> None:
        past = replace(arrival(1, content="hello"), history=True)
        copies = [arrival(2, content="hello"), replace(arrival(3, mailbox=SALES, content="hello"), history=True)]
        found = await stores.ledger.accept([past, copies[0]])
        found += await stores.ledger.accept([copies[1]])
        assert [(one.kind, one.execution_id) for one in found] == [
            (EntryKind.HISTORY, None),
            (EntryKind.DUPLICATE, None),
            (EntryKind.DUPLICATE, None),
        ]
        assert await stores.executions.count() == {}

    async def test_history_of_one_mailbox_is_executed_in_another_that_it_reaches_later(self, stores: Stores) -> None:
        past = replace(arrival(1, content="hello"), history=True)
        fresh, third = (arrival(uid, mailbox=SALES, content="hello") for uid in (2, 3))
        await stores.ledger.accept([past])
        (found,) = await stores.ledger.accept([fresh])
        assert (found.kind, found.email_id) == (EntryKind.NEW, past.email_id)
        assert found.execution_id is not None
        made = await stores.executions.get(found.execution_id)
        assert (made.mailbox_id, made.email_id) == (SALES, past.email_id)
        (copy,) = await stores.ledger.accept([third])
        assert (copy.kind, copy.execution_id) == (EntryKind.DUPLICATE, found.execution_id)
        assert await stores.executions.count() == {ExecutionStatus.QUEUED: 1}

    async def test_a_mail_is_executed_by_the_rules_of_the_last_mailbox_where_it_was_new(self, stores: Stores) -> None:
        mail = arrival(1, content="hello")
        past = replace(mail, history=True)
        await stores.ledger.accept([past])
        assert await stores.ledger.mailbox_of(mail.email_id) == SHOP
        await stores.ledger.accept([replace(arrival(2, mailbox=SALES, content="hello"), observed=True)])
        assert await stores.ledger.mailbox_of(mail.email_id) == SALES
        await stores.ledger.accept([arrival(3, content="hello")])
        assert await stores.ledger.mailbox_of(mail.email_id) == SALES
        await stores.ledger.accept([arrival(4, mailbox=MailboxId("other"), content="hello")])
        assert await stores.ledger.mailbox_of(mail.email_id) == "other"
        with pytest.raises(NotFoundError):
            await stores.ledger.mailbox_of(EmailId("none"))

    async def test_history_that_was_accepted_as_new_elsewhere_is_its_duplicate(self, stores: Stores) -> None:
        fresh = arrival(1, content="hello")
        copy = replace(arrival(2, mailbox=SALES, content="hello"), history=True)
        await stores.ledger.accept([fresh])
        (found,) = await stores.ledger.accept([copy])
        assert (found.kind, found.execution_id) == (EntryKind.DUPLICATE, fresh.execution_id)
