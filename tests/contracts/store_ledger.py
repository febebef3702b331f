"""What every implementation of `Ledger` does."""

from dataclasses import replace

import pytest

from contracts.store_nouns import (
    SALES,
    SHOP,
    answering,
    arrival,
    at,
    execution,
    message_id,
    reply,
)
from postroom.errors import InputError, NotFoundError, PostroomError
from postroom.interfaces.stores import Stores
from postroom.model.email import Address, EmailId, MailboxId, RawEmail, StoredEmail
from postroom.model.execution import EventFilter, EventKind, ExecutionId, ExecutionStatus, FinalState
from postroom.model.ledger import Acceptance, EntryKind, Quarantined


async def stored(stores: Stores, email_id: EmailId | None) -> StoredEmail:
    """Return an accepted e-mail."""
    assert email_id is not None
    return await stores.emails.get(email_id)


class LedgerContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_accepting_stores_everything_about_the_mail(self, stores: Stores) -> None:
        mail = arrival(1)
        (acceptance,) = await stores.ledger.accept([mail])
        assert acceptance == Acceptance(
            kind=EntryKind.NEW, email_id=mail.email_id, execution_id=mail.execution_id, already_known=False
        )
        email = await stores.emails.get(mail.email_id)
        assert email.email == mail.email
        assert (email.received_at, email.accepted_at) == (mail.raw.received_at, mail.accepted_at)
        assert (email.mailbox_id, email.content_hash) == (SHOP, mail.content_hash)
        assert email.size_bytes == len(mail.raw.content)
        assert await stores.emails.raw(mail.email_id) == mail.raw.content
        assert await stores.ledger.cursor(SHOP) == "cursor 1"
        conversation = await stores.emails.conversation(email.conversation_id)
        assert conversation.version == 1
        assert conversation.subject == mail.email.subject
        assert conversation.participants == ("ann@example.com",)
        queued = await stores.executions.get(mail.execution_id)
        assert queued.status is ExecutionStatus.QUEUED
        assert (queued.workflow, queued.version, queued.run) == (mail.workflow, mail.version, 1)
        (event,) = await stores.executions.events(EventFilter(execution_id=mail.execution_id))
        assert (event.kind, event.attempt, event.node_id) == (EventKind.EXECUTION_QUEUED, 1, "")

    async def test_accepting_nothing_gives_nothing(self, stores: Stores) -> None:
        assert await stores.ledger.accept([]) == ()

    async def test_a_dry_run_stays_one(self, stores: Stores) -> None:
        mail = replace(arrival(1), dry_run=True)
        await stores.ledger.accept([mail])
        assert (await stores.executions.get(mail.execution_id)).dry_run

    async def test_a_known_place_changes_nothing_but_the_cursor(self, stores: Stores) -> None:
        mail = arrival(1)
        await stores.ledger.accept([mail])
        (again,) = await stores.ledger.accept([replace(mail, cursor="another")])
        assert again.already_known
        assert (again.kind, again.email_id) == (EntryKind.NEW, mail.email_id)
        assert await stores.ledger.cursor(SHOP) == "another"
        assert len((await stores.ledger.entries()).rows) == 1
        assert len(await stores.executions.events()) == 1

    async def test_the_same_mail_in_two_mailboxes_is_executed_once_and_shown_in_each(self, stores: Stores) -> None:
        first, second = arrival(1, content="hello"), arrival(2, mailbox=SALES, content="hello")
        await stores.ledger.accept([first])
        (copy,) = await stores.ledger.accept([second])
        assert copy == Acceptance(
            kind=EntryKind.DUPLICATE, email_id=first.email_id, execution_id=first.execution_id, already_known=False
        )
        assert await stores.executions.count() == {ExecutionStatus.QUEUED: 1}
        assert [entry.kind for entry in (await stores.ledger.entries(SALES)).rows] == [EntryKind.DUPLICATE]
        assert await stores.ledger.cursor(SALES) == "cursor 2"

    async def test_a_mail_that_was_only_observed_is_executed_where_it_may_be_answered(self, stores: Stores) -> None:
        seen = replace(arrival(1, content="hello"), observed=True)
        answerable = replace(
            arrival(2, mailbox=SALES, content="hello"), email=replace(seen.email, cautions=("never_automate",))
        )
        (first,) = await stores.ledger.accept([seen])
        (second,) = await stores.ledger.accept([answerable])
        assert (second.kind, second.email_id) == (EntryKind.NEW, first.email_id)
        assert second.execution_id not in {None, first.execution_id}
        assert second.execution_id is not None
        made = await stores.executions.get(second.execution_id)
        assert (made.mailbox_id, made.status) == (SALES, ExecutionStatus.QUEUED)
        assert [event.execution_id for event in await stores.executions.events()][-1:] == [second.execution_id]
        kept = await stored(stores, seen.email_id)
        assert (kept.mailbox_id, kept.email.cautions) == (SHOP, ("never_automate",))
        (third,) = await stores.ledger.accept([arrival(3, mailbox=MailboxId("third"), content="hello")])
        assert (third.kind, third.execution_id) == (EntryKind.DUPLICATE, second.execution_id)
        (again,) = await stores.ledger.accept([answerable])
        assert (again.already_known, again.execution_id) == (True, second.execution_id)

    @pytest.mark.parametrize("mailbox", [SHOP, SALES])
    async def test_a_mail_that_was_observed_is_not_executed_again_to_be_observed_or_where_it_is_known(
        self, stores: Stores, mailbox: MailboxId
    ) -> None:
        seen = replace(arrival(1, content="hello"), observed=True)
        # The same mailbox may have left mode observe: what it saw before is not answered all at once.
        copy = replace(arrival(2, mailbox=mailbox, content="hello"), observed=mailbox == SALES)
        await stores.ledger.accept([seen])
        (found,) = await stores.ledger.accept([copy])
        assert (found.kind, found.execution_id) == (EntryKind.DUPLICATE, seen.execution_id)
        assert await stores.executions.count() == {ExecutionStatus.QUEUED: 1}

    async def test_duplicates_within_one_call_are_seen(self, stores: Stores) -> None:
        mail = arrival(1, content="hello")
        found = await stores.ledger.accept([mail, arrival(2, content="hello"), mail])
        assert [acceptance.kind for acceptance in found] == [EntryKind.NEW, EntryKind.DUPLICATE, EntryKind.NEW]
        assert [acceptance.already_known for acceptance in found] == [False, False, True]
        assert await stores.executions.count() == {ExecutionStatus.QUEUED: 1}

    async def test_other_content_under_a_known_message_id_is_new_and_cautioned(self, stores: Stores) -> None:
        first, second = arrival(1), arrival(2)
        forged = replace(second, email=replace(second.email, message_id=first.email.message_id, cautions=("odd",)))
        await stores.ledger.accept([first])
        (acceptance,) = await stores.ledger.accept([forged])
        assert acceptance.kind is EntryKind.NEW
        assert (await stored(stores, acceptance.email_id)).email.cautions == ("odd", "message_id_reused")
        assert (await stored(stores, first.email_id)).email.cautions == ()

    async def test_an_answer_of_a_participant_joins_the_conversation(self, stores: Stores) -> None:
        first = arrival(1, sender="Ann@Example.com")
        answer = answering(arrival(2, sender="ann@example.COM"), "<unknown@x>", message_id(first))
        await stores.ledger.accept([first, answer])
        email = await stored(stores, answer.email_id)
        assert email.conversation_id == (await stored(stores, first.email_id)).conversation_id
        assert email.email.cautions == ()
        conversation = await stores.emails.conversation(email.conversation_id)
        assert conversation.version == 2
        assert len(conversation.participants) == 1
        assert (conversation.created_at, conversation.updated_at) == (first.accepted_at, answer.accepted_at)

    async def test_a_stranger_cannot_join_by_naming_a_customers_message(self, stores: Stores) -> None:
        first = arrival(1)
        stranger = answering(arrival(2, sender="eve@example.org"), message_id(first))
        await stores.ledger.accept([first])
        await stores.ledger.accept([stranger])
        email = await stored(stores, stranger.email_id)
        assert email.conversation_id != (await stored(stores, first.email_id)).conversation_id
        assert email.email.cautions == ()

    async def test_a_stranger_who_answers_our_own_reply_joins_with_a_caution(self, stores: Stores) -> None:
        first = arrival(1)
        await stores.ledger.accept([first])
        conversation_id = (await stored(stores, first.email_id)).conversation_id
        sent = await stores.outbox.add(reply("reply-1", conversation=conversation_id, version=1))
        ours = sent.outgoing.message_id
        colleague = answering(arrival(2, sender="bob@example.com"), ours, own=(ours,))
        await stores.ledger.accept([colleague])
        email = await stored(stores, colleague.email_id)
        assert email.conversation_id == conversation_id
        assert email.email.cautions == ("new_participant",)
        conversation = await stores.emails.conversation(conversation_id)
        assert conversation.participants == ("ann@example.com", "bob@example.com")
        assert conversation.version == 2

    async def test_the_newest_known_id_decides(self, stores: Stores) -> None:
        older, newer = arrival(1), arrival(2)
        await stores.ledger.accept([older, newer])
        answer = answering(arrival(3), message_id(newer), message_id(older))
        await stores.ledger.accept([answer])
        found = await stored(stores, answer.email_id)
        assert found.conversation_id == (await stored(stores, newer.email_id)).conversation_id

    async def test_mails_without_sender_or_message_id_are_strangers_to_each_other(self, stores: Stores) -> None:
        mails = [replace(arrival(n), email=replace(arrival(n).email, from_address=None)) for n in (1, 2)]
        bare = [replace(mail, email=replace(mail.email, message_id=None)) for mail in mails]
        nameless = answering(mails[1], message_id(mails[0]))
        await stores.ledger.accept(
            [
                mails[0],
                nameless,
                *(
                    replace(mail, email_id=EmailId("b" + mail.email_id), raw=replace(mail.raw, uid="b" + mail.raw.uid))
                    for mail in bare
                ),
            ]
        )
        found = {email.conversation_id for email in (await stores.emails.list()).rows}
        assert len(found) == 4

    async def test_a_display_name_is_no_identity(self, stores: Stores) -> None:
        first = arrival(1)
        other = arrival(2)
        impostor = replace(other, email=replace(other.email, from_address=Address(name="Ann", address="eve@x.org")))
        await stores.ledger.accept([first, answering(impostor, message_id(first))])
        assert len({email.conversation_id for email in (await stores.emails.list()).rows}) == 2

    async def test_known_names_the_places_that_have_an_entry(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(n) for n in (1, 2, 3)])
        assert await stores.ledger.known(SHOP, "1", ["2", "3", "4"]) == {"2", "3"}
        assert await stores.ledger.known(SHOP, "2", ["2"]) == frozenset()
        assert await stores.ledger.known(SALES, "1", ["2"]) == frozenset()
        assert await stores.ledger.known(SHOP, "1", [str(n) for n in range(2_000)]) == {"1", "2", "3"}

    async def test_a_mailbox_without_mail_has_no_cursor(self, stores: Stores) -> None:
        assert await stores.ledger.cursor(SHOP) is None

    async def test_quarantine_keeps_the_bytes_and_moves_the_cursor(self, stores: Stores) -> None:
        raw = RawEmail(
            mailbox_id=SHOP,
            uid_validity="1",
            uid="7",
            received_at=at(7),
            content=b"\x00broken",
            flags=frozenset({"b", "\\A"}),
        )
        entry = Quarantined(
            id="q1", mailbox_id=SHOP, uid_validity="1", uid="7", reason="too_large", size_bytes=7, at=at(8)
        )
        await stores.ledger.quarantine(raw, cursor="cursor 7", entry=entry)
        kept = replace(entry, received_at=at(7), flags=("\\A", "b"))
        assert (await stores.ledger.quarantined()).rows == (kept,)
        assert await stores.ledger.quarantined_entry("q1") == kept
        assert await stores.ledger.quarantined_bytes("q1") == b"\x00broken"
        assert await stores.ledger.cursor(SHOP) == "cursor 7"
        (line,) = (await stores.ledger.entries(SHOP)).rows
        assert (line.kind, line.email_id, line.status) == (EntryKind.QUARANTINED, None, None)
        assert await stores.ledger.known(SHOP, "1", ["7"]) == {"7"}
        with pytest.raises(NotFoundError) as caught:
            await stores.ledger.quarantined_bytes("q2")
        assert caught.value.hint

    async def test_what_is_in_quarantine_already_only_moves_the_cursor(self, stores: Stores) -> None:
        raw = RawEmail(mailbox_id=SHOP, uid_validity="1", uid="7", received_at=at(7), content=b"broken")
        entry = Quarantined(id="q1", mailbox_id=SHOP, uid_validity="1", uid="7", reason="bad", size_bytes=6, at=at(8))
        await stores.ledger.quarantine(raw, cursor="cursor 7", entry=entry)
        await stores.ledger.quarantine(raw, cursor="cursor 8", entry=replace(entry, reason="worse"))
        assert (await stores.ledger.quarantined()).rows == (replace(entry, received_at=at(7), flags=()),)
        assert await stores.ledger.cursor(SHOP) == "cursor 8"

    async def test_a_message_in_quarantine_is_known_to_accept_which_moves_the_cursor(self, stores: Stores) -> None:
        mail = arrival(7)
        entry = Quarantined(id="q1", mailbox_id=SHOP, uid_validity="1", uid="7", reason="bad", size_bytes=6, at=at(8))
        await stores.ledger.quarantine(mail.raw, cursor="cursor 7", entry=entry)
        (again,) = await stores.ledger.accept([replace(mail, cursor="cursor 8")])
        assert (again.kind, again.already_known) == (EntryKind.QUARANTINED, True)
        assert await stores.ledger.cursor(SHOP) == "cursor 8"

    async def test_a_reason_that_no_store_can_take_is_kept_in_other_letters(self, stores: Stores) -> None:
        raw = RawEmail(mailbox_id=SHOP, uid_validity="1", uid="7", received_at=at(7), content=b"broken")
        entry = Quarantined(
            id="q1", mailbox_id=SHOP, uid_validity="1", uid="7", reason="no \udcff", size_bytes=6, at=at(8)
        )
        await stores.ledger.quarantine(raw, cursor="cursor 7", entry=entry)
        (kept,) = (await stores.ledger.quarantined()).rows
        assert kept.reason == "no \\udcff"

    async def test_a_mail_that_no_store_can_take_is_refused_as_one_that_waiting_does_not_mend(
        self, stores: Stores
    ) -> None:
        mail = arrival(1)
        odd = replace(mail, email=replace(mail.email, subject="half a character \udcff"))
        with pytest.raises(PostroomError) as caught:
            await stores.ledger.accept([odd])
        assert not caught.value.retryable
        assert caught.value.hint
        assert "half a character" not in caught.value.message
        assert await stores.ledger.cursor(SHOP) is None

    async def test_quarantine_without_a_cursor_leaves_it_alone(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(1)])
        raw = replace(arrival(2).raw)
        entry = Quarantined(id="q", mailbox_id=SHOP, uid_validity="1", uid="2", reason="bad", size_bytes=1, at=at(2))
        await stores.ledger.quarantine(raw, cursor=None, entry=entry)
        assert await stores.ledger.cursor(SHOP) == "cursor 1"

    async def test_entries_tell_the_present_state_of_their_execution(self, stores: Stores) -> None:
        first, copy = arrival(1, content="hello"), arrival(2, mailbox=SALES, content="hello")
        await stores.ledger.accept([first, copy])
        done = replace(execution(first.execution_id), status=ExecutionStatus.SUCCEEDED, final_state=FinalState.ANSWERED)
        assert await stores.executions.settle(done, [])
        entries = (await stores.ledger.entries()).rows
        assert [entry.kind for entry in entries] == [EntryKind.NEW, EntryKind.DUPLICATE]
        assert {(entry.status, entry.final_state) for entry in entries} == {
            (ExecutionStatus.SUCCEEDED, FinalState.ANSWERED)
        }
        assert {entry.execution_id for entry in entries} == {ExecutionId(first.execution_id)}

    async def test_entries_come_in_pages_in_the_order_they_were_made(self, stores: Stores) -> None:
        await stores.ledger.accept([arrival(n) for n in (3, 1, 2)])
        await stores.ledger.accept([arrival(9, mailbox=SALES)])
        page = await stores.ledger.entries(SHOP, limit=2)
        assert [entry.uid for entry in page.rows] == ["3", "1"]
        rest = await stores.ledger.entries(SHOP, after=page.next_cursor, limit=2)
        assert [entry.uid for entry in rest.rows] == ["2"]
        assert rest.next_cursor is None
        assert [entry.uid for entry in (await stores.ledger.entries()).rows] == ["3", "1", "2", "9"]

    @pytest.mark.parametrize("cursor", ["", "x", "1-2-3-4", "-1", "99999999999999999999999", "'; DROP TABLE ledger"])
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.ledger.entries(after=cursor)
        assert caught.value.hint

    async def test_a_cursor_without_a_message_is_kept(self, stores: Stores) -> None:
        for _ in range(2):
            await stores.ledger.keep_cursor(SHOP, "cursor 0")
        assert await stores.ledger.cursor(SHOP) == "cursor 0"
        assert await stores.ledger.cursor(SALES) is None
        await stores.ledger.accept([arrival(1)])
        assert await stores.ledger.cursor(SHOP) == "cursor 1"
        await stores.ledger.keep_cursor(SHOP, "anew")
        assert await stores.ledger.cursor(SHOP) == "anew"
        assert len((await stores.ledger.entries()).rows) == 1
