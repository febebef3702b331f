"""Labelled mail of the mock generator for fitting and measuring the article responder; not a test.

`python tests/responders/mock_mail.py labelled.jsonl 1000 1001` writes the input of `postroom.knowledge.fit`
from seeds 1000 and 1001; `python tests/responders/mock_mail.py --measure 1002 1003` prints what the responder does
with other seeds.
"""

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from postroom.classifiers.linear import LinearClassifier
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.knowledge.search import ArticleSearch
from postroom.learning.corpus import load_starter
from postroom.learning.train import train
from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.model.classification import Classification
from postroom.model.email import Email
from postroom.providers.mock.generate import generate
from postroom.providers.mock.truth import Truth
from postroom.responders.articles import ArticleResponder

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
MAILS_PER_SEED = 1000

Row = tuple[Email, Truth, Classification]


def answered_mail(seeds: Iterable[int], classifier: LinearClassifier, count: int = MAILS_PER_SEED) -> Iterator[Row]:
    """Yield the mails that are not automatic, with their truth and classification."""
    for seed in seeds:
        for mail in generate(seed, count, start=START):
            email = parse(mail.content)
            if email.automatic is None and not mail.truth.machine:
                yield email, mail.truth, classifier.classify_text(email.subject, email.new_text)


def write_labelled(path: Path, rows: Iterable[Row]) -> None:
    """Write one line per mail, as postroom.knowledge.fit reads it."""
    with path.open("w", encoding="utf-8") as file:
        for email, truth, classification in rows:
            line = {
                "subject": email.subject,
                "text": email.new_text,
                "language": truth.language,
                "category": classification.category.name,
                "category_probability": classification.category.probability,
                "article_id": truth.article_id,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


async def measure(rows: Iterable[Row]) -> dict[str, float]:
    """Return recall, coverage and error rate of the responder at its default threshold and around it."""
    responder = ArticleResponder(ArticleSearch(starter_shelf()))
    judged: list[tuple[float, bool, bool]] = []
    in_category: list[bool] = []
    for email, truth, classification in rows:
        draft = await responder.respond(email, classification)
        found = draft.passages[0].article_id if draft.passages else None
        right = truth.article_id is not None and found == truth.article_id
        judged.append((draft.probability, right, truth.article_id is not None))
        if truth.article_id is not None and classification.category.name == truth.category:
            in_category.append(right)
    answerable = sum(can for _, _, can in judged)
    figures = {
        "mails": len(judged),
        "answerable": answerable,
        "recall_at_1": sum(right for _, right, _ in judged) / answerable,
        "recall_at_1_in_right_category": sum(in_category) / len(in_category),
    }
    for threshold in sorted({ANSWER_THRESHOLD, 0.8, 0.85, 0.9, 0.95}):
        answered = [(right, can) for probability, right, can in judged if probability >= threshold]
        figures[f"answered_at_{threshold}"] = sum(can for _, can in answered) / answerable
        figures[f"wrong_at_{threshold}"] = sum(not right for right, _ in answered) / max(len(answered), 1)
    return {name: round(figure, 4) for name, figure in figures.items()}


def main(arguments: list[str]) -> None:
    """Write labelled mail or measure, as the module's docstring says."""
    target, *seeds = arguments
    classifier = LinearClassifier(train(load_starter()), "measured", languages=LANGUAGES)
    rows = answered_mail((int(seed) for seed in seeds), classifier)
    if target == "--measure":
        sys.stdout.write(json.dumps(asyncio.run(measure(rows)), indent=1) + "\n")
    else:
        write_labelled(Path(target), rows)


if __name__ == "__main__":
    main(sys.argv[1:])
