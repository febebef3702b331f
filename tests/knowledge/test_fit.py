import json
from pathlib import Path

import pytest

from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.confidence import logistic
from postroom.knowledge.fit import fit, main, read_labelled
from postroom.knowledge.match import match
from postroom.knowledge.search import ArticleSearch

ROWS = [
    ("How do I buy a gift card?", "voucher", 0.9, "voucher_buy"),
    ("How do I collect points?", "loyalty", 0.9, "loyalty_points"),
    ("How can I track my parcel?", "order_status", 0.9, "order_tracking"),
    ("Which payment methods do you offer?", "payment", 0.9, "payment_methods"),
    ("The parcel was nice, my neighbour says hello", "other", 0.4, None),
    ("My card says one thing, the lake another", "other", 0.3, None),
    ("A friend of the house wrote this", "other", 0.3, None),
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    names = ("text", "category", "category_probability", "article_id")
    lines = [json.dumps({"subject": "", "language": "en", **dict(zip(names, row, strict=True))}) for row in ROWS]
    lines += [
        json.dumps(
            {**json.loads(line), "intent": [row[3] or "order_tracking", 0.8], "second_intent": ["order_cancel", 0.3]}
        )
        for line, row in zip(lines, ROWS, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_the_fit_separates_what_it_was_fitted_on_and_is_repeatable(labelled: Path) -> None:
    search = ArticleSearch(starter_shelf())
    examples = list(read_labelled(labelled))
    fitted = fit(search, examples)
    assert fitted == fit(search, examples)
    shares = []
    for example in examples:
        found = match(search, example.question)
        assert found is not None
        shares.append(logistic(found.evidence, fitted.with_intent if found.evidence.intent else fitted.without_intent))
    for half in (shares[: len(ROWS)], shares[len(ROWS) :]):
        assert min(half[:4]) > max(half[4:])


def test_the_command_shows_the_coefficients(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(labelled)]) == 0
    assert json.loads(capsys.readouterr().out)["fitted_on"] == 2 * len(ROWS)


def test_the_command_without_a_file_says_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "labelled.jsonl" in capsys.readouterr().err
