from datetime import UTC, datetime, timedelta

from postroom.trials.waiting_line import Staff, WaitingLetter, arrivals, opening, waits

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
ONE = Staff(people=1, minutes_per_answer=6)


def _letter(hours: float, **more: bool) -> WaitingLetter:
    return WaitingLetter(at=MONDAY + timedelta(hours=hours), urgent=more.pop("urgent", False), **more)


def test_what_is_answered_rightly_waits_for_nobody() -> None:
    assert waits([_letter(3, answered=True, right=True)], ONE, at_once_seconds=0.2, seed=1) == (0.2,)


def test_mail_of_the_night_waits_for_the_morning() -> None:
    (waited,) = waits([_letter(3)], ONE, at_once_seconds=0.2, seed=1)
    assert waited > 6 * 3600


def test_mail_of_saturday_waits_for_monday() -> None:
    (waited,) = waits([_letter(5 * 24 + 12)], ONE, at_once_seconds=0.2, seed=1)
    assert waited > (21 + 24) * 3600


def test_a_wrong_answer_is_none_and_costs_the_customer_time() -> None:
    (wrong,) = waits([_letter(10, answered=True)], ONE, at_once_seconds=0.2, seed=1)
    (none,) = waits([_letter(10)], ONE, at_once_seconds=0.2, seed=1)
    assert wrong == none + 2 * 3600


def test_urgent_mail_goes_before_older_mail() -> None:
    found = waits([_letter(1), _letter(2), _letter(3, urgent=True)], ONE, at_once_seconds=0.2, seed=1)
    ended = [hours * 3600 + waited for hours, waited in zip((1, 2, 3), found, strict=True)]
    assert ended.index(min(ended)) == 2


def test_one_letter_keeps_a_person_busy_for_the_next() -> None:
    first, second = waits([_letter(10), _letter(10)], ONE, at_once_seconds=0.2, seed=1)
    assert second > first
    assert waits([_letter(10)] * 2, Staff(people=2, minutes_per_answer=6), at_once_seconds=0.2, seed=1)[1] < second


def test_work_that_is_not_done_at_closing_goes_on_the_next_morning() -> None:
    (waited,) = waits([_letter(16.99)], Staff(people=1, minutes_per_answer=60), at_once_seconds=0, seed=1)
    assert waited > 16 * 3600


def test_the_same_seed_gives_the_same_times_and_most_mail_comes_by_day() -> None:
    times = arrivals(500, days=14, seed=3)
    assert times == arrivals(500, days=14, seed=3)
    assert list(times) == sorted(times)
    assert sum(7 <= at.hour < 19 for at in times) > 350


def test_the_next_opening_skips_the_weekend() -> None:
    assert opening(MONDAY + timedelta(days=4, hours=17)) == MONDAY + timedelta(days=7, hours=9)
    assert opening(MONDAY + timedelta(hours=10)) == MONDAY + timedelta(hours=10)
