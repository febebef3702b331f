"""A mail that SQLite can never take does not block its mailbox."""

import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from contracts.store_apart import ApartContract
from contracts.store_history import HistoryContract
from contracts.store_ledger import LedgerContract
from contracts.store_nouns import SHOP, arrival, at, carrying
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.ledger import EntryKind, Quarantined
from postroom.stores.sql.database import Database

LIMIT_BYTES = 10_000
REASON = "The store cannot take it."


def lower_the_limit(connection: Connection) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LIMIT_BYTES)


@pytest.fixture
async def narrow(stores: Stores) -> Stores:
    """The stores on a connection that takes rows of `LIMIT_BYTES` at most."""
    assert isinstance(stores.connection, Database)
    await stores.connection.write(lower_the_limit)
    return stores


@pytest.mark.parametrize("size", [LIMIT_BYTES - 20, LIMIT_BYTES, 3 * LIMIT_BYTES])
async def test_a_mail_larger_than_a_row_is_refused_for_good_and_its_beginning_is_kept_in_quarantine(
    narrow: Stores, size: int
) -> None:
    mail = arrival(1)
    content = bytes(number % 251 for number in range(size))
    raw = replace(mail.raw, content=content)
    with pytest.raises(InputError) as caught:
        await narrow.ledger.accept([replace(mail, raw=raw)])
    assert not caught.value.retryable
    entry = Quarantined(id="q1", mailbox_id=SHOP, uid_validity="1", uid="1", reason=REASON, size_bytes=size, at=at(8))
    await narrow.ledger.quarantine(raw, cursor="cursor 1", entry=entry)
    (kept,) = (await narrow.ledger.quarantined()).rows
    found = await narrow.ledger.quarantined_bytes("q1")
    assert content.startswith(found)
    assert LIMIT_BYTES * 0.95 < len(found) < LIMIT_BYTES
    assert kept.reason == f"{REASON} Only its first {len(found)} of {size} bytes fit in the store."
    assert replace(kept, reason=REASON, received_at=None, flags=None) == entry
    assert await narrow.ledger.cursor(SHOP) == "cursor 1"
    assert [line.kind for line in (await narrow.ledger.entries()).rows] == [EntryKind.QUARANTINED]


async def test_a_message_that_just_fits_is_kept_whole(narrow: Stores) -> None:
    raw = replace(arrival(1).raw, content=b"x" * (LIMIT_BYTES - 200))
    entry = Quarantined(id="q1", mailbox_id=SHOP, uid_validity="1", uid="1", reason=REASON, size_bytes=1, at=at(8))
    await narrow.ledger.quarantine(raw, cursor=None, entry=entry)
    assert [one.reason for one in (await narrow.ledger.quarantined()).rows] == [REASON]
    assert await narrow.ledger.quarantined_bytes("q1") == raw.content


async def test_a_mail_whose_attachment_is_larger_than_a_row_is_refused_for_good_and_nothing_of_it_is_stored(
    narrow: Stores,
) -> None:
    mail = carrying(arrival(1), b"small", b"x" * LIMIT_BYTES)
    with pytest.raises(InputError) as caught:
        await narrow.ledger.accept([arrival(2), mail])
    assert not caught.value.retryable
    assert (await narrow.emails.list()).rows == ()
    assert await narrow.ledger.cursor(SHOP) is None
    for digest in mail.attachments:
        with pytest.raises(NotFoundError):
            await narrow.emails.attachment(digest)


class TestLedger(LedgerContract):
    """The ledger in SQL."""


class TestApart(ApartContract):
    """Mail that stands apart, in SQL."""


class TestHistory(HistoryContract):
    """Mail from before the mailbox was connected, in SQL."""
