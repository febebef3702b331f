from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts.store_nouns import SHOP, SUPPORT, arrival, at, workflow
from postroom.actions.desk import Desk
from postroom.actions.quarantine import (
    Rules,
    accept_again,
    dismiss,
    is_cut,
    one_quarantined,
    quarantined,
)
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.intake.accept import Intake, accept
from postroom.interfaces.provider import TRUNCATED_FLAG
from postroom.interfaces.stores.ledger import Ledger
from postroom.mime.caution_words import cautions_in_words
from postroom.model.email import FLAGS_UNKNOWN, WAS_QUARANTINED, Address
from postroom.model.execution import ExecutionStatus
from postroom.model.ledger import Acceptance, Arrival, EntryKind, Quarantined
from postroom.model.mailbox import Mailbox


async def test_everything_in_quarantine_is_found(desk: Desk) -> None:
    for number in range(5):
        raw = replace(arrival(1).raw, uid=str(number))
        entry = Quarantined(
            id=f"q{number}",
            mailbox_id=SHOP,
            uid_validity="1",
            uid=str(number),
            reason="size",
            size_bytes=9,
            at=at(number),
        )
        await desk.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    assert [one.id for one in await quarantined(desk.stores)] == ["q0", "q1", "q2", "q3", "q4"]
    assert (await one_quarantined(desk.stores, "q3")).uid == "3"
    with pytest.raises(NotFoundError):
        await one_quarantined(desk.stores, "q9")


async def test_what_the_mailbox_gave_cut_is_known_as_cut(desk: Desk) -> None:
    intake = Intake(
        ledger=desk.stores.ledger,
        clock=desk.clock,
        mailbox=Mailbox(id=SHOP, address=Address(name="", address="shop@lindenhof.example"), workflow="support"),
        workflow=workflow(SUPPORT),
        own_addresses=frozenset(),
        secret=b"0" * 32,
        max_bytes=10,
    )
    whole = replace(arrival(1).raw, uid="whole", content=b"Subject: too large")
    cut = replace(arrival(1).raw, uid="cut", content=b"Subject: x", flags=frozenset({TRUNCATED_FLAG}))
    await accept(intake, [(whole, "1"), (cut, "2")])
    assert {one.uid: is_cut(one) for one in await quarantined(desk.stores)} == {"whole": False, "cut": True}


SHOP_BOX = Mailbox(id=SHOP, address=Address(name="", address="shop@lindenhof.example"), workflow=SUPPORT)
RULES = Rules(mailboxes={SHOP: SHOP_BOX}, secret=b"0" * 32)
LETTER = b"From: ann@example.com\r\nMessage-ID: <a@example.com>\r\nSubject: Hello\r\n\r\nWhere is my parcel?\r\n"


async def shelved(desk: Desk, content: bytes = LETTER, *, reason: str = "IndexError while reading it") -> str:
    """Put a message into quarantine, and return its id."""
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    raw = replace(arrival(1).raw, uid="7", content=content)
    entry = Quarantined(
        id="qu_shop_1_7", mailbox_id=SHOP, uid_validity="1", uid="7", reason=reason, size_bytes=len(content), at=at(1)
    )
    await desk.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    return entry.id


async def test_what_fits_into_the_store_only_in_part_is_cut(desk: Desk) -> None:
    await shelved(desk, reason="It cannot be stored. Only its first 5 of 9 bytes fit in the store.")
    (found,) = await quarantined(desk.stores)
    assert is_cut(found)


async def test_what_can_be_read_now_is_let_in_and_only_a_person_may_answer_it(desk: Desk) -> None:
    found = await accept_again(desk, await shelved(desk), RULES)
    assert found.kind is EntryKind.NEW
    assert found.email_id is not None
    assert found.execution_id is not None
    email = (await desk.stores.emails.get(found.email_id)).email
    assert (email.subject, email.cautions[-1]) == ("Hello", WAS_QUARANTINED)
    assert cautions_in_words([WAS_QUARANTINED]) != WAS_QUARANTINED
    execution = await desk.stores.executions.get(found.execution_id)
    assert (execution.mailbox_id, execution.status) == (SHOP, ExecutionStatus.QUEUED)
    assert await quarantined(desk.stores) == ()


async def test_what_is_let_in_is_as_old_as_it_was_and_has_its_flags(desk: Desk) -> None:
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    box = replace(SHOP_BOX, connected_at=at(0))
    for uid, flags, days in (("1", {"\\Answered", "\\Seen"}, 0), ("2", {"$Junk"}, 0), ("3", set[str](), 900)):
        raw = replace(
            arrival(1).raw,
            uid=uid,
            content=LETTER.replace(b"<a@", f"<{uid}@".encode()),
            flags=frozenset(flags),
            received_at=at(1) - timedelta(days=days),
        )
        entry = Quarantined(
            id=uid, mailbox_id=SHOP, uid_validity="1", uid=uid, reason="odd", size_bytes=len(LETTER), at=at(2)
        )
        await desk.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    rules = replace(RULES, mailboxes={SHOP: box})
    answered, junk, old = [await accept_again(desk, uid, rules) for uid in "123"]
    assert (old.kind, old.execution_id) == (EntryKind.HISTORY, None)
    found = [await desk.stores.emails.get(one.email_id) for one in (answered, junk, old) if one.email_id]
    assert [one.email.automatic for one in found] == ["answered_elsewhere", "spam_flagged", None]
    assert [one.received_at for one in found] == [at(1), at(1), at(1) - timedelta(days=900)]
    assert all(FLAGS_UNKNOWN not in one.email.cautions for one in found)


