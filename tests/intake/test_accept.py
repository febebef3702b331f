"""Acceptance: the same mail once, another mail always, a bad one into quarantine, and the rest go on."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.house import MAILBOX, SECRET, make_workflow
from postroom.errors import StoreError
from postroom.intake.accept import Intake, accept
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import TRUNCATED_FLAG
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId, RawEmail
from postroom.model.execution import ExecutionStatus
from postroom.model.ledger import Acceptance, Arrival, EntryKind
from postroom.stores.sql.open import open_stores

MAX_BYTES = 2_000


@dataclass
class Reception:
    """An intake on a real store."""

    stores: Stores
    intake: Intake

    async def take(self, *emails: RawEmail) -> tuple[Acceptance, ...]:
        return await accept(self.intake, [(email, f"cursor {email.uid}") for email in emails])

    async def executions(self) -> int:
        return sum((await self.stores.executions.count()).values())


@pytest.fixture
async def reception(tmp_path: Path) -> AsyncIterator[Reception]:
    stores = await open_stores(f"sqlite:///{tmp_path / 'store.sqlite'}")
    workflow = await stores.workflows.save(make_workflow({"s": "start"}, []))
    intake = Intake(ledger=stores.ledger, clock=SystemClock(), workflow=workflow, secret=SECRET, max_bytes=MAX_BYTES)
    yield Reception(stores, intake)
    await stores.connection.close()


def mail(uid: int, *, message_id: str = "<one@example.org>", body: str = "Hello", received: str = "") -> RawEmail:
    head = f"Received: from {received}\r\nReturn-Path: <ada@{received}>\r\n" if received else ""
    content = f"{head}From: Ada <ada@example.org>\r\nMessage-ID: {message_id}\r\nSubject: Hi\r\n\r\n{body}\r\n"
    return RawEmail(
        mailbox_id=MAILBOX.id,
        uid_validity="1",
        uid=str(uid),
        received_at=datetime(2026, 1, 5, tzinfo=UTC),
        content=content.encode(),
    )


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
    other = replace(mail(1), mailbox_id=MailboxId("sales"))
    await reception.take(mail(1), other)
    assert await reception.executions() == 1
    for mailbox_id in (MAILBOX.id, MailboxId("sales")):
        assert await reception.stores.ledger.known(mailbox_id, "1", ["1"]) == {"1"}


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
