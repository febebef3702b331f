import math
from dataclasses import fields, replace

from postroom.knowledge.confidence import ANSWER_THRESHOLD, Coefficients, coefficients, logistic, probability
from postroom.knowledge.evidence import Evidence, IntentEvidence

CLEAR = Evidence(
    lead=5,
    lead_over_person=5,
    plain_lead=5,
    coverage=1,
    agreement=1,
    category_probability=1,
    sentence_fit=3,
    sentence_lead=2,
    second_topic=0,
    length=2,
    intent=IntentEvidence(agreement=1, second=0),
)
UNKNOWN = replace(CLEAR, intent=None)


def test_there_is_one_coefficient_for_each_number_of_the_evidence() -> None:
    assert len(coefficients().without_intent.weights) == len(UNKNOWN.numbers()) == len(fields(Evidence)) - 1
    assert len(coefficients().with_intent.weights) == len(CLEAR.numbers()) == len(UNKNOWN.numbers()) + 2


def test_clear_evidence_is_above_the_threshold_and_contrary_evidence_below() -> None:
    assert probability(CLEAR) > ANSWER_THRESHOLD
    contrary = replace(CLEAR, lead=0, lead_over_person=-3, plain_lead=-3, agreement=0, category_probability=0.3)
    assert probability(contrary) < ANSWER_THRESHOLD


def test_an_announced_second_question_lowers_the_probability() -> None:
    for evidence in (CLEAR, UNKNOWN):
        assert probability(replace(evidence, second_topic=1)) < probability(evidence)


def test_another_intent_and_a_sentence_about_something_else_lower_the_probability() -> None:
    for intent in (IntentEvidence(agreement=-0.9, second=0), IntentEvidence(agreement=1, second=0.9)):
        assert probability(replace(CLEAR, intent=intent)) < probability(CLEAR)


def test_a_shelf_whose_topics_no_model_knows_is_judged_by_the_rest() -> None:
    assert probability(UNKNOWN) > 0.8


def test_extreme_evidence_stays_a_probability() -> None:
    weights = (1e6,) * len(CLEAR.numbers())
    against = Coefficients(intercept=0.0, weights=tuple(-weight for weight in weights))
    assert 0 < logistic(CLEAR, against) < 1e-12
    assert 1 - 1e-12 < logistic(CLEAR, Coefficients(intercept=0.0, weights=weights)) <= 1


def test_evidence_that_is_no_number_is_no_reason_to_be_sure() -> None:
    assert probability(replace(CLEAR, category_probability=math.nan)) == 0.0
