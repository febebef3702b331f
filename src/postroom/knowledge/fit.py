"""Fits the coefficients of confidence.py: `python -m postroom.knowledge.fit labelled.jsonl [--write]`.

One line per mail: {"subject", "text", "language", "category", "category_probability", "article_id"}; the category is
what the classifier said, not the truth, and `article_id` is null where only a person can answer. Without `--write` the
result is only shown.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.match import Question, match
from postroom.knowledge.search import ArticleSearch
from postroom.model.classification import Label

_STRENGTH_OF_PENALTY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledQuestion:
    """A mail as it is matched, and the article that answers it; None where only a person can."""

    question: Question
    article_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The fitted intercept and weights, and how many mails they come from."""

    intercept: float
    weights: tuple[float, ...]
    count: int


def read_labelled(path: Path) -> Iterator[LabelledQuestion]:
    """Yield the labelled mails of a JSON Lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield LabelledQuestion(
                question=Question(
                    subject=str(row["subject"]),
                    text=str(row["text"]),
                    language=str(row["language"]),
                    category=Label(name=str(row["category"]), probability=float(row["category_probability"])),
                ),
                article_id=row["article_id"],
            )


def fit(search: ArticleSearch, labelled: Iterable[LabelledQuestion]) -> Fit:
    """Return a logistic regression of "the best article is the right one" on the evidence.

    Mails without any match are left out: their probability is 0 anyway.
    """
    rows, right = [], []
    for example in labelled:
        found = match(search, example.question)
        if found is not None:
            rows.append(found.evidence.numbers())
            right.append(found.article.id == example.article_id)
    model = LogisticRegression(C=_STRENGTH_OF_PENALTY, max_iter=1000).fit(np.array(rows), np.array(right))
    weights = tuple(round(float(weight), 4) for weight in model.coef_[0])
    return Fit(intercept=round(float(model.intercept_[0]), 4), weights=weights, count=len(rows))


def main(arguments: list[str]) -> int:
    """Fit on the named file, show the coefficients, and with `--write` store them beside this module."""
    paths = [argument for argument in arguments if argument != "--write"]
    if len(paths) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    fitted = fit(ArticleSearch(starter_shelf()), read_labelled(Path(paths[0])))
    written = json.dumps({"intercept": fitted.intercept, "weights": fitted.weights, "fitted_on": fitted.count})
    sys.stdout.write(f"{written}\n")
    if "--write" in arguments:
        Path(__file__).with_name("confidence.json").write_text(f"{written}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
