"""The text that Prometheus reads."""

from api.conftest import NOW, Rooms
from postroom.api.meter import Tally
from postroom.api.metrics import counts, exposition
from postroom.language_models.budget import Purse
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


async def test_what_the_language_model_costs_is_told_where_one_is_asked(rooms: Rooms) -> None:
    purse = Purse(model="gpt-4o", account="llm.example/gpt-4o", limit_millionths=5_000_000)
    await rooms.stores.spending.reserve(purse.account, f"{NOW:%Y-%m-%d}", amount=1_900, limit=None)
    found = await counts(rooms.stores, rooms.clock, purse)
    lines = exposition(found, rooms.office, None).decode().splitlines()
    assert "postroom_language_model_cost_today_millionths 1900.0" in lines
    assert "postroom_language_model_budget_millionths 5e+06" in lines
    without = exposition(await counts(rooms.stores, rooms.clock), rooms.office, None)
    assert b"language_model" not in without
