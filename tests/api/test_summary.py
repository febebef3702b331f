"""The summary of a stretch of time."""

from dataclasses import replace

import pytest

from api.conftest import NOW, Rooms
from contracts.store_nouns import arrival
from postroom.api import summary
from postroom.language_models.budget import Purse

PLACE = "/api/v1/summary"


async def test_it_counts_the_mail_of_the_last_seven_days(rooms: Rooms) -> None:
    await rooms.stores.ledger.accept([arrival(1), arrival(2)])
    rooms.clock.at = arrival(2).accepted_at
    client = await rooms.client(rooms.app(summary.ROUTER))
    found = (await client.get(PLACE)).json()
    assert found["received"] == 2
    assert found["automation_rate"] == 0.0
    assert found["first_reply_p50_seconds"] is None
    assert found["backlog"]["undecided"] == 0
    other = (await client.get(PLACE, params={"mailbox_id": "none-of-that-name"})).json()
    assert (other["received"], other["automation_rate"]) == (0, None)
    long_ago = {"since": "2020-01-01T00:00:00Z", "until": "2020-02-01T00:00:00+02:00"}
    assert (await client.get(PLACE, params=long_ago)).json()["received"] == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"since": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"since": "2024-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"since": "2026-01-01T00:00:00"},
        {"until": "0"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"until": "1e30"},
        {"since": "yesterday"},
        {"mailbox_id": "x" * 401},
    ],
)
async def test_a_stretch_that_cannot_be_is_refused(rooms: Rooms, wrong: dict[str, str]) -> None:
    client = await rooms.client(rooms.app(summary.ROUTER))
    response = await client.get(PLACE, params=wrong)
    assert response.status_code == 422, response.text


async def test_the_description_says_how_the_rate_is_made(rooms: Rooms) -> None:
    schema = rooms.app(summary.ROUTER).openapi()
    fields = schema["components"]["schemas"]["SummaryBody"]["properties"]
    assert "ignored_automatic" in fields["automation_rate"]["description"]


async def test_it_tells_what_the_language_model_has_cost_today_where_one_is_asked(rooms: Rooms) -> None:
    assert (await (await rooms.client(rooms.app(summary.ROUTER))).get(PLACE)).json()["language_model"] is None
    purse = Purse(model="gpt-4o", account="llm.example/gpt-4o", limit_millionths=5_000_000)
    rooms.office = replace(rooms.office, purse=purse)
    await rooms.stores.spending.reserve(purse.account, f"{NOW:%Y-%m-%d}", amount=1_900, limit=None)
    found = (await (await rooms.client(rooms.app(summary.ROUTER))).get(PLACE)).json()["language_model"]
    assert found == {
        "model": "gpt-4o",
        "day": f"{NOW:%Y-%m-%d}",
        "spent_millionths": 1_900,
        "limit_millionths": 5_000_000,
    }
