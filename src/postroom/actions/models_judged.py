"""Judges a model by what people decided before it was there: which of its drafts could have gone out as they are.

Mail that a model learnt proves nothing about it. So the held-out fifth is judged with the model itself, and each of
four parts of the rest with a model that was trained in the same way without that part (cross-validation; Stone 1974).
What nobody knows is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from postroom.actions.training_compared import email_of
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.progress import Progress
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.learning.corpus import OTHER
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.example import Example, Origin
from postroom.model.judgement import Judgement

_NO_SIGNATURE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlearnt:
    """Examples, and a classifier that has learnt none of them."""

    classifier: Classifier
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whose judgements these become (`model`), what drafts, and whose earlier ones tell what is a fair sample."""

    model: str
    responder: Responder
    previous: str


async def judge_again(
    stores: Stores, judged: Judged, parts: Sequence[Unlearnt], progress: Progress
) -> tuple[Judgement, ...]:
    """Judge what is made of mail that people decided about; store and return that.

    Raises:
        StoppedError: `progress` says so; nothing is stored. StoreError: the store cannot be used.
    """
    fair = {one.example_id for one in await stores.judgements.of_model(judged.previous) if one.sampled}
    found: list[Judgement] = []
    total = sum(len(part.examples) for part in parts)
    done = 0
    for part in parts:
        for example in part.examples:
            labels = await part.classifier.classify(email_of(example))
            draft = await judged.responder.respond(email_of(example), labels, signature=_NO_SIGNATURE)
            right = could_go_out(example, draft)
            if right is not None:
                found.append(_judgement(judged.model, example, labels, draft, right=right))
            done += 1
            await progress(done, total)
    kept = tuple(replace(one, sampled=one.example_id in fair) for one in found)
    await stores.judgements.put(kept)
    return kept


def is_told(example: Example) -> bool:
    """Return whether a person's decision says anything about which answer is right."""
    return bool(example.article_ids or example.refused_ids or _was_written(example) or example.category == OTHER)


def could_go_out(example: Example, draft: Draft) -> bool | None:
    """Return whether a draft could answer the mail as it is, by what a person decided about it; None: nobody knows.

    It could where its articles are among those that a person let answer the mail. It could not where one of them was
    refused, where a person had to write the answer, where the mail belongs to no category, or where it says nothing.
    """
    used = {passage.article_id for passage in draft.passages}
    if not is_told(example):
        return None
    if not used or example.category == OTHER or used & set(example.refused_ids):
        return False
    if example.article_ids:
        return used <= set(example.article_ids)
    return False if _was_written(example) else None


def _was_written(example: Example) -> bool:
    """Return whether a person saw a draft and wrote something else; who answers elsewhere has seen none."""
    return bool(example.answer) and example.origin in {Origin.REVIEW, Origin.AUDIT}


def _judgement(model: str, example: Example, labels: Classification, draft: Draft, *, right: bool) -> Judgement:
    return Judgement(
        example_id=example.id,
        model=model,
        category=labels.category.name,
        score=min(1.0, max(0.0, draft.probability)),
        right=right,
        at=example.at,
        mailbox_id=example.mailbox_id,
    )
