"""The heart-beat: one row a process, with the time of the last beat."""

from datetime import timedelta

from clocks import SetClock
from engine.house import House
from nodes.stage import NOW
from postroom.engine.beat import beat


async def test_a_process_has_one_row_that_says_when_it_beat_last(house: House) -> None:
    clock = SetClock(NOW)
    for _ in range(2):
        clock.at += timedelta(seconds=5)
        await beat(house.stores.controls, clock, executor_id="one")
    (process,) = await house.stores.controls.processes(since=NOW)
    assert (process.executor_id, process.beat_at) == ("one", NOW + timedelta(seconds=10))
    assert process.pid > 0
