"""The question about a failure."""

from dataclasses import replace

from contracts.store_nouns import at, execution
from postroom.engine.failure_review import failure_review
from postroom.model.review import ReviewKind, ReviewStatus

FAILED = execution("e1")


def test_it_is_open_first_in_the_queue_and_about_this_execution() -> None:
    review = failure_review(FAILED, node_id="send", reason=" broke\n", at=at(3))
    assert (review.kind, review.status, review.rank) == (ReviewKind.FAILURE, ReviewStatus.OPEN, 0)
    assert (review.execution_id, review.node_id, review.email_id) == ("e1", "send", FAILED.email_id)
    assert (review.reason, review.created_at, review.draft) == ("broke", at(3), None)


def test_the_same_failure_of_the_same_run_is_asked_once_and_one_of_a_later_run_anew() -> None:
    first = failure_review(FAILED, node_id="send", reason="broke", at=at(3))
    assert failure_review(FAILED, node_id="send", reason="broke again", at=at(9)).id == first.id
    later = failure_review(replace(FAILED, run=2), node_id="send", reason="broke", at=at(9))
    elsewhere = failure_review(FAILED, node_id="log", reason="broke", at=at(3))
    engine = failure_review(FAILED, node_id="", reason="broke", at=at(3))
    assert len({first.id, later.id, elsewhere.id, engine.id}) == 4
