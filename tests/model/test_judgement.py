"""Which judgements count for the guarantee."""

from dataclasses import replace
from datetime import UTC, datetime

from postroom.model.example import ExampleId
from postroom.model.judgement import Decider, Judgement

SEEN = Judgement(
    example_id=ExampleId("e"), model="m", category="refund", score=0.9, right=True, at=datetime(2026, 3, 1, tzinfo=UTC)
)


def test_one_of_a_fair_sample_counts_whether_it_was_right_or_not() -> None:
    assert SEEN.fair
    assert replace(SEEN, right=False).fair


def test_one_that_people_see_more_often_than_others_does_not_count() -> None:
    assert not replace(SEEN, sampled=False).fair


def test_one_measured_by_a_persons_own_answer_does_not_count_however_much_they_agree() -> None:
    assert not replace(SEEN, agreement=1.0).fair
    assert not replace(SEEN, agreement=0.0).fair


def test_a_decider_tells_its_own_parts_from_those_of_a_language_model() -> None:
    both = Decider(model="ensemble@1+gpt+unsure@2", responder="articles@3+reworded-gpt@4")
    assert (both.local_model, both.vote) == ("ensemble@1", "gpt+unsure@2")
    assert (both.drafter, both.rewording) == ("articles@3", "reworded-gpt@4")
    alone = Decider(model="ensemble@1", responder="articles@3")
    assert (alone.local_model, alone.vote, alone.drafter, alone.rewording) == ("ensemble@1", "", "articles@3", "")
    assert str(alone) == "ensemble@1+articles@3"
