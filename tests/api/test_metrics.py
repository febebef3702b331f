"""The text that Prometheus reads."""

from api.conftest import NOW, Rooms
from postroom.api.meter import Tally
from postroom.api.metrics import counts, exposition
from postroom.model.control import Process


async def test_every_state_is_named_also_where_there_is_nothing(rooms: Rooms) -> None:
    await rooms.stores.controls.beat(Process(executor_id="one", host="here", pid=1, beat_at=NOW))
    await rooms.stores.controls.halt_sending()
    found = await counts(rooms.stores, rooms.clock)
    text = exposition(found, rooms.office, Tally()).decode()
    for line in (
        'postroom_executions{status="running"} 0.0',
        'postroom_reviews{status="open"} 0.0',
        'postroom_replies{state="uncertain"} 0.0',
        "postroom_engines_alive 1.0",
        "postroom_sending_halted 1.0",
        "postroom_reviews_oldest_age_seconds 0.0",
    ):
        assert line in text.splitlines()
    assert b"process_" not in exposition(found, rooms.office, None)
