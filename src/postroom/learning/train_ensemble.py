"""Train an ensemble: one pipeline for the product and for its evaluation, from labelled texts to one model.

Everything that says how far the model can be believed (how members are mixed, the rejector, the decisions that the
guarantee is given for) comes from texts that were not learnt: reviewed ones, and the others out of fold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from postroom.errors import ConfigurationError
from postroom.interfaces.embedder import Embedder
from postroom.learning.bounds import lower_bounds
from postroom.learning.ensemble_model import Choice, EnsembleModel, FirstLook, best
from postroom.learning.evidence import Floats, MemberVotes, Mix, joined
from postroom.learning.fit_mix import fit_mix
from postroom.learning.fit_rejector import fit_rejector, unlearnt_certainty
from postroom.learning.folds import fold_count, folds
from postroom.learning.guarantee import Decided
from postroom.learning.learn_members import (
    MIX_PRIORS,
    Learnt,
    Recipe,
    TrainingText,
    learn_members,
    prior_mix,
    with_vectors,
)
from postroom.learning.rejector import Rejector, signals

AGREEMENT = 0.995
"""Words alone decide from the certainty at which they say the same as the whole ensemble this often: with at least
99 in 100 wanted, half of the difference is left for chance …"""
WORDS_RIGHT = 0.97
"""… at which they are proven right this often …"""
MORE_WRONG = 0.005
"""… and at which this much more at most is wrong than among as many of the ensemble's surest. Of four rules this one
kept the ensemble's quality (coverage at 95 % within .003) on the validation texts of Banking77 and CLINC150."""
EXAMPLES_COUNT = 0.3
"""All chosen examples together teach the rejector this much of what the natural texts do: of 0, .3 and 1 the best on
the validation texts of CLINC150 and Banking77 (5 for each label), equal on HINT3."""
ENOUGH_NATURAL = 100
"""So many e-mails as they came in tell how to mix four members better than any number of chosen examples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model, and what it would have decided on texts that it did not learn from.

    Those are the reviewed texts and the natural ones among the learnt texts (out of fold), in this order reversed;
    where there are neither, all learnt texts, out of fold.
    """

    model: EnsembleModel
    decided: tuple[Decided, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What the members say of texts they did not learn from, and the column of each text's own label (-1: unknown).

    `natural` marks those that tell how the model will do.
    """

    words: MemberVotes
    full: MemberVotes
    wanted: NDArray[np.int64]
    natural: NDArray[np.bool_]

    def rows(self, chosen: NDArray[np.int64]) -> "_Held":
        return _Held(
            words=self.words.rows(chosen),
            full=self.full.rows(chosen),
            wanted=self.wanted[chosen],
            natural=self.natural[chosen],
        )

    def importance(self) -> Floats:
        """Return how much each text counts: 1, but all chosen examples together less than the natural texts."""
        found, chosen = int(self.natural.sum()), int((~self.natural).sum())
        rest = min(1.0, EXAMPLES_COUNT * found / chosen) if found and chosen else 1.0
        return np.where(self.natural, 1.0, rest)

    def telling(self) -> NDArray[np.bool_]:
        """Return which texts tell how the model will do: the natural ones, or all where there are none."""
        return self.natural if self.natural.any() else np.ones(len(self.natural), dtype=np.bool_)


def train_ensemble(
    texts: Sequence[TrainingText],
    embedders: Sequence[Embedder],
    *,
    recipe: Recipe,
    reviewed: Sequence[TrainingText] = (),
) -> Trained:
    """Return a model of `texts`; the same texts, embedders and recipe give the same model on the same machine.

    `reviewed` are e-mails as they came in, with what a person said of them: they are not learnt, but tell how far the
    model can be believed. They should hold mail that belongs to no category in its natural share.

    Raises:
        ConfigurationError: there are fewer than two categories.
    """
    if len({text.labels.category for text in texts} - {recipe.outside}) < 2:
        raise ConfigurationError("There are too few labelled texts to train on.", hint="Label at least two categories.")
    learnt = with_vectors(texts, embedders, recipe)
    model = learn_members(learnt, [embedder.name for embedder in embedders], recipe)
    asked = [replace(text, natural=True) for text in reviewed]
    vectors = [embedder.embed([text.text for text in asked]) for embedder in embedders]
    held = _together([_out_of_fold(learnt, model, recipe), _judged(model, asked, vectors)])
    return _believed(model, held, recipe)


def _out_of_fold(learnt: Learnt, model: EnsembleModel, recipe: Recipe) -> _Held:
    """Return what models of the other folds say of each text that may be held out, in the order of the texts."""
    places = np.array([place for place in learnt.places if not learnt.texts[place].aside], dtype=np.int64)
    count = min(fold_count(len(learnt.texts)), len(places))
    if count < 2:
        return _judged(model, (), [np.zeros((0, len(space.mean)), dtype=np.float32) for space in model.spaces])
    labels = [learnt.texts[place].labels.category for place in places]
    fold = folds(labels, count, seed=recipe.seed)
    parts: list[_Held] = []
    for number in range(count):
        out = places[fold == number]
        part = learn_members(learnt.without(out), [space.embedder for space in model.spaces], recipe, like=model)
        judged = _judged(part, [learnt.texts[place] for place in out], learnt.vectors_of(out))
        # A label whose only text is held out is one that this model does not know.
        known = np.isin(judged.wanted, part.heads[0].nearness.columns if part.heads[0].nearness else judged.wanted)
        parts.append(replace(judged, wanted=np.where(known, judged.wanted, -1)))
    order = np.argsort(np.concatenate([np.flatnonzero(fold == number) for number in range(count)]), kind="stable")
    return _together(parts).rows(order)


def _judged(model: EnsembleModel, texts: Sequence[TrainingText], vectors: Sequence[NDArray[np.float32]]) -> _Held:
    head = model.heads[0]
    words = model.words([text.text for text in texts], head)
    columns = {label: column for column, label in enumerate(head.labels)}
    return _Held(
        words=words,
        full=model.evidence(words, model.place(vectors), head),
        wanted=np.array([columns.get(text.labels.category, -1) for text in texts], dtype=np.int64),
        natural=np.array([text.natural for text in texts], dtype=np.bool_),
    )


def _together(parts: Sequence[_Held]) -> _Held:
    return _Held(
        words=joined([part.words for part in parts]),
        full=joined([part.full for part in parts]),
        wanted=np.concatenate([part.wanted for part in parts]),
        natural=np.concatenate([part.natural for part in parts]),
    )


def _believed(model: EnsembleModel, held: _Held, recipe: Recipe) -> Trained:
    """Return `model` with the mix, the rejector and the first look that fit the held-out texts."""
    known = held.wanted >= 0
    telling = known & held.natural
    used = telling if telling.sum() >= ENOUGH_NATURAL else known
    mix = fit_mix(held.full.rows(used), held.wanted[used], priors=prior_mix(model))
    decisions, rejector = _choices(model, held.full, mix, held, recipe)
    model = replace(model, heads=tuple(replace(head, mix=mix) for head in model.heads), rejector=rejector)
    if model.words_count and model.spaces:
        words_mix = fit_mix(held.words.rows(used), held.wanted[used], priors=MIX_PRIORS[:1])
        cheap, cheap_rejector = _choices(model, held.words, words_mix, held, recipe)
        sure_from = _sure_from(cheap, decisions, held)
        model = replace(model, first_look=FirstLook(mix=words_mix, rejector=cheap_rejector, sure_from=sure_from))
        sure = cheap.certainty >= sure_from
        decisions = replace(
            decisions,
            chosen=np.where(sure, cheap.chosen, decisions.chosen),
            certainty=np.where(sure, cheap.certainty, decisions.certainty),
        )
    labels = model.heads[0].labels
    decided = tuple(
        Decided(
            category=labels[decisions.chosen[place]],
            score=float(decisions.certainty[place]),
            right=bool(decisions.chosen[place] == held.wanted[place]),
        )
        for place in np.flatnonzero(held.telling())
    )
    return Trained(model=model, decided=decided)


def _choices(
    model: EnsembleModel, evidence: MemberVotes, mix: Mix, held: _Held, recipe: Recipe
) -> tuple[Choice, Rejector]:
    """Return what is chosen, with certainties by rejectors that did not see the text, and the rejector of all."""
    labels = model.heads[0].labels
    outside = labels.index(model.outside) if model.outside in labels else None
    opinions = mix.opinions(evidence)
    blend = mix.blend(opinions)
    chosen = best(blend, outside)
    found = signals(evidence, opinions, blend, chosen=chosen, outside=outside)
    right = chosen == held.wanted
    importance = held.importance()
    choice = Choice(
        log_probabilities=blend,
        chosen=chosen,
        certainty=unlearnt_certainty(found, right, importance, seed=recipe.seed),
        embedded=np.ones(len(chosen), dtype=np.bool_),
    )
    return choice, fit_rejector(found, right, importance)


def _sure_from(cheap: Choice, full: Choice, held: _Held) -> float:
    """Return the certainty of words from which the rest of the ensemble would change nothing; above 1 for never."""
    order = np.argsort(-cheap.certainty, kind="stable")
    same = np.cumsum((cheap.chosen == full.chosen)[order]) / np.arange(1, len(order) + 1)
    telling = held.telling()
    counted = np.cumsum(telling[order], dtype=np.int64)
    wrong = np.cumsum((cheap.chosen != held.wanted)[order] & telling[order], dtype=np.int64)
    surest = np.argsort(-full.certainty[telling], kind="stable")
    usual = np.concatenate([[0], np.cumsum((full.chosen != held.wanted)[telling][surest])])
    proven = lower_bounds(counted - wrong, counted)
    good = np.flatnonzero(
        (same >= AGREEMENT) & (proven >= WORDS_RIGHT) & (wrong <= usual[counted] + MORE_WRONG * counted)
    )
    return float(cheap.certainty[order][good[-1]]) if len(good) else 2.0
