"""Train the linear model: from labelled texts to weights, with temperatures fitted on texts it did not learn from."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from postroom.errors import ConfigurationError
from postroom.learning.corpus import Corpus, Frame, LabelledText
from postroom.learning.features import Vocabulary, learn_vocabulary
from postroom.learning.learn_members import TrainingText
from postroom.learning.linear_model import Head, LinearModel, probabilities

FOLDS = 3
PENALTY = 0.5  # LinearSVC's C, chosen on mails of the mock mailbox with seeds from 1000.
_TOLERANCE = 0.02  # Ten times looser than the default: the labels stay the same and training takes a third.

_HASTE_SHARE = 0.12  # A few per cent of real mail is urgent; more here, so that it is not drowned.
_MOOD_SHARE = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What one head learns: how to read its label, and whether a phrase says anything about it."""

    name: str
    label: Callable[[LabelledText], str]
    phrases_count: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scores:
    """What was learnt for one head: one column of `weights` and one intercept for each of `labels`."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Example:
    """A text as it is learnt: `group` is the same for all variants of one labelled text, so no fold splits them."""

    text: str
    labelled: LabelledText
    group: int
    phrase: bool


_QUESTIONS = (
    _Question(name="category", label=lambda text: text.category, phrases_count=True),
    _Question(name="priority", label=lambda text: text.priority, phrases_count=True),
    _Question(name="sentiment", label=lambda text: text.sentiment, phrases_count=False),
    _Question(name="intent", label=lambda text: text.intent, phrases_count=True),
)


def train(corpus: Corpus, *, seed: int = 0) -> LinearModel:
    """Return a model of `corpus`; the same corpus and seed give the same model on the same machine.

    Each text is learnt as it is and once more between the words of a frame, as it would stand in a mail. About
    fifteen seconds for the starter corpus; uses one core.

    Raises:
        ConfigurationError: there are fewer than two categories or fewer texts than folds.
    """
    if len({text.category for text in corpus.texts}) < 2 or len(corpus.texts) < FOLDS:
        raise ConfigurationError("There are too few labelled texts to train on.", hint="Label at least two categories.")
    examples = _examples(corpus, random.Random(seed))
    vocabulary = learn_vocabulary([example.text for example in examples])
    matrix = _matrix(vocabulary, [example.text for example in examples])
    heads: list[Head] = []
    learnt: list[_Scores] = []
    for question in _QUESTIONS:
        rows = [row for row, example in enumerate(examples) if question.phrases_count or not example.phrase]
        used = [examples[row] for row in rows]
        scores, temperature = _learn_head(matrix[rows], used, question, seed)
        heads.append(Head(name=question.name, labels=scores.labels, temperature=temperature))
        learnt.append(scores)
    return LinearModel(
        vocabulary=vocabulary,
        weights=np.ascontiguousarray(np.hstack([scores.weights for scores in learnt])),
        intercepts=np.concatenate([scores.intercepts for scores in learnt]),
        heads=tuple(heads),
        languages=tuple(dict.fromkeys(text.language for text in corpus.texts)),
        seed=seed,
        examples=len(corpus.texts) + len(corpus.phrases),
    )


def framed(text: LabelledText, frame: Frame, choice: random.Random) -> LabelledText:
    """Return `text` as a mail: perhaps a greeting, fillers, a mood, some haste and a closing of `frame` around it.

    Haste makes it urgent; a mood is put only into a neutral text, and gives it its sentiment.
    """
    parts = [text.text]
    priority, sentiment = text.priority, text.sentiment
    if choice.random() < _HASTE_SHARE:
        parts.insert(choice.randint(0, 1), choice.choice(frame.urgent))
        priority = "urgent"
    if sentiment == "neutral" and choice.random() < _MOOD_SHARE:
        sentiment, pool = choice.choice((("negative", frame.negative), ("positive", frame.positive)))
        parts.insert(choice.randint(0, len(parts)), choice.choice(pool))
    if choice.random() < 0.6:
        parts.insert(0, choice.choice(frame.greetings))
    for _ in range(choice.choice((0, 1, 1, 2))):
        parts.insert(choice.randint(1, len(parts)), choice.choice(frame.fillers))
    if choice.random() < 0.7:
        parts.append(choice.choice(frame.closings))
    return replace(text, text="\n".join(parts), priority=priority, sentiment=sentiment)


def corpus_texts(corpus: Corpus, *, seed: int = 0) -> list[TrainingText]:
    """Return what an ensemble learns from `corpus`: each text as it is and once more as it would stand in a mail.

    The mails are what it is judged by; a phrase teaches nothing about the tone.
    """
    return [
        TrainingText(
            text=example.text,
            labels=replace(example.labelled, sentiment="") if example.phrase else example.labelled,
            aside=example.phrase or example.text == corpus.texts[example.group].text,
            group=example.group,
        )
        for example in _examples(corpus, random.Random(seed))
    ]


def _examples(corpus: Corpus, choice: random.Random) -> list[_Example]:
    frames = {frame.language: frame for frame in corpus.frames}
    examples: list[_Example] = []
    for group, text in enumerate(corpus.texts):
        examples.append(_Example(text=text.text, labelled=text, group=group, phrase=False))
        frame = frames.get(text.language)
        if frame is not None:
            mail = framed(text, frame, choice)
            examples.append(_Example(text=mail.text, labelled=mail, group=group, phrase=False))
    first = len(corpus.texts)
    examples.extend(
        _Example(text=phrase.text, labelled=phrase, group=first + place, phrase=True)
        for place, phrase in enumerate(corpus.phrases)
    )
    return examples


def _matrix(vocabulary: Vocabulary, texts: Sequence[str]) -> csr_matrix:
    vectors = [vocabulary.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(vector.columns) for vector in vectors)])
    values = np.concatenate([vector.values for vector in vectors])
    columns = np.concatenate([vector.columns for vector in vectors])
    return csr_matrix((values, columns, ends), shape=(len(texts), len(vocabulary.idf)))


def _learn_head(
    matrix: csr_matrix, examples: Sequence[_Example], question: _Question, seed: int
) -> tuple[_Scores, float]:
    labels = tuple(sorted({question.label(example.labelled) for example in examples}))
    places = {label: place for place, label in enumerate(labels)}
    wanted = np.array([places[question.label(example.labelled)] for example in examples])
    scores = _fit(matrix, wanted, labels, seed)
    temperature = _temperature(matrix, wanted, examples, labels, seed)
    return scores, temperature


def _fit(matrix: csr_matrix, wanted: NDArray[np.int64], labels: tuple[str, ...], seed: int) -> _Scores:
    width = len(labels)
    weights = np.zeros((matrix.shape[1], width), dtype=np.float32)
    # A label that is not in this fold keeps a score below every other.
    intercepts = np.full(width, -1.0, dtype=np.float32)
    present = np.unique(wanted)
    if len(present) == 1:
        intercepts[present] = 1.0
        return _Scores(labels=labels, weights=weights, intercepts=intercepts)
    machine = LinearSVC(C=PENALTY, tol=_TOLERANCE, random_state=seed).fit(matrix, wanted)
    rows, offsets = machine.coef_, machine.intercept_
    if len(present) == 2:  # For two labels LinearSVC keeps one row: above 0 means the second.
        rows, offsets = np.vstack([-rows, rows]), np.concatenate([-offsets, offsets])
    weights[:, present] = rows.T
    intercepts[present] = offsets
    return _Scores(labels=labels, weights=weights, intercepts=intercepts)


def _temperature(
    matrix: csr_matrix,
    wanted: NDArray[np.int64],
    examples: Sequence[_Example],
    labels: tuple[str, ...],
    seed: int,
) -> float:
    """Return the temperature at which the probabilities of whole, unlearnt texts are most believable.

    One number is chosen, for which a third of the texts is enough.
    """
    groups = np.array([example.group for example in examples])
    held = (np.random.default_rng(seed).permutation(int(groups.max()) + 1) % FOLDS == 0)[groups]
    whole = np.array([not example.phrase for example in examples])
    part = _fit(matrix[~held], wanted[~held], labels, seed)
    unlearnt = held & whole
    scores = matrix[unlearnt] @ part.weights + part.intercepts
    return _best_temperature(scores, wanted[unlearnt])


def _best_temperature(scores: NDArray[np.float32], wanted: NDArray[np.int64]) -> float:
    rows = np.arange(len(wanted))

    def surprise(logarithm: float) -> float:
        shares = probabilities(scores, float(np.exp(logarithm)))
        return float(-np.log(np.maximum(shares[rows, wanted], 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-4.0, 2.0), method="bounded").x))
