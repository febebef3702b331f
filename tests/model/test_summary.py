"""The share of the mail that was answered automatically."""

from dataclasses import replace

import pytest

from contracts.store_nouns import at
from postroom.model.summary import Summary

NOTHING = Summary(
    since=at(0),
    until=at(60),
    received=0,
    results={},
    answered_automatically=0,
    answered_by_person=0,
    first_reply_p50_seconds=None,
    first_reply_p95_seconds=None,
)


def test_it_is_of_the_mail_that_wants_an_answer() -> None:
    found = replace(NOTHING, received=10, ignored=2, answered_automatically=4, answered_by_person=1)
    assert found.automation_rate == pytest.approx(0.5)


@pytest.mark.parametrize("ignored", [0, 3])
def test_of_no_mail_that_wants_an_answer_there_is_none(ignored: int) -> None:
    assert replace(NOTHING, received=ignored, ignored=ignored).automation_rate is None


def test_where_a_person_answered_everything_it_is_nothing_and_not_unknown() -> None:
    assert replace(NOTHING, received=3, answered_by_person=3).automation_rate == 0.0
