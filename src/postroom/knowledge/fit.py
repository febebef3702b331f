"""Fits the coefficients of confidence.py: `python -m postroom.knowledge.fit labelled.jsonl [--write]`.

One line per mail: {"subject", "text", "language", "category", "category_probability", "intent", "second_intent",
"article_id"}; category and intents are what the classifier said, not the truth (an intent is a pair of name and
probability, or null), and `article_id` is null where only a person can answer. Without `--write` the
result is only shown.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.confidence import Coefficients, Fitted
from postroom.knowledge.match import Question, match
from postroom.knowledge.search import ArticleSearch
from postroom.model.classification import Label

_STRENGTH_OF_PENALTY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledQuestion:
    """A mail as it is matched, and the article that answers it; None where only a person can."""

    question: Question
    article_id: str | None


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
                    intent=_label(row.get("intent")),
                    second_intent=_label(row.get("second_intent")),
                ),
                article_id=row["article_id"],
            )


def _label(pair: tuple[str, float] | None) -> Label | None:
    return Label(name=str(pair[0]), probability=float(pair[1])) if pair else None


def fit(search: ArticleSearch, labelled: Iterable[LabelledQuestion]) -> Fitted:
    """Return logistic regressions of "the best article is the right one" on the evidence, with and without intents.

    Mails without any match are left out: their probability is 0 anyway.

    Raises:
        ValueError: all mails are of one kind, so that there is nothing to tell apart.
    """
    rows: dict[bool, list[tuple[float, ...]]] = {True: [], False: []}
    right: dict[bool, list[bool]] = {True: [], False: []}
    for example in labelled:
        without = replace(example.question, intent=None, second_intent=None)
        for question in (example.question, without):
            found = match(search, question)
            if found is not None and (found.evidence.intent is not None or question is without):
                rows[question is not without].append(found.evidence.numbers())
                right[question is not without].append(found.article.id == example.article_id)
    without_intent = _regression(rows[False], right[False])
    return Fitted(
        with_intent=_regression(rows[True], right[True]) if rows[True] else without_intent,
        without_intent=without_intent,
    )


def _regression(rows: Sequence[tuple[float, ...]], right: Sequence[bool]) -> Coefficients:
    model = LogisticRegression(C=_STRENGTH_OF_PENALTY, max_iter=2000).fit(np.array(rows), np.array(right))
    weights = tuple(round(float(weight), 4) for weight in model.coef_[0])
    return Coefficients(intercept=round(float(model.intercept_[0]), 4), weights=weights)


def main(arguments: list[str]) -> int:
    """Fit on the named file, show the coefficients, and with `--write` store them beside this module."""
    paths = [argument for argument in arguments if argument != "--write"]
    if len(paths) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    labelled = list(read_labelled(Path(paths[0])))
    fitted = fit(ArticleSearch(starter_shelf()), labelled)
    kinds = {"with_intent": fitted.with_intent, "without_intent": fitted.without_intent}
    stored = {name: {"coefficients": [kind.intercept, *kind.weights]} for name, kind in kinds.items()}
    written = json.dumps({**stored, "fitted_on": len(labelled)})
    sys.stdout.write(f"{written}\n")
    if "--write" in arguments:
        Path(__file__).with_name("confidence.json").write_text(f"{written}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
