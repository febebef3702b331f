"""What the engine itself tells people: reviews that wait, and alarms."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clocks import SetClock
from engine.house import House, make_workflow
from nodes.stage import NOW, Told
from postroom.engine.failure_review import failure_review
from postroom.engine.reminders import Backoff, remind, tell_alarms
from postroom.errors import TransientError
from postroom.interfaces.node import Services
from postroom.model.alarm import Alarm
from postroom.model.notification import Severity

ALARM = Alarm(key="k", title="It burns", text="Put it out.", raised_at=NOW)


def with_notifiers(house: House, *told: Told) -> Services:
    """Return the house's services with these notifiers and a clock of the test's."""
    return replace(house.services, notifiers={str(i): each for i, each in enumerate(told)}, clock=SetClock(NOW))


async def test_an_alarm_is_told_once_to_everybody(house: House) -> None:
    one, two = Told(), Told()
    services, patience = with_notifiers(house, one, two), Backoff()
    assert await house.stores.alarms.sound(ALARM)
    for _ in range(2):
        await tell_alarms(services, patience)
    for told in (one, two):
        (heard,) = told.heard
        assert (heard.severity, heard.title, heard.text) == (Severity.ALARM, "It burns", "Put it out.")
    assert await house.stores.alarms.untold() == ()


@pytest.mark.parametrize("error", [TransientError("busy"), ZeroDivisionError("a bug")])
async def test_a_notifier_that_fails_stops_no_other_and_one_that_took_it_is_enough(
    house: House, error: Exception
) -> None:
    broken, good = Told(failures=[error]), Told()
    services, patience = with_notifiers(house, broken, good), Backoff()
    assert await house.stores.alarms.sound(ALARM)
    for _ in range(2):
        await tell_alarms(services, patience)
    assert (len(broken.heard), len(good.heard)) == (0, 1)


async def test_an_alarm_that_nobody_took_is_told_again_after_longer_and_longer_waits(house: House) -> None:
    told = Told(failures=[TransientError("busy")] * 9)
    clock = SetClock(NOW)
    services, patience = replace(with_notifiers(house, told), clock=clock), Backoff()
    assert await house.stores.alarms.sound(ALARM)
    tried_after: list[int] = []
    for minute in range(250):
        left = len(told.failures)
        clock.at = NOW + timedelta(minutes=minute)
        await tell_alarms(services, patience)
        if len(told.failures) < left:
            tried_after.append(minute)
    assert tried_after == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert (len(told.heard), await house.stores.alarms.untold()) == (1, ())


async def test_an_alarm_is_told_at_once_by_the_first_notifier_there_is(house: House) -> None:
    told, patience = Told(), Backoff()
    assert await house.stores.alarms.sound(ALARM)
    await tell_alarms(with_notifiers(house), patience)
    assert len(await house.stores.alarms.untold()) == 1
    await tell_alarms(with_notifiers(house, told), patience)
    assert (len(told.heard), await house.stores.alarms.untold()) == (1, ())


async def test_an_alarm_that_nobody_took_does_not_delay_another(house: House) -> None:
    told = Told(failures=[TransientError("busy")])
    services, patience = with_notifiers(house, told), Backoff()
    assert await house.stores.alarms.sound(ALARM)
    await tell_alarms(services, patience)
    assert await house.stores.alarms.sound(replace(ALARM, key="other"))
    await tell_alarms(services, patience)
    assert [one.key for one in await house.stores.alarms.untold()] == ["k"]


async def test_an_alarm_that_was_cleared_begins_with_a_new_patience(house: House) -> None:
    told = Told(failures=[TransientError("busy")])
    services, patience = with_notifiers(house, told), Backoff()
    assert await house.stores.alarms.sound(ALARM)
    await tell_alarms(services, patience)
    assert await house.stores.alarms.clear("k", at=NOW)
    await tell_alarms(services, patience)
    assert await house.stores.alarms.sound(ALARM)
    await tell_alarms(services, patience)
    assert (len(told.heard), await house.stores.alarms.untold()) == (1, ())


async def test_an_alarm_that_sounds_anew_is_told_anew(house: House) -> None:
    told = Told()
    services, patience = with_notifiers(house, told), Backoff()
    for hours in (0, 1):
        assert await house.stores.alarms.sound(replace(ALARM, raised_at=NOW + timedelta(hours=hours)))
        await tell_alarms(services, patience)
        assert await house.stores.alarms.clear("k", at=NOW + timedelta(hours=hours, minutes=1))
    first, second = told.heard
    assert first.key != second.key


async def test_a_review_at_the_top_is_reminded_of_whatever_one_notifier_does(house: House) -> None:
    broken, good = Told(failures=[TransientError("busy")]), Told()
    services = with_notifiers(house, broken, good)
    (execution,) = await house.accept(make_workflow({"s": "start"}, []))
    await house.stores.reviews.add(failure_review(execution, node_id="", reason="broke", at=NOW - timedelta(hours=1)))
    for _ in range(2):
        await remind(services, after=timedelta(minutes=15))
    (heard,) = good.heard
    assert (heard.severity, heard.text, heard.execution_id) == (Severity.URGENT, "broke", execution.id)
