import pytest

from postroom.model.article import ArticleId
from postroom.trials.backtest_tried import rightness
from postroom.trials.past_mail import PastLabels

A, B = ArticleId("a"), ArticleId("b")


@pytest.mark.parametrize(
    ("truth", "agreement", "right"),
    [
        (PastLabels(), None, None),
        (PastLabels(label="returns"), None, True),
        (PastLabels(label="refund"), None, False),
        (PastLabels(label="a"), None, True),
        (PastLabels(label="returns", refused_ids=(A,)), None, False),
        (PastLabels(refused_ids=(B,)), None, None),
        (PastLabels(article_ids=(A, B)), None, True),
        (PastLabels(article_ids=(B,)), None, False),
        (PastLabels(label="refund", article_ids=(A,)), None, False),
        (PastLabels(answer="Send it back."), 0.9, True),
        (PastLabels(label="returns", answer="Never."), 0.1, False),
        (PastLabels(article_ids=(A,), answer="Otherwise said."), 0.1, True),
    ],
)
def test_an_answer_is_right_where_something_supports_it_and_nothing_contradicts(
    truth: PastLabels, agreement: float | None, *, right: bool | None
) -> None:
    assert rightness(truth, {"returns"}, [A], agreement) is right
