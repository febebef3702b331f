"""Judges a model by what people decided before it was there: which of its drafts could have gone out as they are.

Mail that a model learnt proves nothing about it, nor does what another model decides: `actions/models.py` says who
judges which mail. All of the fair sample is judged, rejected mail and mail that says the same included: an answer that
nobody is known to have approved counts as wrong. Mail that the earlier decider did not dare to answer belongs to it, as
a new one may be sure of it, and wrong. Right answers to such mail count for nothing: whether they would go out depends
on more than is known here, as the workflow and the categories that the mailbox has switched on.

Where a language model voted, its votes are counted again beside the new model: each as it was given and stored, so that
nothing is asked, sent or paid. A vote that was never asked for is taken for the one that speaks worst for the model.
What it decides where the language model gives no vote is judged by all mail about which that would have been asked.
What a language model would have written to these mails nobody knows: of reworded answers the proof begins anew.

The risk of a false proof is spent on everything that could be chosen by what it decides on that mail: the n-th model
that was trained here gets 1/(n(n+1)) of it, and of that the k-th way to draft and vote 1/(k(k+1)). Both sum to 1, so by
the union bound the risk of all together is that of one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from postroom.actions.training_compared import email_of
from postroom.classifiers.language_model_cascade import Unsure, asked_beside, name_beside, name_unvoted, vote_counted
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
from postroom.model.judgement import Decider, Judgement

PAGE = 200
MOST_MODELS = 10_000
_NO_SIGNATURE = ""
_OWN = frozenset({Origin.REVIEW, Origin.AUDIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlearnt:
    """Examples, and a classifier that has learnt none of them; None where too little is left to train one."""

    classifier: Classifier | None
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True, kw_only=True)
class FairSample:
    """Every example of a review or an audit that is a fair sample of mail; `held_back` are those of them that whoever
    decided then did not dare to answer.
    """

    examples: tuple[Example, ...]
    held_back: frozenset[ExampleId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whose judgements these become (`model`), what drafts, and of which mail only wrong answers count."""

    model: str
    responder: Responder
    held_back: frozenset[ExampleId] = frozenset()


async def fair_sample(stores: Stores) -> FairSample:
    """Return what people judged of live decisions and were a fair sample of, whoever decided."""
    seen: set[ExampleId] = set()
    held_back: set[ExampleId] = set()
    for name in await stores.judgements.models(limit=MOST_MODELS):
        for one in await stores.judgements.of_model(name):
            if one.live and one.seen and one.agreement is None:
                seen.add(one.example_id)
                if not one.sampled:
                    held_back.add(one.example_id)
    everyone = every(lambda after: stores.examples.list(after=after, limit=PAGE))
    return FairSample(
        examples=tuple([one async for one in everyone if one.id in seen and one.origin in _OWN]),
        held_back=frozenset(held_back),
    )


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
    votes = await _votes(stores)
    total = sum(len(part.examples) for part in parts)
    done = 0
    for part in parts:
        for example in part.examples:
            found += await _decided(judged, part.classifier, example, votes)
            done += 1
            await progress(done, total)
    attempts = await _attempts(stores, judged.model, sorted({one.decider for one in found}))
    found = [replace(one, attempt=attempts[one.decider]) for one in found]
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


def attempt_of_way(model: int, way: int) -> int:
    """Return the first attempt that has no more of the risk than the `way`-th way with the `model`-th model.

    The n-th attempt has 1/(n(n+1)); ordinals are from 1.

    >>> [attempt_of_way(model, 1) for model in (1, 2, 3, 10)], [attempt_of_way(1, way) for way in (2, 3)]
    ([2, 3, 5, 15], [3, 5])
    """
    spent = model * (model + 1) * way * (way + 1)
    found = math.isqrt(spent)
    return found if found * (found + 1) >= spent else found + 1


async def _attempts(stores: Stores, model: str, deciders: Sequence[Decider]) -> Mapping[Decider, int]:
    """Return which attempt each of these deciders with a model is, by who came first here."""
    trained = [one async for one in every(lambda after: stores.models.list(after=after, limit=PAGE))]
    names = list(dict.fromkeys(one.name for one in reversed(trained)))
    place = names.index(model) + 1 if model in names else len(names) + 1
    ways = {one: f"{one.model.removeprefix(model)}+{one.responder}" for one in deciders}
    return {one: attempt_of_way(place, await stores.judgements.ordinal_of(way)) for one, way in ways.items()}


async def _votes(stores: Stores) -> _Votes | None:
    """Return the votes of the language model that was asked last; None where none was, or votes counted otherwise."""
    names = await stores.judgements.models(limit=MOST_MODELS)
    beside = {name: asked for name in names if (asked := asked_beside(name)) is not None}
    if not beside:
        return None
    voter, unsure = next(iter(beside.values()))
    found = [one for name in beside for one in await stores.judgements.of_model(name)]
    categories = {one.example_id: one.vote.category for one in found if one.vote and one.vote.voter == voter}
    return _Votes(voter=voter, unsure=unsure, categories=categories)


async def _decided(
    judged: Judged, classifier: Classifier | None, example: Example, votes: _Votes | None
) -> list[Judgement]:
    """Return what the model decides alone, and beside the language model where one was asked: with a vote, without."""
    beside = name_beside(judged.model, votes.voter, votes.unsure) if votes else ""
    if classifier is None:
        wrong = _judgement(judged, example, right=False)
        return [wrong, *(replace(wrong, model=name) for name in (beside, name_unvoted(beside)) if votes)]
    labels = await classifier.classify(email_of(example))
    alone = await _drafted(judged, example, labels)
    if votes is None:
        return [alone]
    if labels.category.probability >= votes.unsure.below:
        return [alone, replace(alone, model=beside)]
    voted = replace(await _with_vote(judged, example, labels, votes), model=beside)
    return [alone, voted, replace(alone, model=name_unvoted(beside))]


async def _with_vote(judged: Judged, example: Example, labels: Classification, votes: _Votes) -> Judgement:
    vote = votes.categories.get(example.id)
    if vote is not None:
        found = await _drafted(judged, example, vote_counted(labels, vote))
        return replace(found, vote=Voted(voter=votes.voter, category=vote))
    # Nobody asked then.
    possible = [await _drafted(judged, example, vote_counted(labels, said)) for said in (labels.category.name, "")]
    return min(possible, key=lambda one: one.score if one.right else -1 - one.score)


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
        automatic=example.origin is Origin.AUDIT,
        sampled=not right or example.id not in judged.held_back,
        seen=True,
        generated=example.generated,
        live=False,
    )
