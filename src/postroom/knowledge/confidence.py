"""How probable it is that the best article answers the mail: a logistic function of the evidence.

The coefficients are in confidence.json; fit.py says how they were fitted and writes them.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from postroom.knowledge.evidence import Evidence

# Chosen on mock mail that was not fitted on (200 mails of each seed 1100 to 1129): 65 of 100 answerable mails are
# answered and 1.5 of 100 answers are wrong there, 3.2 in the worst seed. Real mail differs: this serves
# the made-up shop, and elsewhere the guarantee sets the threshold from what people have reviewed.
ANSWER_THRESHOLD = 0.95
# Customers ask what no article covers ("Do you wrap gifts?"), and the mock mail that was fitted on has none of it. A
# short question says nothing besides what is asked, so that words the article lacks are the point of it. Of 512 sure
# answers to mock mail (200 of each seed 1100 to 1105) this holds back 14, and 7 are wrong before and after; all of 12
# sure answers to 51 such questions in six languages had at most .64 of their words covered.
SHORT_QUESTION = 6
LEAST_COVERAGE = 0.66
HALF_UNDERSTOOD_FACTOR = 0.9
FOREIGN_LANGUAGE_FACTOR = 0.3  # An answer in a language the customer did not write in is rarely the right one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficients:
    """An intercept and one weight for each number of the evidence."""

    intercept: float
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Two fits of the same mail: one with the classified intents, one for shelves whose topics no model knows."""

    with_intent: Coefficients
    without_intent: Coefficients


def probability(evidence: Evidence) -> float:
    """Return how probable (0..1) it is that the article answers the mail.

    Never above `ANSWER_THRESHOLD` for a short question of which the article knows too few words.
    """
    fitted = coefficients()
    chosen = fitted.without_intent if evidence.intent is None else fitted.with_intent
    found = logistic(evidence, chosen)
    short = math.expm1(evidence.length) < SHORT_QUESTION + 0.5
    return HALF_UNDERSTOOD_FACTOR * found if short and evidence.coverage < LEAST_COVERAGE else found


def logistic(evidence: Evidence, fitted: Coefficients) -> float:
    """Return the logistic function of the weighted evidence, in 0..1; 0 where the evidence is no number."""
    numbers = evidence.numbers()
    total = fitted.intercept + sum(weight * number for weight, number in zip(fitted.weights, numbers, strict=True))
    if math.isnan(total):
        return 0.0
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def coefficients() -> Fitted:
    """Return what was fitted, from confidence.json."""
    stored = json.loads((files("postroom.knowledge") / "confidence.json").read_text(encoding="utf-8"))
    return Fitted(**{name: _read(stored[name]) for name in ("with_intent", "without_intent")})


@cache
def confidence_version() -> str:
    """Return what differs wherever the same evidence would have another probability: all numbers of this file."""
    bounds = (SHORT_QUESTION, LEAST_COVERAGE, HALF_UNDERSTOOD_FACTOR, FOREIGN_LANGUAGE_FACTOR)
    return f"{coefficients()} {bounds}"


def _read(stored: dict[str, list[float]]) -> Coefficients:
    intercept, *weights = stored["coefficients"]
    return Coefficients(intercept=float(intercept), weights=tuple(float(weight) for weight in weights))
