from dataclasses import replace

from nodes.stage import DRAFT, classified
from postroom.model.execution import Outcome
from postroom.model.workflow import NodeId
from postroom.trials.backtest_outcomes import articles_of, draft_of, labels_of, reason_of

A, B = NodeId("a"), NodeId("b")


def test_the_reason_is_what_the_person_would_read() -> None:
    asked = Outcome(output="observed", note="would ask a person: The e-mail is urgent: a leak.")
    assert reason_of({A: Outcome(output="urgent", note="else"), B: asked}) == "The e-mail is urgent: a leak."
    assert reason_of({A: Outcome(output="observed", note="in other words")}) == "in other words"
    assert reason_of({A: Outcome(output="sent")}) == ""


def test_the_last_draft_counts_and_each_of_its_articles_once() -> None:
    other = replace(DRAFT, text="another", passages=DRAFT.passages * 2)
    found = draft_of({A: Outcome(output="sure", draft=DRAFT), B: Outcome(output="observed", draft=other)})
    assert found == other
    assert articles_of(found) == tuple(dict.fromkeys(one.article_id for one in DRAFT.passages))
    assert articles_of(draft_of({})) == ()


def test_people_may_name_the_category_or_the_intent() -> None:
    found = classified()
    assert found.category.name in labels_of(found)
