"""Learn the members of an ensemble: words, a head in each embedder's space, and the nearest known texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from postroom.interfaces.embedder import Embedder
from postroom.learning.corpus import LabelledText
from postroom.learning.ensemble_model import CATEGORY, EnsembleHead, EnsembleModel, Space, Vectors, nearness_of
from postroom.learning.evidence import Mix
from postroom.learning.fit_mix import fit_temperature
from postroom.learning.fit_rejector import fit_rejector
from postroom.learning.learn_words import WordQuestion, WordsRecipe, learn_words
from postroom.learning.linear_fit import fit_vectors, fit_words
from postroom.learning.linear_model import LinearModel

WORDS_PENALTY = 2.0
"""LinearSVC's C: 2 beat .1 and .5 on the validation texts of Banking77 (5 and 10 for each label) and HWU64."""
VECTORS_PENALTY = 10.0
"""The C of the logistic regression: best of 1 to 100 on the same texts, or within .003 of it."""
MANY_TEXTS = 2000  # From here on, an n-gram seen once says nothing; below, each counts.
MIX_PRIORS = ((0.3, 0.3), (0.5, 0.9), (0.05, 0.4))
"""Temperature and weight of words, of the spaces together and of the nearest texts, as fitted on Banking77 with 5 for
each label: they hold where there are too few texts to fit them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingText:
    """A text to learn from. What stands `aside` (a category's name or description) is never held out to judge by.

    `natural` marks an e-mail as it came in: such texts, with mail that belongs to no category among them, tell how the
    model will do; examples that somebody chose or wrote do not. Texts of one `group` (from 0 on) are variants of each
    other: none is learnt where another is held out. An empty label is one that nobody knows.
    """

    text: str
    labels: LabelledText
    aside: bool = False
    natural: bool = False
    group: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to train. `outside` is the category of mail that belongs to none; `words_count` makes words a member.

    At most `most_embedded` texts (drawn by `seed`) are embedded, which bounds the time: words learn from all.
    `words_penalty` is LinearSVC's C.
    """

    seed: int = 0
    outside: str | None = None
    words_count: bool = True
    most_embedded: int | None = None
    words_penalty: float = WORDS_PENALTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """Texts and the vectors of those at `places`: one array (places x dimensions) for each embedder."""

    texts: tuple[TrainingText, ...]
    places: NDArray[np.int64]
    vectors: tuple[Vectors, ...]

    def without(self, out: NDArray[np.int64]) -> "Learnt":
        """Return all but the texts at the places `out` and their variants."""
        groups = np.array([text.group for text in self.texts], dtype=np.int64)
        related = (groups >= 0) & np.isin(groups, groups[out])
        related[out] = True
        left = np.flatnonzero(~related)
        kept = ~related[self.places]
        return Learnt(
            texts=tuple(self.texts[place] for place in left),
            places=np.searchsorted(left, self.places[kept]),
            vectors=tuple(array[kept] for array in self.vectors),
        )

    def vectors_of(self, places: NDArray[np.int64]) -> tuple[Vectors, ...]:
        """Return the vectors of the texts at `places`, which must have some."""
        rows = np.searchsorted(self.places, places)
        return tuple(array[rows] for array in self.vectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    name: str
    label: Callable[[LabelledText], str]
    embedded: bool


_QUESTIONS = (
    _Question(name=CATEGORY, label=lambda text: text.category, embedded=True),
    _Question(name="priority", label=lambda text: text.priority, embedded=False),
    _Question(name="sentiment", label=lambda text: text.sentiment, embedded=False),
    _Question(name="intent", label=lambda text: text.intent, embedded=True),
)


def with_vectors(texts: Sequence[TrainingText], embedders: Sequence[Embedder], recipe: Recipe) -> Learnt:
    """Return `texts` with the vectors of all, or of as many as the recipe allows."""
    places: NDArray[np.int64] = np.arange(len(texts), dtype=np.int64)
    if recipe.most_embedded is not None and recipe.most_embedded < len(texts):
        places = np.sort(np.random.default_rng(recipe.seed).choice(places, recipe.most_embedded, replace=False))
    written = [texts[place].text for place in places.tolist()]
    return Learnt(texts=tuple(texts), places=places, vectors=tuple(embedder.embed(written) for embedder in embedders))


def learn_members(
    learnt: Learnt, names: Sequence[str], recipe: Recipe, *, like: EnsembleModel | None = None
) -> EnsembleModel:
    """Return a model whose mix and rejector are those that hold without evidence; `names` are the embedders'.

    `like` is a model of more texts: only its categories are learnt, in their order, seen from its means.
    """
    labels = {CATEGORY: like.heads[0].labels} if like else _labels(learnt.texts)
    questions = [question for question in _QUESTIONS if question.name in labels]
    spaces = like.spaces if like else _spaces(names, learnt)
    placed = tuple(space.place(array) for space, array in zip(spaces, learnt.vectors, strict=True))
    embedded = [question for question in questions if question.embedded]
    heads = tuple(_head(question, labels[question.name], learnt, placed, recipe) for question in embedded)
    return EnsembleModel(
        linear=_words(learnt, questions, labels, recipe),
        words_count=recipe.words_count,
        spaces=spaces,
        known=_rounded(np.hstack(placed)) if placed else np.zeros((0, 0), dtype=np.float32),
        heads=heads,
        rejector=fit_rejector(np.zeros((0, 1)), np.zeros(0, dtype=np.bool_), np.zeros(0)),
        first_look=None,
        outside=recipe.outside,
    )


def _labels(texts: Sequence[TrainingText]) -> dict[str, tuple[str, ...]]:
    """Return the labels of each question that has several, and of the category in any case."""
    known = {question.name: {question.label(text.labels) for text in texts} - {""} for question in _QUESTIONS}
    return {name: tuple(sorted(labels)) for name, labels in known.items() if len(labels) > 1 or name == CATEGORY}


def prior_mix(model: EnsembleModel) -> tuple[tuple[float, float], ...]:
    """Return a temperature and a weight for each member of `model`, for where nothing can be fitted."""
    return _priors(words_count=model.words_count, spaces=len(model.spaces))


def _priors(*, words_count: bool, spaces: int) -> tuple[tuple[float, float], ...]:
    words, space, nearest = MIX_PRIORS
    if not spaces:
        return ((words[0], 1.0),)
    found = ((space[0], space[1] / spaces),) * spaces + (nearest,)
    return (words, *found) if words_count else found


def _spaces(names: Sequence[str], learnt: Learnt) -> tuple[Space, ...]:
    return tuple(
        Space(embedder=name, mean=_rounded(vectors.mean(axis=0)))
        for name, vectors in zip(names, learnt.vectors, strict=True)
    )


def _words(
    learnt: Learnt, questions: Sequence[_Question], labels: dict[str, tuple[str, ...]], recipe: Recipe
) -> LinearModel:
    texts = [text.text for text in learnt.texts]
    judging = np.array([not text.aside for text in learnt.texts], dtype=np.bool_)

    def temperature(question: WordQuestion, matrix: csr_matrix) -> float:
        # The category's temperature is fitted later, with those of the other members.
        return MIX_PRIORS[0][0] if question.name == CATEGORY else _held_temperature(question, matrix, judging, recipe)

    model = learn_words(
        texts,
        [
            WordQuestion(
                name=question.name,
                labels=labels[question.name],
                wanted=_columns(learnt.texts, question, labels[question.name]),
            )
            for question in questions
        ],
        WordsRecipe(penalty=recipe.words_penalty, min_texts=2 if len(texts) >= MANY_TEXTS else 1, seed=recipe.seed),
        temperature,
    )
    return replace(model, languages=tuple(dict.fromkeys(text.labels.language for text in learnt.texts)))


def _held_temperature(question: WordQuestion, matrix: csr_matrix, judging: NDArray[np.bool_], recipe: Recipe) -> float:
    """Return the temperature that fits a third of the texts, held out: enough for one number."""
    prior = MIX_PRIORS[0][0]
    known = question.wanted >= 0
    matrix, wanted = matrix[known], question.wanted[known]
    held = judging[known] & (np.random.default_rng(recipe.seed).permutation(len(wanted)) % 3 == 0)
    if not held.any() or held.all():
        return prior
    part = fit_words(
        matrix[~held], wanted[~held], int(wanted.max()) + 1, penalty=recipe.words_penalty, seed=recipe.seed
    )
    scores = (matrix[held] @ part.weights + part.intercepts).astype(np.float64)
    return fit_temperature(scores, wanted[held], prior)


def _head(
    question: _Question, labels: tuple[str, ...], learnt: Learnt, placed: Sequence[Vectors], recipe: Recipe
) -> EnsembleHead:
    wanted = _columns([learnt.texts[place] for place in learnt.places.tolist()], question, labels)
    known = wanted >= 0
    fitted = [
        fit_vectors(vectors[known], wanted[known], len(labels), penalty=VECTORS_PENALTY)
        for vectors in placed
        if known.any()
    ]
    priors = _priors(words_count=recipe.words_count, spaces=len(placed))
    return EnsembleHead(
        name=question.name,
        labels=labels,
        weights=tuple(weights.weights for weights in fitted),
        intercepts=tuple(weights.intercepts for weights in fitted),
        nearness=nearness_of(wanted) if placed else None,
        mix=Mix(temperatures=tuple(prior[0] for prior in priors), weights=tuple(prior[1] for prior in priors)),
    )


def _columns(texts: Sequence[TrainingText], question: _Question, labels: Sequence[str]) -> NDArray[np.int64]:
    places = {label: place for place, label in enumerate(labels)}
    return np.array([places.get(question.label(text.labels), -1) for text in texts], dtype=np.int64)


def _rounded(vectors: Vectors) -> Vectors:
    """Return `vectors` as half precision keeps them in the files: the model is the same before and after."""
    rounded: Vectors = vectors.astype(np.float16).astype(np.float32)
    return rounded
