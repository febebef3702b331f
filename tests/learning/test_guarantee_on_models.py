"""The promise on what real models decide: trained once, calibrated on 200 random parts of mail they never learnt.

A guarantee is missed where less than the promised share is right of what it lets out of all that mail. That mail is
finite and drawn without replacement, which makes the part that calibrates no luckier than independent draws (Hoeffding
1963, theorem 4): the binomial bound holds for it as it stands. Of the rest alone it does not say quite as much: errors
that the calibrating part happened not to see all lie there. So a rest that is many times that part, beside which they
hardly count, must keep the promise itself; a rest as small as that part must not contradict it.
"""

import csv
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from postroom.classifiers.linear import LinearClassifier
from postroom.knowledge.articles import starter_shelf
from postroom.knowledge.search import ArticleSearch
from postroom.learning.bounds import CONFIDENCE, upper_bound
from postroom.learning.corpus import Corpus, LabelledText
from postroom.learning.guarantee import Decided, guarantee
from postroom.learning.train import train
from postroom.responders.articles import ArticleResponder
from responders.mock_mail import answered_mail, is_common

BANKING = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "banking77"
SPLITS = 200
MOST_MISSED = round((1 - CONFIDENCE) * SPLITS)
MANY = 50  # Where nearly nothing is guaranteed, nothing is put to the test.
LABELS, TAUGHT = 73, 20


@pytest.fixture(scope="module")
def answers(models: Path) -> list[Decided]:
    """What the starter model and the starter articles answer to generated mail; what no article answers is wrong."""
    classifier = LinearClassifier.load(models / "linear", languages=("de", "en", "es", "fr", "it", "nl"))
    responder = ArticleResponder(ArticleSearch(starter_shelf()))
    found = []
    for email, truth, labels in answered_mail((1300, 1301), classifier, 450):
        draft = responder.draft(email, labels, signature="")
        if not is_common(email, labels) or not draft.passages:
            continue
        right = (draft.passages[0].article_id, labels.category.name) == (truth.article_id, truth.category)
        found.append(Decided(category=labels.category.name, score=draft.probability, right=right))
    return found


@pytest.fixture(scope="module")
def labels() -> list[Decided]:
    """What a linear model says of bank customers' questions, a twentieth of which belongs to no category it knows."""
    if not BANKING.exists():
        pytest.skip("the folder ../shared/data with Banking77 is absent")
    chance = random.Random(1)
    taught, asked = _rows("train.csv"), _rows("test.csv")
    known = sorted(chance.sample(sorted({label for _, label in taught}), LABELS))
    texts = [
        LabelledText(text=text, intent="", category=name, priority="normal", sentiment="neutral", language="en")
        for name in known
        for text, _ in chance.sample([row for row in taught if row[1] == name], TAUGHT)
    ]
    model = train(Corpus(texts=tuple(texts), phrases=(), frames=()))
    found = []
    for text, label in asked:
        said = model.labels(text)["category"]
        found.append(Decided(category=said.name, score=said.probability, right=said.name == label))
    return found


def _rows(name: str) -> list[tuple[str, str]]:
    with (BANKING / name).open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["label"]) for row in csv.DictReader(file)]


@dataclass
class Outcomes:
    """Of all splits: in how many a guarantee was given, and in how many it was missed, and by what."""

    given: int = 0
    missed_in_all: int = 0
    missed_in_rest: int = 0
    contradicted_by_rest: int = 0


def outcomes(everything: Sequence[Decided], target: float, calibrating: int) -> Outcomes:
    """Return what comes of splitting at random, again and again."""
    found = Outcomes()
    for seed in range(SPLITS):
        mixed = random.Random(seed).sample(everything, len(everything))
        given = guarantee(mixed[:calibrating], target=target)
        # As `allows` says, and a hundred times as fast.
        from_on = {own.category: own.threshold for own in given.categories if own.threshold is not None}
        alone = [one.score >= from_on.get(one.category, math.inf) for one in mixed]
        whole = [one.right for one, out in zip(mixed, alone, strict=True) if out]
        rest = [one.right for one, out in zip(mixed[calibrating:], alone[calibrating:], strict=True) if out]
        found.given += given.threshold is not None
        found.missed_in_all += sum(whole) < target * len(whole)
        found.missed_in_rest += sum(rest) < target * len(rest)
        found.contradicted_by_rest += upper_bound(sum(rest), len(rest)) < target
    return found


@pytest.mark.parametrize("target", [0.9, 0.95])
def test_of_automatic_answers_the_promise_is_missed_in_at_most_the_promised_share_of_splits(
    answers: list[Decided], target: float
) -> None:
    found = outcomes(answers, target, len(answers) // 2)
    assert found.given > MANY
    assert found.missed_in_all <= MOST_MISSED
    assert found.contradicted_by_rest <= MOST_MISSED


@pytest.mark.parametrize("target", [0.9, 0.95])
def test_of_categories_the_promise_is_missed_in_at_most_the_promised_share_of_splits(
    labels: list[Decided], target: float
) -> None:
    found = outcomes(labels, target, 400)
    assert found.given > MANY
    assert found.missed_in_all <= MOST_MISSED
    assert found.missed_in_rest <= MOST_MISSED
