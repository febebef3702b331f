"""The index of words on SQLite: its numbers, and the migration that fills it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from contracts.store_nouns import SALES, SHOP, arrival, at
from contracts.store_search import note, saying
from postroom.errors import InputError
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId, StoredEmail
from postroom.model.found import FoundKind
from postroom.model.ledger import Arrival
from postroom.stores.sql.migrate import migrate
from postroom.stores.sql.open import open_stores
from postroom.stores.sql.paging import AFTER_ALL
from postroom.stores.sql.rows import email_row, millis
from postroom.stores.sql.search import FIND, matching
from postroom.stores.sql.search_index import NUMBER_BITS, index_emails, index_further_mailboxes, index_note, remove_note
from postroom.stores.sql.sqlite import make_engine, writing
from postroom.stores.sql.tables.emails import emails, search_documents

FIRST = millis(at(0)) << NUMBER_BITS


def stored(mail: Arrival) -> StoredEmail:
    """Return what the ledger makes of a mail."""
    return StoredEmail(
        id=mail.email_id,
        mailbox_id=mail.raw.mailbox_id,
        conversation_id=ConversationId(f"c-{mail.email_id}"),
        content_hash=mail.content_hash,
        received_at=mail.raw.received_at,
        accepted_at=mail.accepted_at,
        size_bytes=1,
        email=mail.email,
    )


@pytest.fixture
def connection(path: Path) -> Iterator[Connection]:
    """A connection that writes."""
    with make_engine(path).connect() as opened, writing(opened):
        yield opened


def documents(connection: Connection) -> list[int]:
    """Return the numbers that were given."""
    rows = connection.exec_driver_sql("SELECT document FROM search_documents ORDER BY document")
    return [int(row.document) for row in rows]


def test_documents_of_one_millisecond_are_numbered(connection: Connection) -> None:
    mails = [replace(stored(arrival(uid)), received_at=at(0)) for uid in range(3)]
    index_emails(connection, mails)
    assert documents(connection) == [FIRST, FIRST + 1, FIRST + 2]


def test_where_a_millisecond_is_full_the_next_one_is_taken(connection: Connection) -> None:
    row = {"document": FIRST + 2**NUMBER_BITS - 1, "kind": "email", "id": "last", "conversation_id": "c"}
    connection.execute(insert(search_documents), row)
    index_emails(connection, [replace(stored(arrival(uid)), received_at=at(0)) for uid in (1, 2)])
    assert documents(connection)[1:] == [FIRST + 2**NUMBER_BITS, FIRST + 2**NUMBER_BITS + 1]


def test_the_words_of_a_removed_note_leave_the_index(connection: Connection) -> None:
    query = "SELECT count(*) FROM search_words WHERE search_words MATCH ?"
    kept, removed = note("n1", "grey Straße"), note("n2", "white Straße")
    index_note(connection, kept)
    index_note(connection, removed)
    remove_note(connection, removed)
    remove_note(connection, removed)
    for word, number in (("strasse", 1), ("grey", 1), ("white", 0)):
        assert connection.exec_driver_sql(query, (word,)).scalar() == number
    connection.exec_driver_sql("INSERT INTO search_words (search_words) VALUES ('integrity-check')")


def test_words_that_a_document_gains_later_are_found_whatever_becomes_of_the_index(connection: Connection) -> None:
    mails = [stored(saying(uid, "parcel")) for uid in range(1, 301)]
    index_emails(connection, mails)
    for mail in mails[::3]:
        index_further_mailboxes(connection, [(mail.id, SALES)])
    index_note(connection, note("n1", "parcel"))
    for command in ("", "('integrity-check')", "('optimize')", "('integrity-check')"):
        if command:
            connection.exec_driver_sql(f"INSERT INTO search_words (search_words) VALUES {command}")
        for box, number in ((SHOP, 300), (SALES, 100), (None, 301)):
            rows = connection.execute(FIND, {"query": matching("parc", box), "document": AFTER_ALL, "limit": 999}).all()
            assert len(rows) == len({row.id for row in rows}) == number


def test_an_email_and_a_note_may_have_the_same_id(connection: Connection) -> None:
    index_note(connection, note(str(arrival(1).email_id), "x"))
    index_emails(connection, [stored(arrival(1))])
    assert len(documents(connection)) == 2


async def test_a_mail_that_is_refused_leaves_no_words(stores: Stores) -> None:
    good, bad = saying(1, "parcel"), saying(2, "parcel")
    with pytest.raises(InputError):
        await stores.ledger.accept([good, replace(bad, email=replace(bad.email, subject="half \ud800"))])
    assert (await stores.search.find("parcel")).rows == ()
    await stores.ledger.accept([good])
    assert len((await stores.search.find("parcel")).rows) == 1


async def test_what_is_stored_is_found_after_the_migration(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    mails = [saying(uid, f"parcel {uid}", mailbox=SALES if uid % 5 == 0 else SHOP) for uid in range(1, 451)]
    with make_engine(path).connect() as connection:
        with writing(connection):
            migrate(connection, to="0005")
            connection.execute(insert(emails), [email_row(stored(mail)) for mail in mails])
            places = [(mails[332], SHOP), (mails[332], SALES), (mails[332], SALES), (mails[7], SALES)]
            for number, (mail, box) in enumerate(places):
                place = (number, box, f"{number}", mail.email_id)
                insertion = "INSERT INTO ledger VALUES (?, ?, '1', ?, 'new', ?, NULL, 5, 0)"
                connection.exec_driver_sql(insertion, place)
        with writing(connection):
            migrate(connection)
    stores = await open_stores(f"sqlite:///{path}")
    (found,) = (await stores.search.find("parcel 333")).rows
    assert (found.kind, found.id, found.at) == (FoundKind.EMAIL, mails[332].email_id, at(333))
    assert found.conversation_id == f"c-{mails[332].email_id}"
    every = (await stores.search.find("parcel", limit=1_000)).rows
    assert [one.id for one in every] == [mail.email_id for mail in reversed(mails)]
    assert len((await stores.search.find("parcel", mailbox_id=SALES, limit=1_000)).rows) == 92
    assert [one.id for one in (await stores.search.find("333", mailbox_id=SALES)).rows] == [mails[332].email_id]
    listed = (await stores.emails.list(SALES, limit=1_000)).rows
    assert len(listed) == 92
    assert {mails[332].email_id, mails[7].email_id} < {one.id for one in listed}
    await stores.ledger.accept([saying(999, "another parcel")])
    assert (await stores.search.find("parcel", limit=1)).rows[0].at == at(999)
    await stores.connection.close()


def test_the_index_holds_no_text(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        names = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'search_words%'")
        }
    assert names == {"search_words", "search_words_config", "search_words_data", "search_words_idx"}
