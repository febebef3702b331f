"""Train the linear model: from labelled texts to weights, with temperatures fitted on texts it did not learn from."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from postroom.errors import ConfigurationError
from postroom.learning.corpus import Corpus, LabelledText
from postroom.learning.framing import FramedText, framed_texts
from postroom.learning.framing import corpus_texts as corpus_texts
from postroom.learning.learn_words import WordQuestion, WordsRecipe, learn_words
from postroom.learning.linear_fit import fit_words
from postroom.learning.linear_model import LinearModel, probabilities

FOLDS = 3
PENALTY = 0.5  # LinearSVC's C, chosen on mails of the mock mailbox with seeds from 1000.
MIN_TEXTS = 2  # An n-gram that one text alone has says nothing.

_LABEL_OF: dict[str, Callable[[LabelledText], str]] = {
    "category": lambda text: text.category,
    "priority": lambda text: text.priority,
    "sentiment": lambda text: text.sentiment,
    "intent": lambda text: text.intent,
}
_NOT_OF_PHRASES = "sentiment"


def train(corpus: Corpus, *, seed: int = 0) -> LinearModel:
    """Return a model of `corpus`; the same corpus and seed give the same model on the same machine.

    Each text is learnt as it is and once more between the words of a frame, as it would stand in a mail. About
    fifteen seconds for the starter corpus; uses one core.

    Raises:
        ConfigurationError: there are fewer than two categories or fewer texts than folds.
    """
    if len({text.category for text in corpus.texts}) < 2 or len(corpus.texts) < FOLDS:
        raise ConfigurationError("There are too few labelled texts to train on.", hint="Label at least two categories.")
    examples = framed_texts(corpus, seed=seed)
    model = learn_words(
        [example.labelled.text for example in examples],
        [_question(name, examples) for name in _LABEL_OF],
        WordsRecipe(penalty=PENALTY, min_texts=MIN_TEXTS, seed=seed),
        lambda question, matrix: _temperature(question, matrix, examples, seed),
    )
    return replace(
        model,
        languages=tuple(dict.fromkeys(text.language for text in corpus.texts)),
        examples=len(corpus.texts) + len(corpus.phrases),
    )


def _question(name: str, examples: Sequence[FramedText]) -> WordQuestion:
    """Return what is learnt of each example; an empty label is one like others, so that no intent can be said too."""
    found = [
        None if name == _NOT_OF_PHRASES and example.phrase else _LABEL_OF[name](example.labelled)
        for example in examples
    ]
    labels = tuple(sorted({label for label in found if label is not None}))
    places = {label: place for place, label in enumerate(labels)}
    wanted = [-1 if label is None else places[label] for label in found]
    return WordQuestion(name=name, labels=labels, wanted=np.array(wanted, dtype=np.int64))


def _temperature(question: WordQuestion, matrix: csr_matrix, examples: Sequence[FramedText], seed: int) -> float:
    """Return the temperature at which the probabilities of whole, unlearnt texts are most believable.

    One number is chosen, for which a third of the texts is enough.
    """
    known = question.wanted >= 0
    wanted = question.wanted[known]
    matrix = matrix[known]
    groups = np.array([example.group for example in examples])[known]
    held = (np.random.default_rng(seed).permutation(int(groups.max()) + 1) % FOLDS == 0)[groups]
    part = fit_words(matrix[~held], wanted[~held], len(question.labels), penalty=PENALTY, seed=seed)
    unlearnt = held & np.array([not example.phrase for example in examples])[known]
    scores = matrix[unlearnt] @ part.weights + part.intercepts
    return _best_temperature(scores, wanted[unlearnt])


def _best_temperature(scores: NDArray[np.float32], wanted: NDArray[np.int64]) -> float:
    rows = np.arange(len(wanted))

    def surprise(logarithm: float) -> float:
        shares = probabilities(scores, float(np.exp(logarithm)))
        return float(-np.log(np.maximum(shares[rows, wanted], 1e-12)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-4.0, 2.0), method="bounded").x))
