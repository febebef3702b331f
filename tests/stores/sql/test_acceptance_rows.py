"""What accepting finds in the store and leaves in it."""

from dataclasses import replace

import pytest

from contracts.store_nouns import SALES, answering, arrival, message_id
from postroom.interfaces.stores import Stores
from postroom.model.ledger import Arrival, EntryKind
from postroom.stores.sql.acceptance import Additions, Known, decide
from postroom.stores.sql.acceptance_rows import known, write
from postroom.stores.sql.database import Database


@pytest.fixture
def database(stores: Stores) -> Database:
    assert isinstance(stores.connection, Database)
    return stores.connection


async def found(database: Database, *arrivals: Arrival) -> Known:
    return await database.read(lambda connection: known(connection, arrivals))


async def add(database: Database, additions: Additions) -> None:
    await database.write(lambda connection: write(connection, additions))


async def test_an_empty_store_knows_nothing(database: Database) -> None:
    nothing = Known(entries={}, emails=set(), copies={}, stored={}, conversation_of={}, conversations={})
    assert await found(database, arrival(1), arrival(2)) == nothing


async def test_what_was_written_is_found_by_place_by_id_and_by_message_id(database: Database) -> None:
    first = arrival(1)
    additions = decide([first], await found(database, first))
    await add(database, additions)
    again = await found(database, first, answering(arrival(2), message_id(first)), arrival(3))
    (acceptance,) = again.entries.values()
    assert acceptance == replace(additions.acceptances[0], already_known=True)
    assert again.emails == {first.email_id}
    assert again.conversations == additions.conversations
    assert again.conversation_of == additions.message_ids


async def test_the_stored_email_is_read_only_where_another_mailbox_takes_it_over(database: Database) -> None:
    seen = replace(arrival(1), observed=True)
    await add(database, decide([seen], await found(database, seen)))
    assert (await found(database, seen)).stored == {}
    other = replace(arrival(1), raw=replace(arrival(1).raw, mailbox_id=SALES))
    again = await found(database, other)
    assert [copy.kind for copy in again.copies[other.email_id]] == [EntryKind.NEW]
    assert list(again.stored) == [other.email_id]
