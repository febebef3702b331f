"""The data logger: one record, whatever happened, without mail text."""

from dataclasses import replace

import pytest

from assurances import FixedAssurance
from contracts.store_nouns import reply
from nodes.stage import DRAFT, Stage, classified, decided
from postroom.model.execution import SentReply
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Review, ReviewKind, ReviewStatus, Verdict

SENT = SentReply(reply_id=ReplyId("r"), state=ReplyState.SENT)
UNCERTAIN = SentReply(reply_id=ReplyId("r"), state=ReplyState.UNCERTAIN)


@pytest.mark.parametrize(
    ("context", "result"),
    [
        ({"ignored": "mailing_list"}, "ignored: mailing_list"),
        ({"reply": SENT, "decision": decided()}, "sent"),
        ({"reply": UNCERTAIN}, "uncertain"),
        ({"decision": decided(Verdict.REJECT)}, "rejected"),
        ({"decision": decided(Verdict.ANSWERED_ELSEWHERE)}, "answered_elsewhere"),
        ({"draft": DRAFT}, "observed"),
        ({}, "observed"),
    ],
)
async def test_the_result_in_one_word(stage: Stage, context: dict[str, object], result: str) -> None:
    assert (await stage.play("data_logger", **context)).output == "logged"
    (record,) = (await stage.stores.records.list()).rows
    assert record.result == result


async def test_a_record_holds_the_labels_and_articles_but_no_text_and_is_written_once(stage: Stage) -> None:
    for _ in range(2):
        await stage.play("data_logger", classification=classified(), draft=DRAFT, decision=decided(), reply=SENT)
    (record,) = (await stage.stores.records.list()).rows
    assert (record.category, record.category_probability, record.priority) == ("returns", 0.9, "normal")
    assert (record.article_ids, record.decided_by, record.language) == (("return_how",), "ann", "en")
    assert "send it back" not in repr(record)


async def sent_reply(stage: Stage, *, automatic: bool = True, state: ReplyState = ReplyState.SENT) -> SentReply:
    """Return a reply of this execution as the outbox has it."""
    made = replace(
        reply("r"),
        id=ReplyId(f"{stage.context.execution_id}/send"),
        email_id=stage.context.stored.id,
        conversation_id=stage.context.stored.conversation_id,
        automatic=automatic,
    )
    await stage.stores.outbox.add(made)
    return SentReply(reply_id=made.id, state=state)


async def audits(stage: Stage) -> list[Review]:
    found = await stage.stores.reviews.of_execution(stage.context.execution_id)
    return [one for one in found if one.kind is ReviewKind.AUDIT]


async def test_a_drawn_automatic_reply_is_put_before_a_person_once(stage: Stage) -> None:
    context = {
        "classification": classified(),
        "draft": DRAFT,
        "reply": await sent_reply(stage),
        **stage.with_services(assurance=FixedAssurance(audits=True)),
    }
    for _ in range(2):
        assert (await stage.play("data_logger", **context)).waiting_for is None
    (audit,) = await audits(stage)
    assert (audit.draft, audit.status, audit.email_id) == (DRAFT, ReviewStatus.OPEN, stage.context.stored.id)
    assert audit.rank > 3
    # Nothing waits for it: neither the conversation nor a reminder.
    assert await stage.stores.reviews.undecided_in(stage.context.stored.conversation_id) == ()
    assert (await stage.stores.figures.backlog()).undecided == 0


@pytest.mark.parametrize(
    ("drawn", "automatic", "state"),
    [
        (False, True, ReplyState.SENT),
        (True, False, ReplyState.SENT),
        (True, True, ReplyState.UNCERTAIN),
    ],
)
async def test_what_was_not_drawn_not_automatic_or_not_sent_is_not_audited(
    stage: Stage, *, drawn: bool, automatic: bool, state: ReplyState
) -> None:
    made = await sent_reply(stage, automatic=automatic, state=state)
    assurance = stage.with_services(assurance=FixedAssurance(audits=drawn))
    await stage.play("data_logger", classification=classified(), draft=DRAFT, reply=made, **assurance)
    assert await audits(stage) == []


async def test_nothing_that_was_not_sent_is_audited(stage: Stage) -> None:
    assurance = stage.with_services(assurance=FixedAssurance(audits=True))
    await stage.play("data_logger", classification=classified(), draft=DRAFT, **assurance)
    assert await audits(stage) == []
