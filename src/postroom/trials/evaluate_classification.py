"""How right a classifier is on labelled texts, and what it may decide alone: train, calibrate, test, measure."""

import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from postroom.errors import InputError
from postroom.interfaces.embedder import Embedder
from postroom.learning.bounds import lower_bound
from postroom.learning.corpus import LabelledText
from postroom.learning.ensemble_model import Choice, EnsembleModel
from postroom.learning.guarantee import Decided, Guarantee, guarantee
from postroom.learning.label_words import label_words
from postroom.learning.learn_members import Recipe, TrainingText
from postroom.learning.train_ensemble import Trained, train_ensemble
from postroom.trials.evaluate_classification_rows import EvaluationRow
from postroom.trials.metrics import calibration_error, macro_f1, risk_coverage_area, separation

BATCH = 256  # Enough for a matrix product to pay, few enough to hold in memory beside ten thousand known texts.
_BYTES_IN_MAXRSS = 1024  # Linux counts it in kilobytes.


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to train on, what to calibrate on, what to test on, and which label is mail that belongs to no category."""

    train: tuple[EvaluationRow, ...]
    calibrate: tuple[EvaluationRow, ...]
    test: tuple[EvaluationRow, ...]
    outside: str | None
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationFigures:
    """What was measured on the test rows; shares are 0..1.

    `accuracy`, `macro_f1` and `ece`: rows of a category, each decided. `coverage` (share decided alone), `precision`
    of these and `aurc`: all rows, where deciding mail of no category is wrong. `precision_lower_bound`: one-sided 95 %
    Clopper-Pearson. `false_automation`: the share of mail of no category that was decided alone; `oos_auroc`: how well
    certainty tells it from the rest. None where nothing was decided, or there is no such mail.
    """

    accuracy: float
    macro_f1: float
    ece: float
    coverage: float
    precision: float | None
    aurc: float
    precision_lower_bound: float | None
    false_automation: float | None
    oos_auroc: float | None
    train_seconds: float
    ms_per_text: float
    peak_mb: float
    n_test: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A trained model, what it would have decided on held-out rows, and how long training took.

    `outside_seen` tells whether mail of no category was among the rows that judge, or none is expected.
    """

    trained: Trained
    embedders: tuple[Embedder, ...]
    outside: str | None
    outside_seen: bool
    train_seconds: float


def prepare(task: Task, embedders: Sequence[Embedder], *, words_count: bool = True) -> Prepared:
    """Return a model of the training rows of `task`, judged by its calibration rows or out of fold.

    Raises:
        InputError: there is nothing to tell apart.
    """
    started = time.perf_counter()
    if len({row.label for row in task.train} - {task.outside}) < 2:
        raise InputError("The training rows have fewer than two labels.", hint="Give examples of at least two.")
    texts, reviewed = training_texts(task)
    recipe = Recipe(seed=task.seed, outside=task.outside, words_count=words_count)
    trained = train_ensemble(texts, embedders, recipe=recipe, reviewed=reviewed)
    return Prepared(
        trained=trained,
        embedders=tuple(embedders),
        outside=task.outside,
        outside_seen=task.outside is None
        or any(row.label == task.outside for row in (*task.calibrate, *(() if task.calibrate else task.train))),
        train_seconds=time.perf_counter() - started,
    )


def training_texts(task: Task) -> tuple[list[TrainingText], list[TrainingText]]:
    """Return what `task` gives to learn from, and what to judge by.

    The words of each label's name are learnt too. A calibration row that is also a training row is judged out of fold:
    a model is always right about what it has learnt. Without calibration rows, files that hold mail of no category are
    mail as it came in, and judge; other files beside them are chosen examples, on which any model looks too good.
    """
    natural = {(row.text, row.label) for row in task.calibrate}
    mixed = {row.file for row in task.train if task.outside is not None and row.label == task.outside}
    texts = [
        replace(
            _text(row.text, row.label),
            natural=(row.text, row.label) in natural if task.calibrate else row.file in mixed,
        )
        for row in task.train
    ]
    learnt = {(row.text, row.label) for row in task.train}
    reviewed = [_text(row.text, row.label) for row in task.calibrate if (row.text, row.label) not in learnt]
    names = sorted({row.label for row in task.train} - {task.outside})
    texts.extend(replace(_text(label_words(name), name), aside=True) for name in names if label_words(name))
    return texts, reviewed


