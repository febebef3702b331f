"""Nothing on an e-mail's way becomes slower with the number of e-mails stored."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import Connection
from sqlalchemy.sql.elements import CompilerElement

from contracts.store_nouns import (
    SUPPORT,
    answering,
    arrival,
    at,
    carrying,
    event,
    execution,
    flagged,
    limit,
    message_id,
    record,
    reply,
    review,
    sent,
)
from postroom.interfaces.stores import Stores
from postroom.model.execution import EventKind, ExecutionStatus
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import ReviewStatus
from postroom.stores.sql import (
    acceptance_rows,
    accounts,
    alarms,
    allowances,
    answers,
    controls,
    emails,
    executions,
    ledger,
    mailboxes,
    outbox,
    records,
    reviews,
    search_index,
    suppressions,
    waiting,
)
from postroom.stores.sql.database import Database
from stores.sql.cost import plan, steps_of_reading

# Tables that hold a few rows however many e-mails there are.
SMALL = {"switches", "paused_workflows", "requests", "processes"}

# These sort what belongs to one execution or conversation, or what waits to be carried out.
FEW_SORTED: list[CompilerElement] = [
    outbox.OF_EXECUTION,
    reviews.OF_EXECUTION,
    reviews.DECIDED,
    reviews.UNDECIDED_IN,
]

MAIN_JOB: list[CompilerElement] = [
    ledger.CURSOR,
    acceptance_rows.KNOWN_PLACES,
    acceptance_rows.KNOWN_EMAILS,
    acceptance_rows.KNOWN_MESSAGE_IDS,
    acceptance_rows.KNOWN_CONVERSATIONS,
    acceptance_rows.PUT_CONVERSATION,
    acceptance_rows.ADD_EXECUTION,
    ledger.QUARANTINED_CONTENT,
    ledger.QUARANTINED_ENTRY,
    ledger.ENTRIES_OF_MAILBOX,
    emails.ONE,
    emails.CONTENT,
    emails.CONVERSATION,
    emails.LIST,
    emails.LIST_MAILBOX,
    emails.LIST_FURTHER,
    acceptance_rows.ADD_FURTHER,
    ledger.MAILBOX_OF,
    emails.CONVERSATIONS,
    emails.WAITING_EXECUTIONS,
    emails.WAITING_HISTORY,
    executions.ONE,
    executions.QUEUED,
    executions.SETTLE,
    executions.REQUEUE,
    reviews.ONE,
    reviews.LIST,
    reviews.OF_EXECUTION,
    reviews.CLAIM,
    reviews.DECIDE,
    reviews.CLOSE,
    reviews.RELEASE,
    reviews.UNDO,
    reviews.FINALISE,
    reviews.DECIDED,
    reviews.TO_REMIND,
    reviews.REMINDED,
    outbox.ONE,
    outbox.CLAIM,
    outbox.WHY_NOT,
    outbox.RECORD,
    outbox.SETTLE,
    outbox.ANSWERED_BY_PERSON,
    outbox.LIST,
    outbox.LIST_STATE,
    outbox.OF_CONVERSATION,
    outbox.OF_EMAIL,
    outbox.OF_EXECUTION,
    records.PUT,
    records.LIST,
    controls.SWITCH,
    acceptance_rows.KNOWN_COPIES,
    acceptance_rows.STORED_EMAILS,
    acceptance_rows.REVISE_EMAIL,
    answers.NOTED,
    answers.EMAILS_AT,
    answers.LED,
    answers.CONCERNED,
    answers.CORRESPONDENTS,
    answers.ANSWERED_EMAIL,
    answers.FLAGS,
    answers.REFERRED,
    answers.SENT_INTO,
    answers.PERHAPS_ANSWERED,
    answers.FORGET,
    answers.FORGET_REFERENCES,
    answers.FORGET_OLDEST,
    answers.FORGET_OLDEST_REFERENCES,
    emails.ATTACHMENT,
    emails.OF_CONVERSATION,
    reviews.UNDECIDED_IN,
    reviews.NOTE,
    outbox.DEFER,
    outbox.RETRY,
    outbox.DUE_AT_ONCE,
    outbox.DUE_BY_NOW,
    outbox.BY_MESSAGE_ID,
    outbox.BOUNCED,
    outbox.UNFILED_OF,
    outbox.FILED,
    mailboxes.ONE,
    mailboxes.CHANGE,
    accounts.ONE,
    accounts.CHANGE,
    accounts.LIST,
    allowances.HELD,
    allowances.COUNT,
    allowances.FORGET,
    suppressions.ONE,
    suppressions.LIST,
    alarms.CLEAR,
    alarms.TOLD,
    alarms.OPEN,
    search_index.LAST_OF,
    search_index.DOCUMENT_OF,
    search_index.REMOVE_DOCUMENT,
]


@pytest.mark.parametrize("statement", MAIN_JOB, ids=lambda statement: " ".join(str(statement).split())[:60])
def test_no_statement_of_the_main_job_scans_or_sorts_a_growing_table(
    bare: Connection, statement: CompilerElement
) -> None:
    way = plan(bare, statement)
    scans = [line for line in way if line.startswith("SCAN") and line.split()[1] not in SMALL]
    # A walk along the row ids that begins at a cursor is a SEARCH; a SCAN would begin at the first row.
    assert scans == []
    if statement not in FEW_SORTED:
        assert [line for line in way if "TEMP B-TREE" in line] == []


def test_the_replies_of_one_execution_are_found_by_its_id(bare: Connection) -> None:
    # A walk along the row ids would be a SEARCH too, through everything of the other executions.
    assert "INTEGER PRIMARY KEY" not in " ".join(plan(bare, outbox.OF_EXECUTION))


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (alarms.UNTOLD, "ix_alarms_open"),
        (alarms.CLEAR, "uq_alarms_open"),
        (outbox.UNFILED_OF, "ix_replies_unfiled"),
        (outbox.DUE_AT_ONCE, "ix_replies_due"),
        (outbox.DUE_BY_NOW, "ix_replies_due"),
        (reviews.UNDECIDED_IN, "ix_emails_conversation"),
        (reviews.UNDECIDED_IN, "ix_reviews_email"),
        (emails.OF_CONVERSATION, "ix_emails_conversation"),
        (emails.LIST_MAILBOX, "ix_emails_mailbox"),
        (emails.LIST_FURTHER, "further_mailboxes USING PRIMARY KEY"),
        (ledger.MAILBOX_OF, "ix_ledger_email"),
        (waiting.REVIEWS, "ix_reviews_queue"),
        (waiting.REVIEWS, "uq_executions_id"),
        (waiting.REPLIES, "ix_replies_due"),
        (waiting.EMAILS, "ix_executions_status"),
        (waiting.EMAILS, "ix_reviews_execution"),
        (waiting.EMAILS, "uq_replies_id"),
        (emails.CONVERSATIONS, "ix_conversations_updated"),
        (emails.WAITING_EXECUTIONS, "ix_executions_waiting"),
        (emails.WAITING_HISTORY, "ix_ledger_history"),
        (outbox.OF_CONVERSATION, "ix_replies_conversation"),
        (outbox.OF_EMAIL, "ix_replies_email"),
        (outbox.CLAIM, "ix_replies_email"),
        (allowances.COUNT, "COVERING INDEX ix_allowances_scope"),
        (allowances.FORGET, "ix_allowances_kept"),
        (answers.FLAGS, "ix_ledger_email"),
        (answers.FLAGS, "uq_answers_elsewhere_sign"),
        (answers.PERHAPS_ANSWERED, "ix_reviews_queue"),
        (answers.PERHAPS_ANSWERED, "ix_ledger_email"),
        (answers.FORGET, "ix_answers_elsewhere_at"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_few_of_many_rows_are_found_by_the_index_made_for_them(
    bare: Connection, statement: CompilerElement, index: str
) -> None:
    assert any(f"{index} " in f"{line} " for line in plan(bare, statement))


async def test_what_a_window_no_longer_reaches_is_forgotten(stores: Stores) -> None:
    for number in range(60):
        own = limit(f"customer {number}", 3, minutes=1)
        assert await stores.allowances.take(ReplyId(f"r{number}"), [own, limit("shop", 99)], at=at(number)) is None
    assert isinstance(stores.connection, Database)

    def count(connection: Connection) -> int:
        return int(str(connection.exec_driver_sql("SELECT count(*) FROM allowances").scalar()))

    assert await stores.connection.read(count) == 61
    assert await stores.allowances.take(ReplyId("last"), [], at=at(24 * 60)) is None
    assert await stores.connection.read(count) == 61 - allowances.FORGOTTEN_PER_CALL


async def test_an_attachment_of_many_mails_is_kept_once(stores: Stores) -> None:
    await stores.ledger.accept([carrying(arrival(number), b"logo") for number in (1, 2)])
    await stores.ledger.accept([carrying(arrival(3), b"logo", b"plan")])
    assert isinstance(stores.connection, Database)
    query = "SELECT size_bytes, count(*) FROM attachments GROUP BY size_bytes"
    rows = await stores.connection.read(lambda connection: connection.exec_driver_sql(query).all())
    assert [tuple(row) for row in rows] == [(4, 2)]


async def _life(stores: Stores, number: int) -> None:
    mail = carrying(arrival(number, sender=f"{number}@example.com"), b"logo")
    answer = answering(arrival(-number, sender=f"{number}@example.com"), message_id(mail))
    await stores.ledger.accept([mail])
    await stores.ledger.accept([answer])
    (queued, *_) = await stores.executions.queued(limit=1)
    kinds = (EventKind.NODE_STARTED, EventKind.NODE_SUCCEEDED)
    await stores.executions.record([event(queued.id, kind, node=f"n{n}") for n in range(8) for kind in kinds])
    conversation = (await stores.emails.get(mail.email_id)).conversation_id
    written = replace(reply(f"r{number}", conversation=conversation), email_id=mail.email_id, filed=False)
    made = await stores.outbox.add(written)
    assert await stores.outbox.claim(made.id, lease=1, at=at(1)) == "granted"
    assert await stores.outbox.record(made.id, lease=1, state=ReplyState.SENT, detail="", at=at(1))
    own = limit(f"customer {number}", 3)
    assert await stores.allowances.take(made.id, [own], at=at(1)) is None
    assert (
        len(
            await stores.ledger.note_answers(
                [flagged(mail), sent(f"s{number}", message_id(mail), to=(f"{number}@example.com",))]
            )
        )
        == 2
    )
    assert len((await stores.emails.of_conversation(conversation)).rows) == 2
    assert await stores.ledger.answered_at(mail.email_id) is not None
    assert await stores.ledger.answered_drafts() == ()
    assert await stores.reviews.undecided_in(conversation) == ()
    assert await stores.outbox.by_message_id(made.outgoing.message_id) is not None
    assert [one.id for one in await stores.outbox.unfiled(made.mailbox_id)] == [made.id]
    await stores.outbox.filed(made.id)
    await stores.records.put(record(queued.id))
    asked = review(f"r{number}", minute=number)
    await stores.reviews.add(asked)
    await stores.reviews.list(statuses=[ReviewStatus.OPEN], limit=5)
    await stores.reviews.close(asked.id)
    for found in (queued, execution(answer.execution_id)):
        done = replace(found, status=ExecutionStatus.SUCCEEDED, workflow=SUPPORT)
        assert await stores.executions.settle(done, [event(found.id, EventKind.EXECUTION_SUCCEEDED)])


async def test_a_life_takes_as_many_steps_of_the_database_however_much_is_stored(stores: Stores) -> None:
    async def steps_of(number: int) -> int:
        before = steps.taken
        await database.write(steps.count)
        await _life(stores, number)
        await database.write(steps.ignore)
        return steps.taken - before

    steps, database = await steps_of_reading(stores)

    few = [await steps_of(number) for number in range(1, 4)]
    assert min(few) > 100
    many = [arrival(number) for number in range(1_000, 3_000)]
    await stores.ledger.accept(many)
    done = [replace(execution(mail.execution_id), status=ExecutionStatus.SUCCEEDED) for mail in many]
    for start in range(0, len(done), 250):
        await asyncio.gather(*(stores.executions.settle(one, []) for one in done[start : start + 250]))
    after = [await steps_of(number) for number in range(4, 7)]
    assert max(after) <= max(few) * 1.05
