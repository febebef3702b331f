"""What each mail of a stream is about, before a word of it is written."""

from datetime import UTC, datetime, timedelta

import pytest

from postroom.providers.mock.plan import GAP_SECONDS, MockPlan, plan
from postroom.providers.mock.truth import Kind
from providers.mock.planned import planned

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PLANS = tuple(plan(7, index, START) for index in range(3000))
HOW_MANY = {
    Kind.CUSTOMER: {1, 2},
    Kind.FOLLOW_UP: {1},
    Kind.ANGRY: {1},
    Kind.INJECTION: {0, 1},
}


def of(kind: Kind) -> list[MockPlan]:
    return [one for one in PLANS if one.kind is kind]


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_has_as_many_intents_as_its_kind_asks_for(kind: Kind) -> None:
    assert {len(one.intents) for one in of(kind)} == HOW_MANY.get(kind, {0})


def test_who_is_angry_wants_a_person() -> None:
    assert {one.intents[0].article_id for one in of(Kind.ANGRY)} == {None}


def test_of_two_questions_each_is_about_something_else() -> None:
    for one in PLANS:
        assert len({intent.category for intent in one.intents}) == len(one.intents)


def test_each_arrives_in_its_own_stretch_of_time_in_order() -> None:
    for index, one in enumerate(PLANS):
        begin = START + timedelta(seconds=index * GAP_SECONDS)
        assert begin <= one.received_at < begin + timedelta(seconds=GAP_SECONDS)


def test_nothing_can_be_followed_up_before_the_first_mail() -> None:
    assert Kind.FOLLOW_UP not in {plan(seed, 0, START).kind for seed in range(300)}
    assert Kind.FOLLOW_UP in {plan(seed, 1, START).kind for seed in range(300)}


def test_a_plan_knows_neither_the_start_nor_other_mail_but_for_when_it_arrives() -> None:
    later = plan(7, 42, START + timedelta(days=9))
    assert (later.kind, later.intents, later.language) == (PLANS[42].kind, PLANS[42].intents, PLANS[42].language)
    assert later.received_at - PLANS[42].received_at == timedelta(days=9)


def test_chance_for_one_purpose_does_not_depend_on_any_other() -> None:
    one = planned(Kind.CUSTOMER, "refund_when")
    first = one.dice("letter").digits(9)
    one.dice("bytes").digits(9)
    assert one.dice("letter").digits(9) == first
    assert one.dice("bytes").digits(9) != first
