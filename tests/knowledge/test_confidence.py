from dataclasses import fields, replace

from postroom.knowledge.confidence import ANSWER_THRESHOLD, coefficients, logistic, probability
from postroom.knowledge.match import Evidence

CLEAR = Evidence(
    lead=5,
    lead_over_person=5,
    plain_lead=5,
    coverage=1,
    agreement=1,
    category_probability=1,
    sentence_fit=3,
    sentence_lead=2,
    rival=0,
    second_topic=0,
    length=2,
)


def test_there_is_one_coefficient_for_each_number_of_the_evidence() -> None:
    assert len(coefficients()[1]) == len(CLEAR.numbers()) == len(fields(Evidence))


def test_clear_evidence_is_above_the_threshold_and_contrary_evidence_below() -> None:
    assert probability(CLEAR) > ANSWER_THRESHOLD
    contrary = replace(CLEAR, lead=0, lead_over_person=-3, plain_lead=-3, agreement=0, category_probability=0.3)
    assert probability(contrary) < ANSWER_THRESHOLD


def test_an_announced_second_question_lowers_the_probability() -> None:
    assert probability(replace(CLEAR, second_topic=1)) < probability(CLEAR)


def test_extreme_evidence_stays_a_probability() -> None:
    weights = (1e6,) * len(CLEAR.numbers())
    assert 0 < logistic(CLEAR, 0.0, tuple(-weight for weight in weights)) < 1e-12
    assert 1 - 1e-12 < logistic(CLEAR, 0.0, weights) <= 1
