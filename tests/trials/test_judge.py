"""The judge must find what is wrong: each test breaks one thing in an otherwise perfect demo of three mails."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.store_nouns import SHOP, at, execution, reply
from postroom.model.email import EmailId
from postroom.model.execution import ExecutionId, FinalState
from postroom.model.ledger import EntryKind, LedgerEntry
from postroom.model.reply import ReplyState
from postroom.providers.mock.truth import Kind, Truth
from postroom.trials.judge import JudgeEvidence, Message, Posted, judge, percentile, wrong_answers

ANSWERABLE = Truth(
    kind=Kind.CUSTOMER,
    intent="order_tracking",
    category="order_status",
    article_id="order_tracking",
    priority="normal",
    sentiment="neutral",
    language="en",
    machine=False,
    answerable=True,
)
URGENT = replace(ANSWERABLE, priority="urgent", answerable=False, article_id=None)
MACHINE = replace(URGENT, kind=Kind.BOUNCE, priority="low", machine=True)


def posted(number: int, truth: Truth) -> Posted:
    return Posted(
        uid_validity="1",
        uid=str(number),
        content_hash=f"hash-{number}",
        message_id=f"<{number}@example.com>",
        truth=truth,
        recipients=frozenset({"ann@example.com"}),
        answer_paragraphs=("Look into\nyour account.",) if truth.answerable else (),
    )


def entry(number: int, state: FinalState | None) -> LedgerEntry:
    return LedgerEntry(
        mailbox_id=SHOP,
        uid_validity="1",
        uid=str(number),
        kind=EntryKind.NEW,
        email_id=EmailId(f"email-{number}"),
        accepted_at=at(0),
        execution_id=ExecutionId(f"execution-{number}"),
        final_state=state,
    )


ANSWER = Message(
    message_id="<reply-1@shop.example>",
    in_reply_to="<1@example.com>",
    recipients=("Ann@example.com",),
    text="Hello,\n\nLook into your\naccount.\n\nKind regards",
)
PERFECT = JudgeEvidence(
    posted=[posted(1, ANSWERABLE), posted(2, URGENT), posted(3, MACHINE)],
    entries=[entry(1, FinalState.ANSWERED), entry(2, FinalState.IN_REVIEW), entry(3, FinalState.IGNORED_AUTOMATIC)],
    executions=[replace(execution(f"execution-{n}"), email_id=EmailId(f"email-{n}")) for n in (1, 2, 3)],
    replies=[replace(reply("reply-1"), state=ReplyState.SENT, updated_at=at(0) + timedelta(seconds=2))],
    messages=[ANSWER],
    hashes={EmailId(f"email-{n}"): f"hash-{n}" for n in (1, 2, 3)},
    categories={EmailId("email-1"): "order_status"},
    accepted_at={EmailId(f"email-{n}"): at(0) for n in (1, 2, 3)},
)


def test_a_perfect_demo_is_judged_perfect() -> None:
    report = judge(PERFECT, seconds=1.5)
    assert (report.received, report.answered, report.in_review, report.ignored_automatic) == (3, 1, 1, 1)
    assert (report.urgent, report.answerable, report.emails_per_second) == (1, 1, 2.0)
    assert (report.answered_wrong, report.machines_answered, report.lost, report.duplicated) == (0, 0, 0, 0)
    assert report.first_reply_seconds is not None
    assert (report.first_reply_seconds.p50, report.first_reply_seconds.p95) == (2.0, 2.0)


def test_without_an_answer_there_is_no_first_reply() -> None:
    assert judge(replace(PERFECT, replies=[], messages=[]), seconds=1).first_reply_seconds is None


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (replace(PERFECT, categories={EmailId("email-1"): "refund"}), "taken for refund"),
        (replace(PERFECT, messages=[replace(ANSWER, text="Hello, no idea.")]), "not the article"),
        (replace(PERFECT, messages=[replace(ANSWER, recipients=("eve@example.com",))]), "somebody else"),
        (replace(PERFECT, messages=[replace(ANSWER, recipients=("ann@example.com", "eve@x.example"))]), "somebody"),
        (replace(PERFECT, posted=[posted(1, URGENT), *PERFECT.posted[1:]]), "nobody but a person"),
    ],
)
def test_a_wrong_answer_is_found(evidence: JudgeEvidence, reason: str) -> None:
    assert reason in wrong_answers(evidence)["hash-1"]
    assert judge(evidence, seconds=1).answered_wrong == 1


def test_an_answer_to_a_machine_is_found_even_if_the_store_knows_nothing_of_it() -> None:
    stray = replace(ANSWER, message_id="<unknown@shop.example>", in_reply_to="<3@example.com>")
    report = judge(replace(PERFECT, messages=[ANSWER, stray]), seconds=1)
    assert (report.machines_answered, report.answered_wrong) == (1, 1)


@pytest.mark.parametrize(
    "evidence",
    [
        replace(PERFECT, entries=PERFECT.entries[:2]),
        replace(PERFECT, entries=[*PERFECT.entries[:2], entry(3, None)]),
        replace(PERFECT, entries=[entry(1, FinalState.ANSWERED), *PERFECT.entries[1:]], messages=[]),
        replace(PERFECT, hashes={**PERFECT.hashes, EmailId("email-2"): "another"}),
    ],
)
def test_a_lost_mail_is_found(evidence: JudgeEvidence) -> None:
    assert judge(evidence, seconds=1).lost == 1


@pytest.mark.parametrize(
    "evidence",
    [
        replace(PERFECT, messages=[ANSWER, ANSWER]),
        replace(PERFECT, messages=[ANSWER, replace(ANSWER, message_id="<x@y.example>", in_reply_to=None)]),
        replace(PERFECT, executions=[*PERFECT.executions, replace(PERFECT.executions[0], id=ExecutionId("twice"))]),
    ],
)
def test_what_was_done_twice_is_found(evidence: JudgeEvidence) -> None:
    assert judge(evidence, seconds=1).duplicated == 1


def test_a_quarantined_mail_is_counted_and_not_lost() -> None:
    shelved = replace(entry(3, None), kind=EntryKind.QUARANTINED, email_id=None, execution_id=None)
    report = judge(replace(PERFECT, entries=[*PERFECT.entries[:2], shelved]), seconds=1)
    assert (report.quarantined, report.lost) == (1, 0)


def test_percentiles_are_by_nearest_rank() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (0.0, 0.5, 0.75, 0.95, 1.0)] == [1, 2, 3, 4, 4]
