"""Acceptance: the same mail once, another mail always, a bad one into quarantine, and the rest go on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from clocks import SetClock
from empty_store import open_stores_at
from engine.house import MAILBOX
from intake.scene import ARRIVED, NOW, elsewhere, intake_of, mail
from postroom.errors import StoreError
from postroom.intake.accept import Intake, accept
from postroom.interfaces.provider import TRUNCATED_FLAG, UNREADABLE_FLAG
from postroom.interfaces.stores import Stores
from postroom.model.email import Address, Email, MailboxId, RawEmail
from postroom.model.execution import ExecutionStatus
from postroom.model.ledger import Acceptance, Arrival, EntryKind
from postroom.model.mailbox import Lists, Mailbox, Mode

MAX_BYTES = 2_000
SALES = Mailbox(
    id=MailboxId("sales"),
    address=Address(name="Sales", address="sales@lindenhof.example"),
    workflow="test",
    mode=Mode.AUTOMATIC,
)


@dataclass
class Reception:
    """An intake on a real store."""

    stores: Stores
    intake: Intake

    async def take(self, *emails: RawEmail) -> tuple[Acceptance, ...]:
        return await accept(self.intake, [(email, f"cursor {email.uid}") for email in emails])

    async def stored(self, raw: RawEmail, **rules: object) -> Email:
        """Accept a mail under changed rules of the mailbox and return it as it is stored."""
        mailbox = Mailbox(**{**{name: getattr(MAILBOX, name) for name in Mailbox.__dataclass_fields__}, **rules})
        (found,) = await accept(replace(self.intake, mailbox=mailbox), [(raw, "cursor")])
        assert found.email_id is not None
        return (await self.stores.emails.get(found.email_id)).email

    async def executions(self) -> int:
        return sum((await self.stores.executions.count()).values())


@pytest.fixture
async def reception(tmp_path: Path) -> AsyncIterator[Reception]:
    stores = await open_stores_at(tmp_path / "store.sqlite")
    yield Reception(stores, await intake_of(stores, SetClock(NOW), max_bytes=MAX_BYTES))
    await stores.connection.close()


async def test_a_new_mail_gets_a_queued_execution_and_moves_the_cursor(reception: Reception) -> None:
    (found,) = await reception.take(mail(1))
    assert (found.kind, found.already_known) == (EntryKind.NEW, False)
    assert found.execution_id is not None
    execution = await reception.stores.executions.get(found.execution_id)
    assert (execution.status, execution.run, execution.email_id) == (ExecutionStatus.QUEUED, 1, found.email_id)
    assert await reception.stores.ledger.cursor(MAILBOX.id) == "cursor 1"


async def test_two_different_mails_under_one_message_id_are_both_executed_the_second_with_a_caution(
    reception: Reception,
) -> None:
    first, second = await reception.take(mail(1), mail(2, body="Something else"))
    assert (first.kind, second.kind) == (EntryKind.NEW, EntryKind.NEW)
    assert first.execution_id != second.execution_id
    assert first.email_id is not None
    assert second.email_id is not None
    assert (await reception.stores.emails.get(first.email_id)).email.cautions == ()
    assert (await reception.stores.emails.get(second.email_id)).email.cautions == ("message_id_reused",)
    assert await reception.executions() == 2


@pytest.mark.parametrize("apart", [True, False])
async def test_the_same_mail_with_other_delivery_headers_is_executed_once(reception: Reception, *, apart: bool) -> None:
    first, second = mail(1, received="a.example"), mail(2, received="b.example")
    found = (
        [*await reception.take(first), *await reception.take(second)] if apart else await reception.take(first, second)
    )
    assert [each.kind for each in found] == [EntryKind.NEW, EntryKind.DUPLICATE]
    assert found[0].execution_id == found[1].execution_id
    assert await reception.executions() == 1


async def test_one_mail_in_two_mailboxes_is_executed_once_and_known_in_each(reception: Reception) -> None:
    sales = await intake_of(reception.stores, SetClock(NOW), mailbox=SALES)
    (first,) = await reception.take(mail(1))
    (second,) = await accept(sales, [(elsewhere(mail(1), SALES), "sales 1")])
    assert (first.kind, second.kind) == (EntryKind.NEW, EntryKind.DUPLICATE)
    assert first.execution_id == second.execution_id
    assert await reception.executions() == 1
    for mailbox_id, cursor in ((MAILBOX.id, "cursor 1"), (SALES.id, "sales 1")):
        assert await reception.stores.ledger.known(mailbox_id, "1", ["1"]) == {"1"}
        assert await reception.stores.ledger.cursor(mailbox_id) == cursor


@pytest.mark.parametrize(
    "sales", [replace(SALES, mode=Mode.OBSERVE), replace(SALES, connected_at=ARRIVED + timedelta(days=1))]
)
async def test_a_mail_that_one_mailbox_does_not_answer_is_executed_in_the_other(
    reception: Reception, sales: Mailbox
) -> None:
    quiet = await intake_of(reception.stores, SetClock(NOW), mailbox=sales)
    (first,) = await accept(quiet, [(elsewhere(mail(1), SALES), "sales 1")])
    (second,) = await reception.take(mail(1, received="mx.example"))
    assert (second.kind, second.email_id) == (EntryKind.NEW, first.email_id)
    assert second.execution_id is not None
    execution = await reception.stores.executions.get(second.execution_id)
    assert (execution.mailbox_id, execution.status) == (MAILBOX.id, ExecutionStatus.QUEUED)
    assert second.execution_id != first.execution_id


async def test_two_mailboxes_that_get_one_mail_at_the_same_time_execute_it_once(reception: Reception) -> None:
    sales = await intake_of(reception.stores, SetClock(NOW), mailbox=SALES)
    mails = [mail(uid, message_id=f"<{uid}@example.org>") for uid in range(1, 9)]
    there = [(elsewhere(each, SALES), each.uid) for each in mails]
    here = [(each, each.uid) for each in mails]
    one, other = await asyncio.gather(accept(reception.intake, here), accept(sales, there))
    pairs = [{first.kind, second.kind} for first, second in zip(one, other, strict=True)]
    assert pairs == [{EntryKind.NEW, EntryKind.DUPLICATE}] * 8
    assert await reception.executions() == 8


async def test_mail_from_before_the_mailbox_was_connected_is_stored_and_never_executed(reception: Reception) -> None:
    connected = replace(reception.intake, mailbox=replace(MAILBOX, connected_at=ARRIVED + timedelta(hours=1)))
    later = replace(mail(2, message_id="<2@example.org>"), received_at=ARRIVED + timedelta(hours=1))
    old, new = await accept(connected, [(mail(1), "1"), (later, "2")])
    assert (old.kind, old.execution_id, new.kind) == (EntryKind.HISTORY, None, EntryKind.NEW)
    assert old.email_id is not None
    assert (await reception.stores.emails.get(old.email_id)).email.new_text == "Hello"
    assert await reception.executions() == 1


async def test_the_flags_of_the_mailbox_are_kept_as_a_reason(reception: Reception) -> None:
    answered = replace(mail(1), flags=frozenset({"\\Answered"}))
    assert (await reception.stored(answered)).automatic == "answered_elsewhere"
    junk = replace(mail(2, body="Win!"), flags=frozenset({"$Junk"}))
    assert (await reception.stored(junk)).automatic == "spam_flagged"


async def test_our_own_mail_is_known_by_any_mailbox(reception: Reception) -> None:
    everywhere = replace(reception.intake, own_addresses=frozenset({SALES.address.address}))
    ours = replace(mail(1), content=mail(1).content.replace(b"ada@example.org", b"sales@lindenhof.example"))
    (found,) = await accept(everywhere, [(ours, "1")])
    assert found.email_id is not None
    assert (await reception.stores.emails.get(found.email_id)).email.automatic == "own_address"


async def test_the_rules_of_the_mailbox_are_kept_as_reasons(reception: Reception) -> None:
    lists = Lists(always_person=("hello",), never_automate=("@example.org",))
    found = await reception.stored(mail(1), lists=lists, answer_within_hours=0.5)
    assert found.cautions == ("too_old", "never_automate", "always_person")
    never = await reception.stored(mail(2, body="Another"), lists=Lists(never_answer=("ada@example.org",)))
    assert never.automatic == "never_answer"


async def test_attachments_are_kept_by_their_digest(reception: Reception) -> None:
    content = (
        b"From: ada@example.org\r\nMessage-ID: <a@example.org>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"JVBERi0xLjQ=\r\n--b--\r\n"
    )
    found = await reception.stored(replace(mail(1), content=content))
    (attachment,) = found.attachments
    assert await reception.stores.emails.attachment(attachment.digest) == b"%PDF-1.4"


async def test_the_same_place_again_changes_nothing(reception: Reception) -> None:
    await reception.take(mail(1))
    (again,) = await reception.take(mail(1))
    assert again.already_known
    assert len((await reception.stores.ledger.entries()).rows) == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (mail(2, body="x" * MAX_BYTES), "more than 2000"),
        (replace(mail(2, message_id="<two@example.org>"), flags=frozenset({TRUNCATED_FLAG})), "larger than allowed"),
    ],
    ids=["too large", "cut by the receiver"],
)
async def test_a_mail_that_is_too_large_goes_to_quarantine_with_its_bytes_and_the_rest_go_on(
    reception: Reception, bad: RawEmail, reason: str
) -> None:
    rest = mail(1), mail(3, message_id="<three@example.org>")
    found = await reception.take(rest[0], bad, rest[1])
    assert [each.kind for each in found] == [EntryKind.NEW, EntryKind.QUARANTINED, EntryKind.NEW]
    (kept,) = (await reception.stores.ledger.quarantined()).rows
    assert reason in kept.reason
    assert await reception.stores.ledger.quarantined_bytes(kept.id) == bad.content
    assert await reception.stores.ledger.cursor(MAILBOX.id) == "cursor 3"
    assert await reception.executions() == 2


async def test_a_mail_whose_acceptance_breaks_goes_to_quarantine_and_the_rest_go_on(reception: Reception) -> None:
    class Fussy:
        """The ledger, save that it breaks over one mail."""

        def __getattr__(self, name: str) -> object:
            return getattr(reception.stores.ledger, name)

        async def accept(self, arrivals: Sequence[Arrival]) -> tuple[Acceptance, ...]:
            if any(arrival.raw.uid == "2" for arrival in arrivals):
                raise ValueError("cannot be stored")
            return await reception.stores.ledger.accept(arrivals)

    fussy = replace(reception.intake, ledger=Fussy())  # type: ignore[arg-type]  # The rest is delegated by name.
    mails = [mail(uid, message_id=f"<{uid}@example.org>") for uid in (1, 2, 3)]
    found = await accept(fussy, [(each, each.uid) for each in mails])
    assert [each.kind for each in found] == [EntryKind.NEW, EntryKind.QUARANTINED, EntryKind.NEW]
    (kept,) = (await reception.stores.ledger.quarantined()).rows
    assert kept.reason == "ValueError while reading it"
    assert await reception.stores.ledger.quarantined_bytes(kept.id) == mails[1].content


async def test_a_store_that_is_away_puts_nothing_into_quarantine(reception: Reception) -> None:
    await reception.stores.connection.close()
    with pytest.raises(StoreError):
        await reception.take(mail(1))


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff" * 50, b"From: <\r\n\r\n", b"Subject: =?utf-8?b?7aCA?=\r\n\r\n\xed\xa0\x80"]
)
async def test_odd_bytes_are_never_lost(reception: Reception, content: bytes) -> None:
    (found,) = await reception.take(replace(mail(1), content=content))
    if found.kind is EntryKind.QUARANTINED:
        assert (await reception.stores.ledger.quarantined()).rows[0].size_bytes == len(content)
    else:
        assert found.email_id is not None
        assert await reception.stores.emails.raw(found.email_id) == content


async def test_what_a_server_cannot_give_stands_in_quarantine_with_its_reason(reception: Reception) -> None:
    spoilt = replace(mail(2), content=b"", flags=frozenset({UNREADABLE_FLAG}))
    found = await reception.take(mail(1), spoilt, mail(3, message_id="<3@example.org>"))
    assert [one.kind for one in found] == [EntryKind.NEW, EntryKind.QUARANTINED, EntryKind.NEW]
    (entry,) = (await reception.stores.ledger.quarantined()).rows
    assert (entry.uid, entry.size_bytes) == ("2", 0)
    assert "mail server cannot give this message" in entry.reason
    assert await reception.stores.ledger.known(MAILBOX.id, spoilt.uid_validity, ["2"]) == {"2"}
