"""The classifier node: the labels of the classifier that its settings name."""

from dataclasses import replace

import pytest

from nodes.stage import Stage
from postroom.errors import ConfigurationError


async def test_the_labels_go_on_and_are_noted(stage: Stage) -> None:
    found = await stage.play("ai_classifier")
    assert (found.output, found.classification) == ("classified", stage.model.found)
    assert found.note == "returns 0.90, normal 0.90, neutral 0.80, en 0.99"


async def test_an_unknown_classifier_is_an_error_that_names_the_known(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="'magic'") as caught:
        await stage.play("ai_classifier", {"classifier": "magic"})
    assert "linear" in caught.value.hint
    with pytest.raises(ConfigurationError) as caught:
        await stage.play("ai_classifier", services=replace(stage.context.services, classifiers={}))
    assert "none" in caught.value.hint
