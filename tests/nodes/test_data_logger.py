"""The data logger: one record, whatever happened, without mail text."""

import pytest

from nodes.stage import DRAFT, Stage, classified, decided
from postroom.model.execution import SentReply
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Verdict

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
