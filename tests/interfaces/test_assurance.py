"""Why a draft must not go out by itself."""

import math

import pytest

from postroom.interfaces.assurance import Ruling, is_sure
from postroom.model.article import ArticleId, Passage
from postroom.model.draft import Draft

PASSAGE = Passage(article_id=ArticleId("refund_when"), language="en", text="Within 14 days.", score=1.0)


def draft(probability: float, *passages: Passage) -> Draft:
    return Draft(text="Dear Ann", language="en", probability=probability, passages=passages, responder="articles")


def test_a_sure_draft_that_a_passage_supports_may_go_out() -> None:
    assert Ruling(threshold=0.9).doubt_about(draft(0.9, PASSAGE)) is None


def test_an_unsure_draft_is_told_the_bar_it_misses() -> None:
    assert Ruling(threshold=0.9).doubt_about(draft(0.8999, PASSAGE)) == "below the guaranteed 0.90"


def test_a_sure_draft_that_nothing_supports_waits() -> None:
    assert Ruling(threshold=0.9).doubt_about(draft(1.0)) == "no passage supports it"


def test_without_a_threshold_nothing_goes_out_and_the_reason_is_told() -> None:
    assert Ruling(threshold=None, doubt="too few examples").doubt_about(draft(1.0, PASSAGE)) == "too few examples"
    assert Ruling(threshold=None).doubt_about(draft(1.0, PASSAGE)) == "nothing is guaranteed"


@pytest.mark.parametrize("probability", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_sure(probability: float) -> None:
    assert not is_sure(probability, 0.0)
    assert Ruling(threshold=0.0).doubt_about(draft(probability, PASSAGE)) is not None


def test_reaching_the_threshold_is_enough_and_no_threshold_that_is_no_number_is_reached() -> None:
    assert is_sure(0.5, 0.5)
    assert not is_sure(1.0, math.nan)
