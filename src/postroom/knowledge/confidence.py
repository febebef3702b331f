"""How probable it is that the best article answers the mail: a logistic function of the evidence.

The coefficients are in confidence.json; fit.py says how they were fitted and writes them.
"""

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from postroom.knowledge.match import Evidence

# Chosen on mock mail that was not fitted on (seeds 1002 to 1005): about 3 of 100 answers are wrong there.
# Real mail differs; a mailbox calibrates its own threshold on reviewed mail before it answers by itself.
ANSWER_THRESHOLD = 0.95
FOREIGN_LANGUAGE_FACTOR = 0.3  # An answer in a language the customer did not write in is rarely the right one.


def probability(evidence: Evidence) -> float:
    """Return how probable (0..1) it is that the article answers the mail."""
    intercept, weights = coefficients()
    return logistic(evidence, intercept, weights)


def logistic(evidence: Evidence, intercept: float, weights: Sequence[float]) -> float:
    """Return the logistic function of the weighted evidence, in 0..1."""
    total = intercept + sum(weight * number for weight, number in zip(weights, evidence.numbers(), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def coefficients() -> tuple[float, tuple[float, ...]]:
    """Return the fitted intercept and one weight per number of the evidence."""
    stored = json.loads((files("postroom.knowledge") / "confidence.json").read_text(encoding="utf-8"))
    return float(stored["intercept"]), tuple(float(weight) for weight in stored["weights"])
