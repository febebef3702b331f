"""Drift by numbers: what falls, what it takes, and how it rises again."""

from datetime import UTC, datetime, timedelta

import pytest

from postroom.learning.drift import COVERAGE_WINDOW, NO_DRIFT, WINDOW, drift
from postroom.learning.guarantee import Decided, Guarantee, guarantee
from postroom.model.example import ExampleId
from postroom.model.judgement import Judgement

START = datetime(2026, 3, 2, tzinfo=UTC)


def promise(*categories: str) -> Guarantee:
    """Return a guarantee for these categories, given from 0.9 on, where half of the mail reached that."""
    names = categories or ("orders",)
    sure = [Decided(category=name, score=0.9, right=True) for name in names for _ in range(100)]
    unsure = [Decided(category=name, score=0.1, right=False) for name in names for _ in range(100)]
    found = guarantee([*sure, *unsure])
    assert (found.threshold, found.coverage) == (0.9, 0.5)
    return found


def history(*runs: tuple[str, int], category: str = "orders") -> list[Judgement]:
    """Return judgements newest first, of runs oldest first.

    `ok` and `wrong` are audits, `seen` a reviewed draft that was right and sure, `low` one that was not sure, `shadow`
    one that was held against what a person wrote, and `other` a reviewed draft that is no fair sample.
    """
    made: list[Judgement] = []
    for kind, number in runs:
        for _ in range(number):
            place = len(made)
            made.append(
                Judgement(
                    example_id=ExampleId(f"{category}/{place}"),
                    model="m@1",
                    category=category,
                    score=0.1 if kind == "low" else 0.9,
                    right=kind in {"ok", "seen", "shadow", "other"},
                    at=START + timedelta(minutes=place),
                    automatic=kind in {"ok", "wrong"},
                    sampled=kind != "other",
                    agreement=1.0 if kind == "shadow" else None,
                )
            )
    return made[::-1]


def test_without_any_judgement_nothing_has_drifted() -> None:
    assert drift([], promise()) == NO_DRIFT


@pytest.mark.parametrize(
    ("runs", "falls"),
    [
        ([("wrong", 1)], False),
        ([("wrong", 2)], True),
        ([("seen", 60), ("wrong", 3)], True),
        ([("ok", 47), ("wrong", 3)], False),
        ([("ok", 45), ("wrong", 5)], False),
        ([("ok", 44), ("wrong", 6)], True),
        # Only the newest fifty count, whatever was before.
        ([("wrong", 6), ("ok", WINDOW)], False),
        ([("ok", 500), ("wrong", 6)], True),
        # Reviews between the audits thin nothing out.
        ([("wrong", 1), ("seen", 40), ("wrong", 1)], True),
        ([("ok", 44), ("wrong", 5), ("seen", 200), ("wrong", 1)], True),
    ],
)
def test_a_category_falls_where_its_audits_contradict_the_target(runs: list[tuple[str, int]], *, falls: bool) -> None:
    found = drift(history(*runs), promise())
    # With one category, that is all there is.
    assert (bool(found.categories), found.pooled is not None) == (falls, falls)
    assert (found.fall_of("orders") is not None) is falls


def test_one_category_falls_alone() -> None:
    judged = history(("wrong", 3), category="returns") + history(("ok", 47), category="orders")
    found = drift(judged, promise("orders", "returns"))
    (fall,) = found.categories
    assert (fall.category, fall.judged, fall.right) == ("returns", 3, 0)
    assert fall.upper_bound == pytest.approx(1 - 0.05 ** (1 / 3))
    assert found.pooled is None
    assert found.fall_of("orders") is None


def test_many_categories_that_are_each_too_few_to_fall_fall_together() -> None:
    names = [f"c{number}" for number in range(8)]
    judged = [one for name in names for one in history(("wrong", 1), category=name)]
    found = drift(judged, promise(*names))
    assert found.categories == ()
    assert found.pooled is not None
    assert (found.pooled.category, found.pooled.judged, found.pooled.right) == ("", 8, 0)
    assert found.fall_of("c0") is found.pooled


def test_newer_reviews_of_what_would_have_gone_out_end_a_fall() -> None:
    fallen = [("seen", 60), ("wrong", 3)]
    assert drift(history(*fallen, ("seen", 10)), promise()).categories
    assert drift(history(*fallen, ("seen", 40)), promise()) == NO_DRIFT
    # What would never have gone out says nothing about what does.
    assert drift(history(*fallen, ("low", 40)), promise()).categories


@pytest.mark.parametrize("kind", ["shadow", "other"])
def test_what_proves_nothing_about_all_mail_ends_no_fall(kind: str) -> None:
    found = drift(history(("seen", 60), ("wrong", 3), (kind, 200)), promise())
    assert found.fall_of("orders") is not None


def test_what_rose_again_falls_by_new_audits_alone() -> None:
    risen = [("wrong", 3), ("seen", 40)]
    assert drift(history(*risen, ("seen", 100), ("wrong", 1)), promise()) == NO_DRIFT
    assert drift(history(*risen, ("seen", 100), ("wrong", 2)), promise()).categories


def test_what_rose_again_does_not_fall_by_the_next_audit() -> None:
    assert drift(history(("wrong", 3), ("seen", 40), ("ok", 1)), promise()) == NO_DRIFT


def test_much_less_above_the_threshold_is_noticed_and_demotes_nothing() -> None:
    promised = promise()
    falling = [("seen", 300), ("low", 151), ("seen", 49)]
    found = drift(history(*falling), promised)
    assert found.coverage is not None
    assert (found.coverage.now, found.coverage.promised) == (49 / COVERAGE_WINDOW, 0.5)
    assert found.fall_of("orders") is None
    assert drift(history(("seen", 300), ("low", 150), ("seen", 50)), promised).coverage is None


def test_too_few_judgements_tell_nothing_about_coverage() -> None:
    assert drift(history(("low", COVERAGE_WINDOW - 1)), promise()).coverage is None
    assert drift(history(("low", COVERAGE_WINDOW)), promise()).coverage is not None
