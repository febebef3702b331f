"""Members are weighted by what they know, and a handful of texts changes little."""

from dataclasses import replace

import numpy as np

from postroom.learning.evidence import LOWEST_LOG, MemberVotes, Mix
from postroom.learning.fit_mix import fit_mix, fit_temperature

PRIORS = ((0.5, 0.5), (0.5, 0.5))


def evidence(count: int, *, seed: int) -> tuple[MemberVotes, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return what one member that knows and one that guesses say of `count` texts with three labels."""
    drawn = np.random.default_rng(seed)
    wanted = np.arange(count) % 3
    knowing = drawn.normal(size=(count, 3))
    knowing[np.arange(count), wanted] += 2.0
    guessing = drawn.normal(size=(count, 3))
    nothing = np.zeros(count)
    return MemberVotes(scores=(knowing, guessing), familiar=nothing, characters=nothing, similarity=None), wanted


def test_who_knows_weighs_more_than_who_guesses() -> None:
    said, wanted = evidence(600, seed=1)
    mix = fit_mix(said, wanted, priors=PRIORS)
    assert mix.weights[0] > 5 * mix.weights[1]
    blend = mix.blend(mix.opinions(said))
    assert np.mean(blend.argmax(axis=1) == wanted) > 0.8
    assert np.allclose(np.exp(blend).sum(axis=1), 1.0)


def test_without_texts_the_prior_holds_and_few_move_it_little() -> None:
    said, wanted = evidence(3, seed=2)
    none = fit_mix(said.rows(np.zeros(3, dtype=np.bool_)), wanted[:0], priors=PRIORS)
    assert none == Mix(temperatures=(0.5, 0.5), weights=(0.5, 0.5))
    few = fit_mix(said, wanted, priors=PRIORS)
    assert max(abs(weight - 0.5) for weight in few.weights) < 0.5


def test_the_temperature_makes_probabilities_as_sure_as_they_are_right() -> None:
    said, wanted = evidence(3000, seed=3)
    temperature = fit_temperature(said.scores[0], wanted, 0.3)
    opinion = Mix(temperatures=(temperature,), weights=(1.0,)).opinions(replace(said, scores=said.scores[:1]))[0]
    right = np.mean(opinion.argmax(axis=1) == wanted)
    assert abs(np.exp(opinion.max(axis=1)).mean() - right) < 0.02
    assert opinion.min() >= LOWEST_LOG
