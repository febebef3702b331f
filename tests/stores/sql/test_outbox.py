"""When a reply was sent, which only figures read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contracts.store_nouns import at, reply
from contracts.store_outbox import OutboxContract
from postroom.interfaces.stores import Stores
from postroom.model.reply import ReplyId, ReplyState
from postroom.stores.sql.rows import millis

NAME = ReplyId("r1")
SENDING, SENT, UNCERTAIN = ReplyState.SENDING, ReplyState.SENT, ReplyState.UNCERTAIN


def sent_at(path: Path) -> int | None:
    """Return what the store holds of the only reply."""
    with closing(sqlite3.connect(path)) as connection:
        (value,) = connection.execute("SELECT sent_at FROM replies").fetchone()
    return None if value is None else int(value)


@pytest.fixture
async def claimed(stores: Stores) -> Stores:
    """A store with a reply that was claimed in the second minute."""
    await stores.outbox.add(reply("r1"))
    assert await stores.outbox.claim(NAME, lease=1, at=at(2)) == "granted"
    return stores


async def test_a_reply_is_sent_when_that_is_recorded(claimed: Stores, path: Path) -> None:
    assert sent_at(path) is None
    await claimed.outbox.record(NAME, lease=1, state=SENT, detail="250", at=at(3))
    assert sent_at(path) == millis(at(3))


@pytest.mark.parametrize("state", [state for state in ReplyState if state is not SENT])
async def test_a_reply_that_was_not_sent_has_no_time(claimed: Stores, path: Path, state: ReplyState) -> None:
    await claimed.outbox.record(NAME, lease=1, state=state, detail="", at=at(3))
    assert sent_at(path) is None


async def test_a_reply_that_is_settled_as_sent_was_sent_when_it_was_tried_last(claimed: Stores, path: Path) -> None:
    await claimed.outbox.settle(NAME, before=SENDING, after=UNCERTAIN, detail="crash")
    assert sent_at(path) is None
    await claimed.outbox.settle(NAME, before=UNCERTAIN, after=SENT, detail="found in the Sent folder")
    assert sent_at(path) == millis(at(2))


async def test_the_time_is_written_once(claimed: Stores, path: Path) -> None:
    await claimed.outbox.record(NAME, lease=1, state=SENT, detail="250", at=at(3))
    for before, after in ((SENT, UNCERTAIN), (UNCERTAIN, SENDING)):
        assert await claimed.outbox.settle(NAME, before=before, after=after, detail="")
        assert sent_at(path) == millis(at(3))
    assert await claimed.outbox.record(NAME, lease=1, state=SENT, detail="250", at=at(9))
    assert sent_at(path) == millis(at(3))


class TestOutbox(OutboxContract):
    """The outbox in SQL."""
