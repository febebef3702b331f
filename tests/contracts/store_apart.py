"""What every implementation of `Ledger` does with mail that stands apart, and with single entries in quarantine."""

from dataclasses import replace

import pytest

from contracts.store_nouns import SHOP, answering, arrival, at, message_id
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import StoredEmail
from postroom.model.execution import ExecutionFilter
from postroom.model.ledger import Arrival, EntryKind, Quarantined


def uploaded(uid: int, *, like: Arrival) -> Arrival:
    """Return an upload with the sender, the Message-ID and the references of another mail."""
    mail = arrival(uid)
    email = replace(mail.email, message_id=like.email.message_id, from_address=like.email.from_address)
    joining = answering(mail, *like.thread_ids, own=like.own_thread_ids)
    return replace(joining, email=email, cursor=None, apart=True)


async def stored(stores: Stores, mail: Arrival) -> StoredEmail:
    """Return the e-mail of an arrival."""
    return await stores.emails.get(mail.email_id)


async def shelved(stores: Stores) -> Arrival:
    """Put a mail into quarantine as `q1`, and return it as it would be accepted."""
    mail = arrival(7)
    entry = Quarantined(
        id="q1", mailbox_id=SHOP, uid_validity="1", uid=mail.raw.uid, reason="bad", size_bytes=6, at=at(8)
    )
    await stores.ledger.quarantine(mail.raw, cursor="cursor 7", entry=entry)
    return mail


class ApartContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_an_upload_has_a_conversation_of_its_own(self, stores: Stores) -> None:
        first = arrival(1)
        answer = answering(arrival(2), message_id(first))
        copy = uploaded(3, like=answer)
        await stores.ledger.accept([first, answer])
        (acceptance,) = await stores.ledger.accept([copy])
        assert (acceptance.kind, acceptance.execution_id) == (EntryKind.NEW, copy.execution_id)
        found = await stored(stores, copy)
        assert found.email.cautions == ()
        assert found.conversation_id != (await stored(stores, first)).conversation_id
        conversation = await stores.emails.conversation(found.conversation_id)
        assert (conversation.version, conversation.participants) == (1, ("ann@example.com",))
        assert (await stores.emails.conversation((await stored(stores, first)).conversation_id)).version == 2

    async def test_later_mail_with_its_message_id_or_that_refers_to_it_is_as_if_it_were_not_there(
        self, stores: Stores
    ) -> None:
        real = arrival(1)
        copy = uploaded(3, like=real)
        refers = answering(arrival(4), message_id(real))
        await stores.ledger.accept([copy, refers])
        assert (await stored(stores, refers)).conversation_id != (await stored(stores, copy)).conversation_id
        assert (await stores.emails.conversation((await stored(stores, copy)).conversation_id)).version == 1
        (acceptance,) = await stores.ledger.accept([real])
        assert acceptance.kind is EntryKind.NEW
        found = await stored(stores, real)
        assert found.email.cautions == ()
        assert found.conversation_id != (await stored(stores, copy)).conversation_id
        later = answering(arrival(5), message_id(real))
        await stores.ledger.accept([later])
        assert (await stored(stores, later)).conversation_id == found.conversation_id

    async def test_an_upload_leaves_the_cursor_of_the_mailbox_alone(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(1)])
        await stores.ledger.accept([uploaded(3, like=arrival(2))])
        assert await stores.ledger.cursor(SHOP) == "cursor 1"

    async def test_the_queued_event_of_an_arrival_names_its_workflow(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(1)])
        (event,) = await stores.executions.events()
        assert event.workflow == arrival(1).workflow

    async def test_one_entry_of_the_quarantine_is_found_by_its_id(self, stores: Stores) -> None:
        assert await stores.ledger.count_quarantined() == 0
        for number in range(3):
            raw = replace(arrival(1).raw, uid=str(number))
            entry = Quarantined(
                id=f"q{number}",
                mailbox_id=SHOP,
                uid_validity="1",
                uid=str(number),
                reason="bad",
                size_bytes=9,
                at=at(number),
            )
            await stores.ledger.quarantine(raw, cursor=None, entry=entry)
        assert await stores.ledger.count_quarantined() == 3
        assert (await stores.ledger.quarantined_entry("q1")).uid == "1"
        with pytest.raises(NotFoundError) as caught:
            await stores.ledger.quarantined_entry("q9")
        assert caught.value.hint

    async def test_what_is_dismissed_is_gone_and_its_place_stays_known(self, stores: Stores) -> None:
        mail = await shelved(stores)
        await stores.ledger.dismiss_quarantined("q1")
        assert (await stores.ledger.quarantined()).rows == ()
        for gone in (
            stores.ledger.quarantined_entry("q1"),
            stores.ledger.quarantined_bytes("q1"),
            stores.ledger.dismiss_quarantined("q1"),
        ):
            with pytest.raises(NotFoundError):
                await gone
        (again,) = await stores.ledger.accept([mail])
        assert (again.kind, again.already_known) == (EntryKind.QUARANTINED, True)

    async def test_what_is_let_in_has_the_place_that_it_had_in_quarantine(self, stores: Stores) -> None:
        mail = replace(await shelved(stores), cursor=None)
        found = await stores.ledger.accept_quarantined("q1", mail)
        assert (found.kind, found.email_id, found.already_known) == (EntryKind.NEW, mail.email_id, False)
        assert (await stores.ledger.quarantined()).rows == ()
        assert (await stores.executions.get(mail.execution_id)).email_id == mail.email_id
        assert await stores.ledger.cursor(SHOP) == "cursor 7"
        (entry,) = (await stores.ledger.entries()).rows
        assert (entry.kind, entry.uid, entry.email_id) == (EntryKind.NEW, mail.raw.uid, mail.email_id)

    async def test_what_is_let_in_twice_is_let_in_once(self, stores: Stores) -> None:
        mail = replace(await shelved(stores), cursor=None)
        await stores.ledger.accept_quarantined("q1", mail)
        with pytest.raises(NotFoundError):
            await stores.ledger.accept_quarantined("q1", mail)
        assert len((await stores.ledger.entries()).rows) == 1

    async def test_a_copy_that_is_let_in_is_a_duplicate(self, stores: Stores) -> None:
        mail = replace(await shelved(stores), cursor=None)
        await stores.ledger.accept([replace(mail, raw=replace(mail.raw, uid="another"))])
        found = await stores.ledger.accept_quarantined("q1", mail)
        assert found.kind is EntryKind.DUPLICATE
        assert len((await stores.executions.list(ExecutionFilter())).rows) == 1
