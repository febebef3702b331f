"""Judges a model by what people decided before it was there: which of its drafts could have gone out as they are.

Mail that a model learnt proves nothing about it. So the held-out fifth is judged with the model itself, and each of
four parts of the rest with a model that was trained in the same way without that part (cross-validation; Stone 1974).
All of the fair sample is judged that there is of the model before, rejected mail and mail that says the same included:
an answer that nobody is known to have approved counts as wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.actions.training_compared import email_of
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.progress import Progress
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.learning.corpus import OTHER
from postroom.learning.lesson import score_of
from postroom.model.draft import Draft
from postroom.model.example import Example, Origin
from postroom.model.judgement import Judgement

PAGE = 200
_NO_SIGNATURE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlearnt:
    """Examples, and a classifier that has learnt none of them; None where too little is left to train one."""

    classifier: Classifier | None
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whose judgements these become (`model`), and what drafts."""

    model: str
    responder: Responder


async def fair_sample(stores: Stores, previous: str) -> tuple[Example, ...]:
    """Return every example of a review or an audit whose judgement of the model `previous` counts for its guarantee."""
    fair = {one.example_id for one in await stores.judgements.of_model(previous) if one.fair}
    everyone = every(lambda after: stores.examples.list(after=after, limit=PAGE))
    return tuple([one async for one in everyone if one.id in fair and one.origin in {Origin.REVIEW, Origin.AUDIT}])


async def judge_again(
    stores: Stores, judged: Judged, parts: Sequence[Unlearnt], progress: Progress
) -> tuple[Judgement, ...]:
    """Judge what is made of mail that people decided about; store and return that.

    What people judged of this model while it was in use stays as it is. Where there is no classifier, it is taken for
    sure of what is wrong.

    Raises:
        StoppedError: `progress` says so; nothing is stored. StoreError: the store cannot be used.
    """
    found: list[Judgement] = []
    total = sum(len(part.examples) for part in parts)
    done = 0
    for part in parts:
        for example in part.examples:
            found.append(await _judgement(judged, part.classifier, example))
            done += 1
            await progress(done, total)
    await stores.judgements.put(found)
    return tuple(found)


def could_go_out(example: Example, draft: Draft) -> bool:
    """Return whether a draft could answer the mail as it is, by what a person decided about it.

    It could where its articles are those that a person let answer the mail, and the mail belongs to a category. Of any
    other nobody knows, so it could not.
    """
    used = {passage.article_id for passage in draft.passages}
    return bool(used) and used == set(example.article_ids) and example.category != OTHER


async def _judgement(judged: Judged, classifier: Classifier | None, example: Example) -> Judgement:
    category, score, right = example.category, 1.0, False
    if classifier is not None:
        labels = await classifier.classify(email_of(example))
        draft = await judged.responder.respond(email_of(example), labels, signature=_NO_SIGNATURE)
        category, score, right = labels.category.name, score_of(draft), could_go_out(example, draft)
    return Judgement(
        example_id=example.id,
        model=judged.model,
        category=category,
        score=score,
        right=right,
        at=example.at,
        mailbox_id=example.mailbox_id,
        generated=example.generated,
        live=False,
    )
