"""The router, by table."""

import math
from dataclasses import replace

import pytest

from nodes.stage import Stage, classified
from postroom.errors import ConfigurationError
from postroom.model.classification import Classification, Label
from postroom.model.workflow import JsonValue

URGENT_BY_NO_NUMBER = replace(classified(), priority=Label(name="urgent", probability=math.nan))


@pytest.mark.parametrize(
    ("found", "config", "email", "output"),
    [
        (classified(), {}, {}, "common"),
        (classified(priority="urgent"), {}, {}, "urgent"),
        (classified(priority="urgent"), {"urgent_probability": 0.95}, {}, "common"),
        (classified(priority="high"), {"urgent_priorities": ["urgent", "high"]}, {}, "urgent"),
        (classified(priority="urgent"), {}, {"cautions": ("encrypted",)}, "urgent"),
        (classified(), {}, {"cautions": ("message_id_reused",)}, "complex"),
        (classified(sure=0.49), {}, {}, "uncertain"),
        (classified(sure=0.5), {}, {}, "common"),
        (classified(sure=math.nan), {}, {}, "uncertain"),
        (classified(sure=math.inf), {}, {}, "uncertain"),
        (URGENT_BY_NO_NUMBER, {}, {}, "urgent"),
        (classified(category="complaint"), {"complex_categories": ["complaint"]}, {}, "complex"),
        (classified(category="complaint", sure=0.1), {"complex_categories": ["complaint"]}, {}, "uncertain"),
        (classified(), {"max_words": 3}, {"new_text": "one two three"}, "common"),
        (classified(), {"max_words": 3}, {"new_text": "one two three four"}, "complex"),
    ],
)
async def test_one_of_four_ways(
    stage: Stage, found: Classification, config: dict[str, JsonValue], email: dict[str, object], output: str
) -> None:
    outcome = await stage.play("priority_router", config, classification=found, **stage.with_email(**email))
    assert outcome.output == output
    assert outcome.note


async def test_without_a_classification_it_says_what_is_missing(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="without a classification"):
        await stage.play("priority_router")
