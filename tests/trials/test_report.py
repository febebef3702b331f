import random
from dataclasses import replace
from hashlib import sha256

import pytest

from postroom.trials.backtest_tried import Fate, Tried
from postroom.trials.report import NO_REASON, NOT_CLASSIFIED, BacktestReport, HeldReason, ReportTally
from postroom.trials.terms import NO_TERMS, Terms
from trials.test_backtest_results import ONE


def many(count: int, **changes: object) -> list[Tried]:
    return [
        replace(ONE, key=sha256(f"{changes}{index}".encode()).hexdigest(), **changes)  # type: ignore[arg-type]  # By name.
        for index in range(count)
    ]


def reported(tried: list[Tried], *, sample: int = 3, terms: Terms = NO_TERMS) -> BacktestReport:
    tally = ReportTally(sample=sample)
    for one in tried:
        tally.add(one)
    return tally.report(source="past", workflow="w@1", minutes_per_answer=6, terms=terms)


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


def test_the_reasons_come_with_their_categories_the_most_frequent_first() -> None:
    rare = many(2, fate=Fate.URGENT, reason="It is urgent.")
    often = many(3, fate=Fate.PERSON, reason="It is unsure.", category="refund")
    also = many(1, fate=Fate.PERSON, reason="It is unsure.")
    silent = many(1, fate=Fate.PERSON)
    assert reported([*rare, *often, *also, *silent, *many(4)]).reasons == (
        HeldReason(words="It is unsure.", emails=4, categories={"refund": 3, "returns": 1}),
        HeldReason(words="It is urgent.", emails=2, categories={"returns": 2}),
        HeldReason(words=NO_REASON, emails=1, categories={"returns": 1}),
    )


def test_what_switched_off_categories_hold_back_counts_only_where_they_are_taken_as_switched_on() -> None:
    held = many(3, fate=Fate.PERSON, held_back=True, right=True, reason="off")
    terms = Terms(mailbox_id="support", switched_on=("returns",))
    report = reported([*many(1), *held, *many(2, fate=Fate.PERSON)], terms=terms)
    assert (report.all.automatic, report.all.judged, report.hours_saved) == (1, 0, 0.1)
    category, total = report.if_switched_on
    assert (category.automatic, category.emails, category.judged, category.precision) == (4, 6, 3, 1.0)
    assert replace(category, category="all") == total
    assert sum(one.held_back for one in report.sample) >= 2


def test_where_every_category_is_switched_on_nothing_is_told_of_switching() -> None:
    assert reported(many(2)).if_switched_on == ()


def test_the_question_stands_beside_the_reply_without_addresses() -> None:
    (one,) = reported(many(1, subject="From ann@example.org", question="I am ann@example.org, +49 170 1234567")).sample
    assert (one.subject, one.question) == ("From [EMAIL_1]", "I am [EMAIL_1], [PHONE_1]")


def test_mail_that_the_model_learnt_is_counted_apart() -> None:
    report = reported(
        [*many(3, learnt=True, label_right=True), *many(1, label_right=True), *many(1, label_right=False)]
    )
    assert (report.learnt, report.labelled, report.classified_right) == (3, 5, 4)
    assert (report.unlearnt_labelled, report.unlearnt_right) == (2, 1)
    assert "has learnt 3 of these 5 e-mails" in report.notices[-1].text