def measure(
    prepared: Prepared, test: Sequence[EvaluationRow], allowed: Guarantee | float | None
) -> ClassificationFigures:
    """Return the figures of a trained model on the `test` rows.

    `allowed` is the guarantee, the certainty from which a decision is made alone, or None for never.
    """
    model, outside = prepared.trained.model, prepared.outside
    started = time.perf_counter()
    choice = _choose(prepared, [row.text for row in test])
    seconds = time.perf_counter() - started
    labels = np.array(model.heads[0].labels, dtype=np.str_)
    wanted = np.array([row.label for row in test], dtype=np.str_)
    given = labels[choice.chosen]
    right = given == wanted
    inside = wanted != outside if outside is not None else np.ones(len(test), dtype=np.bool_)
    alone = _alone(allowed, given, choice.certainty)
    decided, good = int(alone.sum()), int((alone & right).sum())
    missing = bool(inside.all())
    return ClassificationFigures(
        accuracy=float(right[inside].mean()) if inside.any() else 0.0,
        macro_f1=macro_f1(wanted[inside].tolist(), given[inside].tolist()),
        ece=calibration_error(_shares(model, choice)[inside], right[inside]),
        coverage=decided / len(test),
        precision=good / decided if decided else None,
        aurc=risk_coverage_area(choice.certainty, right),
        precision_lower_bound=lower_bound(good, decided) if decided else None,
        false_automation=None if missing else float(alone[~inside].mean()),
        oos_auroc=separation(choice.certainty[inside], choice.certainty[~inside]),
        train_seconds=round(prepared.train_seconds, 3),
        ms_per_text=1000 * seconds / len(test),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _BYTES_IN_MAXRSS / 1e6,
        n_test=len(test),
    )


def guaranteed_threshold(prepared: Prepared, target: float) -> Guarantee:
    """Return what the held-out rows allow the model to decide alone, with a guarantee.

    Nothing is guaranteed where mail of no category is expected and none of it was among the rows that judge.
    """
    decided = prepared.trained.decided if prepared.outside_seen else ()
    return guarantee(decided, target=target)


def plain_threshold(decided: Sequence[Decided], target: float) -> float | None:
    """Return the lowest score from which the share `target` of the decisions was right; None where it never was.

    The share is the mean of its Jeffreys posterior, which doubts a lucky handful. No guarantee: chosen on few rows, it
    misses the target about every second time.
    """
    ordered = sorted(decided, key=lambda one: -one.score)
    found: float | None = None
    right = 0
    for count, one in enumerate(ordered, start=1):
        right += one.right
        whole = count == len(ordered) or ordered[count].score < one.score
        if whole and (right + 0.5) / (count + 1) >= target:
            found = one.score
    return found


def _choose(prepared: Prepared, texts: Sequence[str]) -> Choice:
    def embed(some: Sequence[str]) -> list[NDArray[np.float32]]:
        return [embedder.embed(some) for embedder in prepared.embedders]

    model = prepared.trained.model
    parts = [model.choose(texts[start : start + BATCH], embed) for start in range(0, len(texts), BATCH)]
    return Choice(
        log_probabilities=np.concatenate([part.log_probabilities for part in parts]),
        chosen=np.concatenate([part.chosen for part in parts]),
        certainty=np.concatenate([part.certainty for part in parts]),
        embedded=np.concatenate([part.embedded for part in parts]),
    )


def _alone(
    allowed: Guarantee | float | None, given: NDArray[np.str_], certainty: NDArray[np.float64]
) -> NDArray[np.bool_]:
    if allowed is None:
        return np.zeros(len(given), dtype=np.bool_)
    if isinstance(allowed, Guarantee):
        return np.array(
            [allowed.allows(str(name), float(one)) for name, one in zip(given, certainty, strict=True)], dtype=np.bool_
        )
    reached: NDArray[np.bool_] = certainty >= allowed
    return reached


def _shares(model: EnsembleModel, choice: Choice) -> NDArray[np.float64]:
    """Return how probable each chosen category is among the categories, mail of no category left out."""
    shares = np.exp(choice.log_probabilities)
    labels = model.heads[0].labels
    if model.outside in labels:
        shares[:, labels.index(model.outside)] = 0.0
    chosen: NDArray[np.float64] = shares[np.arange(len(shares)), choice.chosen] / shares.sum(axis=1)
    return chosen


def _text(text: str, label: str) -> TrainingText:
    labels = LabelledText(text=text, intent="", category=label, priority="", sentiment="", language="")
    return TrainingText(text=text, labels=labels)
