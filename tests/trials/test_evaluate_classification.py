"""An evaluation uses the splits as given, counts what it says it counts, and guarantees nothing it cannot."""

from dataclasses import replace

import pytest

from embeddings.hashing_embedder import HashingEmbedder
from learning.small_mail import OUTSIDE, mails
from postroom.errors import InputError
from postroom.learning.guarantee import Decided
from postroom.trials.evaluate_classification import (
    Prepared,
    Task,
    guaranteed_threshold,
    measure,
    plain_threshold,
    prepare,
    training_texts,
)
from postroom.trials.evaluate_classification_rows import EvaluationRow


def rows(count: int, *, seed: int, outside: bool = False, file: int = 0) -> tuple[EvaluationRow, ...]:
    found = mails(count, seed=seed, outside=outside)
    return tuple(EvaluationRow(text=one.text, label=one.labels.category, file=file) for one in found)


TASK = Task(
    train=rows(200, seed=40),
    calibrate=rows(400, seed=41, outside=True),
    test=rows(300, seed=42, outside=True),
    outside=OUTSIDE,
    seed=1,
)


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(TASK, [HashingEmbedder()])


def test_the_figures_are_shares_of_the_rows_they_speak_of(prepared: Prepared) -> None:
    found = guaranteed_threshold(prepared, 0.9)
    figures = measure(prepared, TASK.test, found)
    assert figures.n_test == 300
    assert figures.accuracy > 0.9
    assert 0 < figures.coverage <= 1
    assert figures.precision is not None
    assert figures.precision_lower_bound is not None
    assert figures.precision_lower_bound < figures.precision
    assert figures.false_automation is not None
    assert figures.false_automation < 0.3
    assert figures.oos_auroc is not None
    assert figures.oos_auroc > 0.8
    assert found.threshold is not None


def test_mail_of_no_category_that_is_decided_alone_counts_as_wrong(prepared: Prepared) -> None:
    everything = measure(prepared, TASK.test, 0.0)
    assert everything.coverage == 1.0
    assert everything.false_automation == 1.0
    assert everything.precision is not None
    assert everything.precision < 0.81
    nothing = measure(prepared, TASK.test, None)
    assert (nothing.coverage, nothing.precision, nothing.precision_lower_bound) == (0.0, None, None)
    assert nothing.accuracy == everything.accuracy


def test_labels_that_were_never_trained_are_simply_wrong(prepared: Prepared) -> None:
    unheard = [EvaluationRow(text="where is it", label="unheard of", file=0)]
    figures = measure(prepared, unheard, 0.0)
    assert (figures.accuracy, figures.precision, figures.oos_auroc, figures.false_automation) == (0.0, 0.0, None, None)


def test_without_calibration_rows_it_judges_out_of_fold() -> None:
    task = replace(TASK, calibrate=(), train=rows(200, seed=40, outside=True))
    assert len(prepare(task, [HashingEmbedder()]).trained.decided) == 200


def test_nothing_is_guaranteed_where_mail_of_no_category_was_never_reviewed() -> None:
    judged = prepare(replace(TASK, calibrate=()), [HashingEmbedder()])
    found = guaranteed_threshold(judged, 0.95)
    assert (found.threshold, found.coverage) == (None, 0.0)
    assert found.more_reviews > 0


def test_calibration_rows_that_are_also_learnt_are_judged_out_of_fold() -> None:
    texts, reviewed = training_texts(replace(TASK, train=TASK.train + TASK.calibrate[:50]))
    assert sum(text.natural for text in texts) == 50
    assert len(reviewed) == len(TASK.calibrate) - 50


def test_chosen_examples_beside_mail_as_it_came_in_do_not_judge() -> None:
    live = rows(100, seed=43, outside=True, file=1)
    texts, _ = training_texts(replace(TASK, train=TASK.train + live, calibrate=()))
    assert sum(text.natural for text in texts) == 100
    assert sum(text.aside for text in texts) == 4


def test_one_label_is_nothing_to_tell_apart() -> None:
    with pytest.raises(InputError, match="fewer than two"):
        prepare(replace(TASK, train=tuple(row for row in TASK.train if row.label == "refund")), [])


def test_the_plain_threshold_is_where_the_rows_have_the_target() -> None:
    decided = [Decided(category="a", score=1 - place / 100, right=place % 10 != 9) for place in range(100)]
    assert plain_threshold(decided, 0.85) == decided[-1].score
    assert plain_threshold([replace(one, right=False) for one in decided], 0.85) is None
    assert plain_threshold(decided[:9], 0.99) is None
    assert plain_threshold([], 0.9) is None
