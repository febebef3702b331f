"""The receive loop: it acknowledges only what is stored, and outlives every failure."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.house import MAILBOX, SECRET, make_workflow
from intake.test_accept import mail
from postroom.errors import PluginError, StoreError, TransientError
from postroom.intake.accept import Intake
from postroom.intake.receive import MAX_BACK_OFF_SECONDS, Reception, receive_forever, receive_once
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.provider import Fetched
from postroom.interfaces.stores import Stores
from postroom.model.email import RawEmail
from postroom.model.ledger import Acceptance
from postroom.stores.sql.open import open_stores


@dataclass
class Box:
    """A mailbox in memory that notes what it was told, and fails as often as it is told to."""

    stores: Stores
    mails: list[RawEmail]
    batch: int = 2
    failures: list[Exception] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    stored_when_acknowledged: list[bool] = field(default_factory=list)
    waits: int = 0

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        if self.failures:
            raise self.failures.pop(0)
        start = 0 if cursor is None else int(cursor)
        rest = [(each, each.uid) for each in self.mails if int(each.uid) > start]
        return Fetched(emails=tuple(rest[: self.batch]), more=len(rest) > self.batch)

    async def wait(self, *, timeout_seconds: float) -> None:
        self.waits += 1
        if self.waits == 3:
            raise asyncio.CancelledError

    async def acknowledge(self, email: RawEmail) -> None:
        known = await self.stores.ledger.known(MAILBOX.id, email.uid_validity, [email.uid])
        self.stored_when_acknowledged.append(email.uid in known)
        self.acknowledged.append(email.uid)

    async def close(self) -> None:
        pass


@dataclass
class Scene:
    box: Box
    reception: Reception
    told: list[Acceptance]
    pauses: list[float]


async def scene(tmp_path: Path, count: int) -> Scene:
    stores = await open_stores(f"sqlite:///{tmp_path / 'store.sqlite'}")
    workflow = await stores.workflows.save(make_workflow({"s": "start"}, []))
    intake = Intake(ledger=stores.ledger, clock=SystemClock(), workflow=workflow, secret=SECRET, max_bytes=10_000)
    box = Box(stores, [mail(uid, message_id=f"<{uid}@example.org>") for uid in range(1, count + 1)])
    told: list[Acceptance] = []
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    reception = Reception(mailbox_id=MAILBOX.id, receiver=box, intake=intake, accepted=told.extend, pause=pause)
    return Scene(box, reception, told, pauses)


async def test_everything_is_fetched_batch_by_batch_and_acknowledged_only_when_stored(tmp_path: Path) -> None:
    stage = await scene(tmp_path, 5)
    assert await receive_once(stage.reception) == 5
    assert stage.box.acknowledged == ["1", "2", "3", "4", "5"]
    assert stage.box.stored_when_acknowledged == [True] * 5
    assert len(stage.told) == 5
    assert await receive_once(stage.reception) == 0
    await stage.box.stores.connection.close()


async def test_the_loop_outlives_failures_of_every_kind_and_waits_longer_and_longer(tmp_path: Path) -> None:
    stage = await scene(tmp_path, 3)
    stage.box.failures = [TransientError("away"), PluginError("refused"), ValueError("a bug"), TimeoutError()]
    with pytest.raises(asyncio.CancelledError):
        await receive_forever(stage.reception)
    assert stage.pauses == [1.0, 2.0, 4.0, 8.0]
    assert stage.box.acknowledged == ["1", "2", "3"]
    await stage.box.stores.connection.close()


async def test_the_wait_after_failures_is_bounded_and_starts_anew_after_a_success(tmp_path: Path) -> None:
    stage = await scene(tmp_path, 0)
    stage.box.failures = [TransientError("away")] * 12
    with pytest.raises(asyncio.CancelledError):
        await receive_forever(stage.reception)
    assert stage.pauses[-1] == MAX_BACK_OFF_SECONDS
    stage.box.failures, stage.box.waits = [TransientError("away")], 0
    stage.pauses.clear()
    with pytest.raises(asyncio.CancelledError):
        await receive_forever(stage.reception)
    assert stage.pauses == [1.0]
    await stage.box.stores.connection.close()


async def test_nothing_is_acknowledged_that_could_not_be_stored(tmp_path: Path) -> None:
    stage = await scene(tmp_path, 2)
    await stage.box.stores.connection.close()
    with pytest.raises(StoreError):
        await receive_once(stage.reception)
    assert stage.box.acknowledged == []
    assert stage.told == []
