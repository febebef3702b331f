import random
from dataclasses import replace
from hashlib import sha256

import pytest

from postroom.trials.backtest_tried import Fate, Tried
from postroom.trials.report import NOT_CLASSIFIED, BacktestReport, Tally
from trials.test_backtest_results import ONE


def many(count: int, **changes: object) -> list[Tried]:
    return [
        replace(ONE, key=sha256(f"{changes}{index}".encode()).hexdigest(), **changes)  # type: ignore[arg-type]  # By name.
        for index in range(count)
    ]


def reported(tried: list[Tried], *, sample: int = 3) -> BacktestReport:
    tally = Tally(sample=sample)
    for one in tried:
        tally.add(one)
    return tally.report(source="past", workflow="w@1", minutes_per_answer=6)


def test_precision_counts_only_what_people_know_of_and_comes_with_its_bound() -> None:
    report = reported(
        [*many(57, right=True), *many(2, right=False), *many(10), *many(31, fate=Fate.PERSON, right=None)]
    )
    (one,) = report.categories
    assert (one.emails, one.automatic, one.judged, one.right, one.coverage) == (100, 69, 59, 57, 0.69)
    assert one.precision == 57 / 59
    # Clopper-Pearson by its definition: at the bound, 57 or more right ones of 59 have a chance of 5 %.
    assert one.precision_at_least == pytest.approx(0.8973, abs=2e-3)
    assert report.hours_saved == 6.9
    assert report.all == replace(one, category="all")


def test_without_a_truth_there_is_no_precision() -> None:
    report = reported([*many(3), replace(ONE, fate=Fate.IGNORED, category="", classifier="")])
    assert [one.category for one in report.categories] == [NOT_CLASSIFIED, "returns"]
    assert report.all.precision is None
    assert report.all.precision_at_least is None
    assert (report.fates["answered"], report.fates["ignored"]) == (3, 1)


def test_the_sample_is_the_same_in_any_order() -> None:
    tried = many(50)
    first = reported(tried)
    random.Random(1).shuffle(tried)
    assert reported(tried) == first
    assert len(first.sample) == 3


def test_what_failed_is_told() -> None:
    assert reported(many(2, fate=Fate.FAILED, failure="It broke.")).failures == {"It broke.": 2}


def test_the_share_of_labelled_mail_that_is_classified_right_is_told() -> None:
    report = reported([*many(3, label_right=True), *many(1, label_right=False), *many(2)])
    assert (report.labelled, report.classified_right) == (4, 3)
