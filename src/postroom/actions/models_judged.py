"""Judges a model by what people decided before it was there: which of its drafts could have gone out as they are.

Mail that a model learnt proves nothing about it. So the held-out fifth is judged with the model itself, and each of
four parts of the rest with a model that was trained in the same way without that part (cross-validation; Stone 1974).
All of the fair sample is judged that there is of the model before, rejected mail and mail that says the same included:
an answer that nobody is known to have approved counts as wrong.

Where a language model voted, its votes are counted again beside the new model: each as it was given and stored, so that
nothing is asked, sent or paid. A vote that was never asked for is taken for the one that speaks worst for the model.
What a language model would have written to these mails nobody knows: of reworded answers the proof begins anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from postroom.actions.training_compared import email_of
from postroom.classifiers.language_model_cascade import MODES, Unsure, name_beside, vote_counted
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.progress import Progress
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.learning.corpus import OTHER
from postroom.learning.lesson import score_of
from postroom.model.classification import Classification, Voted
from postroom.model.draft import Draft
from postroom.model.example import Example, ExampleId, Origin
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
    """Return every example of a review or an audit whose judgement of the model `previous` counts for its guarantee.

    Be it alone or beside a language model, and whoever drafted: what was drawn fairly is a fair sample of the mail.
    """
    names = [previous, *(name for name in await stores.judgements.models() if name.startswith(f"{previous}+"))]
    fair = {one.example_id for name in names for one in await stores.judgements.of_model(name) if one.fair}
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
    attempt, votes = await _attempt(stores, judged.model), await _votes(stores)
    total = sum(len(part.examples) for part in parts)
    done = 0
    for part in parts:
        for example in part.examples:
            alone, beside = await _decided(judged, part.classifier, example, votes)
            found += [replace(one, attempt=attempt) for one in (alone, beside) if one is not None]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Votes:
    """What a language model said of mail: who was asked, about which mail, and what it said."""

    voter: str
    unsure: Unsure
    categories: Mapping[ExampleId, str]


async def _attempt(stores: Stores, model: str) -> int:
    """Return the how-manieth of all models that were trained here it is, from 1: all could be tried on this mail."""
    trained = [one async for one in every(lambda after: stores.models.list(after=after, limit=PAGE))]
    names = list(dict.fromkeys(one.name for one in reversed(trained)))
    return names.index(model) + 1 if model in names else len(names) + 1


async def _votes(stores: Stores) -> _Votes | None:
    """Return the votes of the language model that was asked last; None where none ever was."""
    beside = [name for name in await stores.judgements.models() if name.rpartition("+")[2] in MODES and "+" in name]
    if not beside:
        return None
    _, _, asked = beside[0].partition("+")
    voter, _, mode = asked.rpartition("+")
    found = [one for name in beside for one in await stores.judgements.of_model(name)]
    categories = {one.example_id: one.vote.category for one in found if one.vote and one.vote.voter == voter}
    return _Votes(voter=voter, unsure=MODES[mode], categories=categories)


async def _decided(
    judged: Judged, classifier: Classifier | None, example: Example, votes: _Votes | None
) -> tuple[Judgement, Judgement | None]:
    """Return what the model decides alone, and beside the language model where one was asked."""
    if classifier is None:
        wrong = _judgement(judged, example, right=False)
        return wrong, replace(wrong, model=_beside(judged, votes)) if votes else None
    labels = await classifier.classify(email_of(example))
    alone = await _drafted(judged, example, labels)
    if votes is None:
        return alone, None
    vote = votes.categories.get(example.id)
    if labels.category.probability >= votes.unsure.below:
        possible = [alone]
    elif vote is not None:
        possible = [
            replace(
                await _drafted(judged, example, vote_counted(labels, vote)),
                vote=Voted(voter=votes.voter, category=vote),
            )
        ]
    else:
        # Nobody asked then.
        possible = [await _drafted(judged, example, vote_counted(labels, said)) for said in (labels.category.name, "")]
    worst = min(possible, key=lambda one: one.score if one.right else -1 - one.score)
    return alone, replace(worst, model=_beside(judged, votes))


def _beside(judged: Judged, votes: _Votes) -> str:
    return name_beside(judged.model, votes.voter, votes.unsure)


async def _drafted(judged: Judged, example: Example, labels: Classification) -> Judgement:
    draft = await judged.responder.respond(email_of(example), labels, signature=_NO_SIGNATURE)
    found = _judgement(judged, example, right=could_go_out(example, draft))
    return replace(found, responder=draft.responder, category=labels.category.name, score=score_of(draft))


def _judgement(judged: Judged, example: Example, *, right: bool) -> Judgement:
    """Return a judgement of an example; for sure, and of the category that it belongs to."""
    return Judgement(
        example_id=example.id,
        model=judged.model,
        responder=judged.responder.name,
        category=example.category,
        score=1.0,
        right=right,
        at=example.at,
        mailbox_id=example.mailbox_id,
        generated=example.generated,
        live=False,
    )
