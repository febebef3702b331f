"""Labelled mail of the mock generator for fitting and measuring the article responder; not a test.

`python tests/responders/mock_mail.py labelled.jsonl 1000 1001` writes the input of `postroom.knowledge.fit` from seeds
1000 and 1001; `python tests/responders/mock_mail.py --measure 1200 1201` prints what classifier, router and responder
do together with 200 mails of each other seed, and the worst of these seeds. With `--first-drafts` in its place it
prints what a person gets to see of the mails that are not answered, by words alone and with embeddings (minutes).
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from postroom.classifiers.linear import LinearClassifier
from postroom.classifiers.starter import train_starter
from postroom.embeddings.choose import chosen_embedder
from postroom.knowledge.article_vectors import ArticleVectors
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.confidence import ANSWER_THRESHOLD
from postroom.knowledge.meaning import ArticleMeaning
from postroom.knowledge.search import ArticleSearch
from postroom.mime.parse import parse
from postroom.model.catalogue import LANGUAGES
from postroom.model.classification import Classification, Label
from postroom.model.email import Email
from postroom.nodes.priority_router import PriorityRouterConfig
from postroom.providers.mock.generate import generate
from postroom.providers.mock.truth import Truth
from postroom.responders.articles import ArticleResponder
from postroom.workflows.load import template

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
MAILS_PER_SEED = 600
MAILS_MEASURED = 200  # As many as the demo shows.
ROUTER = PriorityRouterConfig.model_validate(
    next(node.config for node in template("customer_support").nodes if node.type == "priority_router")
)

Row = tuple[Email, Truth, Classification]


def answered_mail(seeds: Iterable[int], classifier: LinearClassifier, count: int = MAILS_PER_SEED) -> Iterator[Row]:
    """Yield the mails that are not automatic, with their truth and classification."""
    for seed in seeds:
        for mail in generate(seed, count, start=START):
            email = parse(mail.content)
            if email.automatic is None and not mail.truth.machine:
                yield email, mail.truth, classifier.classify_text(email.subject, email.new_text)


def write_labelled(path: Path, rows: Iterable[Row]) -> None:
    """Write one line per mail that the router gives to a responder, as postroom.knowledge.fit reads it."""
    with path.open("w", encoding="utf-8") as file:
        for email, truth, classification in rows:
            if not is_common(email, classification):
                continue
            line = {
                "subject": email.subject,
                "text": email.new_text,
                "language": truth.language,
                "category": classification.category.name,
                "category_probability": classification.category.probability,
                "intent": _pair(classification.intent),
                "second_intent": _pair(classification.second_intent),
                "article_id": truth.article_id,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def is_common(email: Email, classification: Classification) -> bool:
    """Return whether the router, as it is shipped, gives the mail to a responder."""
    priority, category = classification.priority, classification.category
    urgent = priority.name in ROUTER.urgent_priorities and priority.probability >= ROUTER.urgent_probability
    sure = category.probability >= ROUTER.category_probability and category.name not in ROUTER.complex_categories
    return sure and not urgent and not email.cautions and len(email.new_text.split()) <= ROUTER.max_words


def _pair(label: Label | None) -> tuple[str, float] | None:
    return (label.name, label.probability) if label else None


def measure(rows: Iterable[Row], threshold: float) -> dict[str, float]:
    """Return what is answered of the answerable and how much of the answered is wrong, above `threshold`.

    Wrong is another category, another article, or a mail that no article answers.
    """
    responder = ArticleResponder(ArticleSearch(starter_shelf()))
    counts: Counter[str] = Counter()
    for email, truth, classification in rows:
        counts["answerable"] += truth.answerable
        draft = responder.draft(email, classification, signature="")
        if not is_common(email, classification) or draft.probability < threshold or not draft.passages:
            continue
        right = (draft.passages[0].article_id, classification.category.name) == (truth.article_id, truth.category)
        counts["answered"] += 1
        counts["wrong"] += not right
    return {
        **counts,
        "share_answered": round(counts["answered"] / counts["answerable"], 4),
        "share_wrong": round(counts["wrong"] / max(counts["answered"], 1), 4),
    }


def first_drafts(rows: Iterable[Row], responder: ArticleResponder) -> dict[str, int]:
    """Return of the mails that go to a person how many have an article, and which article their first draft is of.

    `misled` are mails that no article answers, but that come with the draft of one.
    """
    by_words = ArticleResponder(ArticleSearch(starter_shelf()))
    counts: Counter[str] = Counter()
    for email, truth, classification in rows:
        sure = by_words.draft(email, classification, signature="")
        if is_common(email, classification) and sure.passages and sure.probability >= ANSWER_THRESHOLD:
            continue
        draft = responder.draft(email, classification, signature="")
        shown = draft.passages[0].article_id if draft.passages else None
        kind = "with_article" if truth.article_id else "without_article"
        counts[kind] += 1
        if truth.article_id:
            counts["right" if shown == truth.article_id else "wrong" if shown else "empty"] += 1
        else:
            counts["misled"] += shown is not None
    return dict(counts)


def show_first_drafts(rows: Sequence[Row]) -> None:
    """Print what people see first, without and with embeddings, and how many mails had to be embedded."""
    search, embedder = ArticleSearch(starter_shelf()), chosen_embedder("e5")
    meaning = ArticleMeaning(search, ArticleVectors(embedder))
    meaning.prepare(LANGUAGES)
    articles = embedder.misses
    sys.stdout.write(json.dumps({"by": "words", **first_drafts(rows, ArticleResponder(search))}) + "\n")
    found = first_drafts(rows, ArticleResponder(search, meaning))
    embedded = embedder.misses - articles
    sys.stdout.write(json.dumps({"by": "meaning", "mails": len(rows), "embedded": embedded, **found}) + "\n")


def main(arguments: list[str]) -> None:
    """Write labelled mail or measure, as the module's docstring says."""
    target, *seeds = arguments
    classifier = LinearClassifier(train_starter(starter_shelf()), "measured", languages=LANGUAGES)
    if target == "--first-drafts":
        show_first_drafts(list(answered_mail((int(seed) for seed in seeds), classifier, MAILS_MEASURED)))
        return
    if target != "--measure":
        write_labelled(Path(target), answered_mail((int(seed) for seed in seeds), classifier))
        return
    rows = [list(answered_mail([int(seed)], classifier, MAILS_MEASURED)) for seed in seeds]
    together = [row for batch in rows for row in batch]
    for threshold in sorted({ANSWER_THRESHOLD, 0.9, 0.92, 0.94, 0.95, 0.96}):
        batches = [measure(batch, threshold) for batch in rows]
        figures = {
            "threshold": threshold,
            **measure(together, threshold),
            "lowest_share_answered": min(batch["share_answered"] for batch in batches),
            "highest_share_wrong": max(batch["share_wrong"] for batch in batches),
        }
        sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
