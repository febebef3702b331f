from dataclasses import replace

import pytest

from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import ArticleSearch
from postroom.trials.shadow_agreement import Agreement, is_right
from trials.answer_pairs import PAIRS, agreements, draft_of

SHELF = starter_shelf()
AGREEMENT = Agreement(ArticleSearch(SHELF))


def test_the_threshold_tells_the_pairs_apart() -> None:
    found = agreements()
    assert [pair.answer for pair, value in found if is_right(value) is not pair.same] == []


def test_a_draft_agrees_fully_with_itself() -> None:
    draft = draft_of(PAIRS[0], SHELF)
    assert AGREEMENT.between(draft, f"Dear Ada,\n\n{draft.text}") == pytest.approx(1.0)


@pytest.mark.parametrize("answer", ["", "\n", "12345", "https://shop.example/return support@shop.example"])
def test_an_answer_without_words_agrees_with_nothing(answer: str) -> None:
    assert AGREEMENT.between(draft_of(PAIRS[0], SHELF), answer) == 0.0


def test_a_draft_without_passages_agrees_with_nothing() -> None:
    draft = replace(draft_of(PAIRS[0], SHELF), passages=())
    assert AGREEMENT.between(draft, PAIRS[0].answer) == 0.0
