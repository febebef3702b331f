"""The watch over a silent mailbox."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.house import MAILBOX
from intake.scene import Scene, open_scene
from postroom.errors import PluginError, StoreError, TransientError
from postroom.intake.silence import SilenceWatch
from postroom.model.alarm import Alarm


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


def watch_of(scene: Scene) -> SilenceWatch:
    return SilenceWatch(MAILBOX.id, scene.stores.alarms, scene.clock, after_seconds=lambda: 600)


async def test_the_alarm_comes_when_it_is_due_and_not_before(scene: Scene) -> None:
    watch = watch_of(scene)
    scene.clock.advance(599)
    await watch.failed(TransientError("away", hint="wait"))
    assert (await scene.alarms(), watch.seconds_left()) == ([], 1)
    scene.clock.advance(1)
    await watch.failed(TransientError("away", hint="wait"))
    (alarm,) = await scene.alarms()
    assert (alarm.key, alarm.text, watch.seconds_left()) == (
        "mailbox_silent/main",
        "Nothing was received for 10 min. away wait",
        0,
    )


async def test_a_refusal_that_no_waiting_mends_is_an_alarm_at_once(scene: Scene) -> None:
    watch = watch_of(scene)
    await watch.failed(PluginError("The log-in was refused.", hint="Correct the password."))
    (alarm,) = await scene.alarms()
    assert alarm.text == "The log-in was refused. Correct the password."
    await watch.heard()
    assert await scene.alarms() == []


async def test_a_success_starts_the_time_anew(scene: Scene) -> None:
    watch = watch_of(scene)
    scene.clock.advance(500)
    await watch.heard()
    scene.clock.advance(500)
    await watch.failed(TransientError("away", hint=""))
    assert await scene.alarms() == []


async def test_a_second_silence_raises_a_second_alarm(scene: Scene) -> None:
    watch = watch_of(scene)
    for _ in range(2):
        scene.clock.advance(600)
        await watch.failed(TransientError("away", hint=""))
        assert len(await scene.alarms()) == 1
        await watch.heard()
        assert await scene.alarms() == []


async def test_what_the_store_did_not_take_is_tried_again(scene: Scene) -> None:
    class Away:
        """The alarms, while the store is away."""

        def __getattr__(self, name: str) -> object:
            return getattr(scene.stores.alarms, name)

        away = True

        async def sound(self, alarm: Alarm) -> bool:
            if self.away:
                raise StoreError("away")
            return await scene.stores.alarms.sound(alarm)

    alarms = Away()
    stores = replace(scene.stores, alarms=alarms)  # type: ignore[arg-type]  # The rest is delegated by name.
    watch = SilenceWatch(MAILBOX.id, stores.alarms, scene.clock, after_seconds=lambda: 600)
    scene.clock.advance(600)
    with pytest.raises(StoreError):
        await watch.failed(TransientError("away", hint=""))
    alarms.away = False
    await watch.failed(TransientError("away", hint=""))
    assert len(await scene.alarms()) == 1
