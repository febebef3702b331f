"""What a trial writes is gone, and what it reads is what was known before."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.store_nouns import at, decision, record, review, suppression
from empty_store import open_stores_at
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId
from postroom.model.execution import ExecutionId
from postroom.model.notification import Notification, Severity
from postroom.model.review import ReviewId, ReviewStatus
from postroom.trials.backtest_memory import StoppedClock, in_memory, silent

KNOWN = suppression("ann@example.com")


@pytest.fixture
async def scratch(tmp_path: Path) -> AsyncIterator[Stores]:
    """Stores that would keep what is written."""
    opened = await open_stores_at(tmp_path / "store.sqlite")
    yield opened
    await opened.connection.close()


async def test_records_are_forgotten_as_they_are_written(scratch: Stores) -> None:
    await in_memory(scratch, ()).records.put(record("e1"))
    assert (await in_memory(scratch, ()).records.list()).rows == ()
    assert (await scratch.records.list()).rows == ()


async def test_whoever_asks_nobody_has_anything_in_hand(scratch: Stores) -> None:
    reviews = in_memory(scratch, ()).reviews
    assert await reviews.add(review("r1"))
    assert await reviews.add(review("r1"))
    with pytest.raises(NotFoundError):
        await reviews.get(ReviewId("r1"))
    assert (await reviews.list(statuses=list(ReviewStatus))).rows == ()
    assert await reviews.count() == {}
    assert await reviews.of_execution(ExecutionId("execution-1")) == ()
    assert await reviews.undecided_in(ConversationId("conversation-1")) == ()
    assert await reviews.decided(at=at(9)) == await reviews.to_remind(before=at(9)) == ()
    assert await scratch.reviews.count() == {}


async def test_nobody_can_decide_what_nobody_was_asked(scratch: Stores) -> None:
    reviews, key = in_memory(scratch, ()).reviews, ReviewId("r1")
    await reviews.add(review("r1"))
    await reviews.close(key)
    await reviews.reminded(key, at=at(1))
    assert not await reviews.claim(key, by="ann")
    assert not await reviews.release(key, by="ann")
    assert not await reviews.decide(key, decision("ann"))
    assert not await reviews.undo(key, by="ann")
    assert not await reviews.finalise(key, at=at(9))
    assert not await reviews.close_undecided(key)


async def test_the_suppression_list_is_the_one_that_was_known_and_stays_so(scratch: Stores) -> None:
    suppressions = in_memory(scratch, [KNOWN]).suppressions
    assert await suppressions.get("Ann@Example.COM") == KNOWN
    assert not await suppressions.add(suppression("ANN@example.com"))
    assert await suppressions.add(suppression("bob@example.com"))
    assert await suppressions.get("bob@example.com") is None
    assert await suppressions.remove("ann@EXAMPLE.com")
    assert not await suppressions.remove("bob@example.com")
    assert (await suppressions.list()).rows == (KNOWN,)


async def test_everything_else_is_the_scratch_store(scratch: Stores) -> None:
    found = in_memory(scratch, [KNOWN])
    assert (found.emails, found.outbox, found.ledger) == (scratch.emails, scratch.outbox, scratch.ledger)


async def test_notifiers_that_workflows_name_are_there_and_tell_nobody() -> None:
    found = silent(["log", "slack"])
    assert list(found) == ["log", "slack"]
    await found["slack"].notify(Notification(key="k", severity=Severity.INFO, title="T", text="X"))
    assert await found["log"].check() == "tells nobody"


def test_the_clock_stands_until_the_next_e_mail_is_tried() -> None:
    clock = StoppedClock(at(1))
    assert clock.now() == clock.now() == at(1)
    clock.at += timedelta(minutes=1)
    assert clock.now() == at(2)
