import asyncio
import json
from pathlib import Path

import pytest

from cli.conftest import Postroom
from contracts.store_nouns import at
from empty_store import open_stores_at
from postroom.actions.status import ReplyStanding
from postroom.cli.status import reply_lines
from postroom.interfaces.clock import SystemClock
from postroom.model.email import Address
from postroom.model.reply import ReplyId, ReplyState


def test_a_reply_is_told_with_its_next_try_and_its_bounce() -> None:
    one = ReplyStanding(
        id=ReplyId("rp_1"),
        recipient=Address(name="", address="ann@example.com"),
        state=ReplyState.PENDING,
        detail="greylisted",
        not_before=at(30),
        bounced="no such user",
    )
    first, second = reply_lines([one])
    assert first.startswith("Reply to ann@example.com: pending, tried again at ")
    assert second == "BOUNCED: the reply to ann@example.com came back: no such user"


def test_it_tells_what_the_language_model_has_cost_today(
    postroom: Postroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Language model" not in postroom("status").stdout

    async def spend() -> None:
        stores = await open_stores_at(tmp_path / "data" / "postroom.db")
        day = SystemClock().now().date().isoformat()
        await stores.spending.reserve("127.0.0.1/gpt-test", day, amount=12_300, limit=None)
        await stores.connection.close()

    asyncio.run(spend())
    for name, value in {"": "gpt-test", "_URL": "http://127.0.0.1:9/v1", "_USE": "unsure"}.items():
        monkeypatch.setenv(f"POSTROOM_LANGUAGE_MODEL{name}", value)
    found = postroom("status").stdout
    assert "Language model: gpt-test has cost 0.0123 today (UTC), the budget is 5.00; at its end local" in found
    assert json.loads(postroom("status", "--json").stdout)["language_model"]["spent_millionths"] == 12_300
