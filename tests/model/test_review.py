"""When a person's decision counts."""

from dataclasses import replace

from contracts.store_nouns import at, decision, review
from postroom.model.review import ReviewStatus


def test_a_decision_is_final_where_nobody_can_take_it_back() -> None:
    assert decision("ann").final
    assert not replace(decision("ann"), not_before=at(10)).final


def test_what_nobody_decided_has_no_final_decision() -> None:
    assert review("r").final_decision is None


def test_a_decision_that_can_be_taken_back_does_not_count_yet() -> None:
    decided = replace(review("r"), status=ReviewStatus.DECIDED, decision=decision("ann"))
    assert decided.final_decision == decision("ann")
    assert replace(decided, decision=replace(decision("ann"), not_before=at(10))).final_decision is None