class Forgetful:
    """A ledger that knows of what is in quarantine only what it knew before times and flags were kept."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.quarantined_bytes = ledger.quarantined_bytes
        self.accept_quarantined = ledger.accept_quarantined

    async def quarantined_entry(self, quarantine_id: str) -> Quarantined:
        """Return it without them."""
        return replace(await self._ledger.quarantined_entry(quarantine_id), received_at=None, flags=None)


@pytest.mark.parametrize(
    ("header", "received_at"),
    [
        (b"Date: Sun, 01 Feb 2026 10:00:00 +0000\r\n", datetime(2026, 2, 1, 10, tzinfo=UTC)),
        (b"Date: Sun, 01 Feb 2099 10:00:00 +0000\r\n", at(1)),
        (b"", at(1)),
    ],
)
async def test_of_what_was_kept_without_its_time_the_earliest_that_is_told_counts(
    desk: Desk, header: bytes, received_at: datetime
) -> None:
    name = await shelved(desk, header + LETTER)
    ledger: Ledger = Forgetful(desk.stores.ledger)  # type: ignore[assignment] # Only what is asked of it here.
    old = replace(desk, stores=replace(desk.stores, ledger=ledger))
    found = await accept_again(old, name, RULES)
    assert found.email_id is not None
    stored = await desk.stores.emails.get(found.email_id)
    assert stored.received_at == received_at
    assert stored.email.cautions[-2:] == (WAS_QUARANTINED, FLAGS_UNKNOWN)
    assert cautions_in_words([FLAGS_UNKNOWN]) != FLAGS_UNKNOWN


async def test_our_own_mail_that_is_let_in_is_answered_by_nobody(desk: Desk) -> None:
    found = await accept_again(
        desk,
        await shelved(desk, LETTER.replace(b"ann@", b"shop@").replace(b"example.com", b"lindenhof.example")),
        RULES,
    )
    assert found.email_id is not None
    assert (await desk.stores.emails.get(found.email_id)).email.automatic is not None


@pytest.mark.parametrize(
    ("content", "reason", "rules", "why"),
    [
        (LETTER, "The message is larger than allowed: only its first 9 bytes are kept.", RULES, "not kept whole"),
        (b"", "The mail server cannot give this message.", RULES, "not kept whole"),
        (LETTER, "bad", replace(RULES, mailboxes={}), "'shop' of the message"),
    ],
)
async def test_what_cannot_be_let_in_stays(desk: Desk, content: bytes, reason: str, rules: Rules, why: str) -> None:
    name = await shelved(desk, content, reason=reason)
    with pytest.raises(ConflictError, match=why) as refused:
        await accept_again(desk, name, rules)
    assert refused.value.hint
    assert [one.id for one in await quarantined(desk.stores)] == [name]


async def test_what_has_no_workflow_any_more_stays(desk: Desk) -> None:
    name = await shelved(desk)
    with pytest.raises(NotFoundError):
        await accept_again(desk, name, replace(RULES, mailboxes={SHOP: replace(SHOP_BOX, workflow="gone")}))
    assert [one.id for one in await quarantined(desk.stores)] == [name]


class Full:
    """A ledger that can never take what is let in."""

    def __init__(self, ledger: Ledger, error: Exception) -> None:
        self._error = error
        self.quarantined_entry = ledger.quarantined_entry
        self.quarantined_bytes = ledger.quarantined_bytes

    async def accept_quarantined(self, quarantine_id: str, arrival: Arrival) -> Acceptance:
        """Refuse it."""
        raise self._error


@pytest.mark.parametrize(
    ("error", "why"),
    [(InputError("A row is too large."), "A row is too large."), (IndexError("odd"), "IndexError while reading it")],
)
async def test_what_still_cannot_be_taken_stays_and_says_why(desk: Desk, error: Exception, why: str) -> None:
    name = await shelved(desk)
    ledger: Ledger = Full(desk.stores.ledger, error)  # type: ignore[assignment] # Only what is asked of it here.
    full = replace(desk, stores=replace(desk.stores, ledger=ledger))
    with pytest.raises(ConflictError, match=f"still cannot be accepted: {why}"):
        await accept_again(full, name, RULES)
    assert [one.id for one in await quarantined(desk.stores)] == [name]


async def test_what_is_dismissed_is_gone_with_its_bytes(desk: Desk) -> None:
    name = await shelved(desk)
    assert (await dismiss(desk, name)).size_bytes == len(LETTER)
    assert await quarantined(desk.stores) == ()
    for act in (dismiss(desk, name), accept_again(desk, name, RULES)):
        with pytest.raises(NotFoundError):
            await act
