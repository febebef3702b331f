from datetime import UTC, datetime

from clocks import SetClock
from postroom.language_models.pause import FAILURES, LONGEST_SECONDS, PAUSE_SECONDS, Pause


def paused() -> tuple[Pause, SetClock]:
    clock = SetClock(datetime(2026, 3, 1, tzinfo=UTC))
    return Pause(clock), clock


def test_a_few_failures_in_a_row_bring_a_pause_that_ends() -> None:
    pause, clock = paused()
    for _ in range(FAILURES):
        assert not pause.holds()
        pause.count(None)
    assert pause.holds()
    clock.advance(PAUSE_SECONDS)
    assert not pause.holds()
    pause.count(None)
    assert pause.holds()


def test_an_answer_forgives_all_failures() -> None:
    pause, _ = paused()
    for _ in range(FAILURES - 1):
        pause.count(None)
    pause.end()
    pause.count(None)
    assert not pause.holds()


def test_a_wish_of_the_server_holds_at_once_and_not_for_ever() -> None:
    pause, clock = paused()
    pause.count(5.0)
    assert pause.holds()
    clock.advance(5)
    assert not pause.holds()
    pause.count(1e9)
    clock.advance(LONGEST_SECONDS)
    assert not pause.holds()
