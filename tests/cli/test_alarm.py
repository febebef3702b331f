import asyncio
import json
from pathlib import Path

from cli.conftest import Postroom
from contracts.store_nouns import at
from postroom.bootstrap import open_store
from postroom.cli.opening import settings_of
from postroom.model.alarm import Alarm


async def sound(folder: Path) -> None:
    alarm = Alarm(key="quarantine/support", title="Mail in quarantine", text="Look at it.", raised_at=at(0))
    async with open_store(settings_of(folder)) as stores:
        await stores.alarms.sound(alarm)


def test_an_open_alarm_is_listed_shown_in_the_status_and_cleared(postroom: Postroom, tmp_path: Path) -> None:
    asyncio.run(sound(tmp_path / "data"))
    assert "quarantine/support" in postroom("alarm", "list").stdout
    assert [one["title"] for one in json.loads(postroom("alarm", "list", "--json").stdout)] == ["Mail in quarantine"]
    assert "ALARM quarantine/support" in postroom("status").stdout
    assert postroom("alarm", "clear", "quarantine/support").exit_code == 0
    assert json.loads(postroom("alarm", "list", "--json").stdout) == []
    again = postroom("alarm", "clear", "quarantine/support")
    assert again.exit_code == 1
    assert "postroom alarm list" in again.stderr
