import pytest

from postroom.model.article import ArticleId
from postroom.trials.backtest_tried import rightness
from postroom.trials.past_mail import Truth

A, B = ArticleId("a"), ArticleId("b")


@pytest.mark.parametrize(
    ("truth", "agreement", "right"),
    [
        (Truth(), None, None),
        (Truth(label="returns"), None, True),
        (Truth(label="refund"), None, False),
        (Truth(label="a"), None, True),
        (Truth(label="returns", refused_ids=(A,)), None, False),
        (Truth(refused_ids=(B,)), None, None),
        (Truth(article_ids=(A, B)), None, True),
        (Truth(article_ids=(B,)), None, False),
        (Truth(label="refund", article_ids=(A,)), None, False),
        (Truth(answer="Send it back."), 0.9, True),
        (Truth(label="returns", answer="Never."), 0.1, False),
        (Truth(article_ids=(A,), answer="Otherwise said."), 0.1, True),
    ],
)
def test_an_answer_is_right_where_something_supports_it_and_nothing_contradicts(
    truth: Truth, agreement: float | None, *, right: bool | None
) -> None:
    assert rightness(truth, {"returns"}, [A], agreement) is right
