"""The evidence as numbers."""

from dataclasses import fields

from postroom.knowledge.evidence import Evidence, IntentEvidence

NAMES = [field.name for field in fields(Evidence) if field.name != "intent"]


def evidence(intent: IntentEvidence | None) -> Evidence:
    """Each number is another, so that two that change places are seen."""
    numbered = {name: float(number) for number, name in enumerate(NAMES)}
    return Evidence(**numbered, intent=intent)


def test_the_numbers_stand_in_the_order_of_the_fitted_coefficients() -> None:
    assert evidence(None).numbers() == tuple(float(number) for number in range(len(NAMES)))


def test_what_the_intents_say_comes_last_so_that_the_rest_keeps_its_place() -> None:
    plain, known = evidence(None).numbers(), evidence(IntentEvidence(agreement=-0.25, second=0.75)).numbers()
    assert known == (*plain, -0.25, 0.75)
