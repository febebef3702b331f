"""What mail number i is about, decided before a word is written; knows no other mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from postroom.model.catalogue import INTENTS, Intent
from postroom.providers.mock.dice import Dice
from postroom.providers.mock.truth import Kind

GAP_SECONDS = 420

_ASKING = {intent.id: intent for intent in INTENTS if intent.article_id is not None}
_PERSON_ONLY = {intent.id: intent for intent in INTENTS if intent.article_id is None}
_OFTEN = {
    "order_tracking": 2.0,
    "return_how": 1.5,
    "refund_when": 1.5,
    "delivery_times_costs": 1.3,
    "invoice_copy": 1.2,
}
_ANGRY_ABOUT = (
    *("complaint_service", "complaint_service", "complaint_service", "delivery_missing", "delivery_not_found"),
    *("refund_wrong_amount", "payment_double", "warranty_claim", "technical_site_error", "delivery_damaged"),
)
_LANGUAGES = (("en", 0.34), ("de", 0.2), ("fr", 0.13), ("es", 0.12), ("it", 0.1), ("nl", 0.11))
_SHAPES = (
    ("asking", 0.598),
    ("follow_up", 0.07),
    ("person_only", 0.12),
    ("angry", 0.04),
    ("two_intents", 0.03),
    ("auto_reply", 0.03),
    ("bounce", 0.014),
    ("newsletter", 0.024),
    ("calendar_reply", 0.008),
    ("spam", 0.026),
    ("injection", 0.013),
    ("thanks", 0.027),
)
_KINDS = {"asking": Kind.CUSTOMER, "person_only": Kind.CUSTOMER, "two_intents": Kind.CUSTOMER}


@dataclass(frozen=True, slots=True, kw_only=True)
class MockPlan:
    """What one mail will be: its kind, its intents (none, one or two), its language, and when it arrives (UTC)."""

    seed: int
    index: int
    kind: Kind
    intents: tuple[Intent, ...]
    language: str
    received_at: datetime

    def dice(self, purpose: str) -> Dice:
        """Return chance of this mail alone, the same whenever it is asked for."""
        return Dice(f"{self.seed}/{self.index}/{purpose}")


def plan(seed: int, index: int, start: datetime) -> MockPlan:
    """Return the plan of mail `index`; arrivals are about seven minutes apart and never out of order."""
    dice = Dice(f"{seed}/{index}/plan")
    shape = dice.weighted(_SHAPES)
    if index == 0 and shape == "follow_up":
        shape = "asking"
    return MockPlan(
        seed=seed,
        index=index,
        kind=_KINDS.get(shape) or Kind(shape),
        intents=_intents(shape, dice),
        language=dice.weighted(_LANGUAGES),
        received_at=start + timedelta(seconds=index * GAP_SECONDS + dice.between(0, GAP_SECONDS - 1)),
    )


def _intents(shape: str, dice: Dice) -> tuple[Intent, ...]:
    if shape == "asking" or (shape == "follow_up" and dice.chance(0.85)):
        return (_asked(dice),)
    if shape in ("person_only", "follow_up"):
        return (dice.pick(tuple(_PERSON_ONLY.values())),)
    if shape == "angry":
        return (_PERSON_ONLY[dice.pick(_ANGRY_ABOUT)],)
    if shape == "two_intents":
        first = _asked(dice)
        others = [intent for intent in INTENTS if intent.category != first.category]
        return (first, dice.pick(others))
    return (_asked(dice),) if shape == "injection" and dice.chance(0.6) else ()


def _asked(dice: Dice) -> Intent:
    return dice.weighted(_ASKED)


_TOTAL = sum(_OFTEN.get(intent_id, 1.0) for intent_id in _ASKING)
_ASKED = tuple((intent, _OFTEN.get(intent_id, 1.0) / _TOTAL) for intent_id, intent in _ASKING.items())
