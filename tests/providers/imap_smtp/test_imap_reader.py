from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from clocks import SetClock
from contracts.receiver_contract import MAILBOX, Memory, letter
from postroom.providers import Surroundings
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_login import log_in
from postroom.providers.imap_smtp.imap_reader import CHUNK_BYTES, CHUNK_MESSAGES, Reader
from providers.imap_smtp.imap_mailbox import Mailboxes
from servers.dovecot import PASSWORD
from servers.scripted_imap import running_scripted_imap

ANYTIME = Surroundings(mailbox_id=MAILBOX, known=Memory().known)
FEW = 3
BYTES_OF_FEW = CHUNK_BYTES * FEW // CHUNK_MESSAGES


def since(connected_at: datetime) -> Surroundings:
    return replace(ANYTIME, connected_at=connected_at)


def config_for(port: int, user: str, **settings: object) -> ImapConfig:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "username": user, "password": PASSWORD}
    return ImapConfig.model_validate(values | {"timeout_seconds": 20.0} | settings)


@pytest.fixture
def watch() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def config(box: Mailboxes) -> ImapConfig:
    return config_for(box.server.imap_port, box.user)


@pytest.fixture
def connection(config: ImapConfig) -> Iterator[ImapConnection]:
    made = ImapConnection(log_in(config, None, None))
    yield made
    made.log_out()


def test_below_the_cursor_is_looked_at_on_connecting_and_every_hour(
    box: Mailboxes, config: ImapConfig, connection: ImapConnection, watch: SetClock
) -> None:
    box.append(letter(1), letter(2))
    box.append(letter(3), age=timedelta(days=20))
    reader = Reader(config, ANYTIME, clock=watch)
    first = reader.look(connection, None)
    assert (first.fresh, first.below) == ([1, 2, 3], None)
    stored = first.position.at(3)
    assert reader.look(connection, stored).below is None
    watch.at += timedelta(minutes=59)
    assert reader.look(connection, stored).below is None
    watch.at += timedelta(minutes=1)
    assert reader.look(connection, stored).below == [1, 2]
    assert Reader(config, ANYTIME, clock=watch).look(connection, stored).below == [1, 2]


def test_below_the_cursor_nothing_from_before_the_mailbox_was_connected_is_looked_at(
    box: Mailboxes, config: ImapConfig, connection: ImapConnection, watch: SetClock
) -> None:
    box.append(letter(1), age=timedelta(days=3))
    box.append(letter(2))
    reader = Reader(config, since(watch.at - timedelta(hours=1)), clock=watch)
    stored = reader.look(connection, None).position.at(2)
    assert Reader(config, since(watch.at), clock=watch).look(connection, stored).below == [2]


def test_one_search_serves_many_batches(
    box: Mailboxes, config: ImapConfig, connection: ImapConnection, watch: SetClock
) -> None:
    box.append(*(letter(number) for number in range(5)))
    reader = Reader(config, ANYTIME, clock=watch)
    prospect = reader.look(connection, None)
    batch = reader.read(connection, prospect, prospect.fresh, limit=2)
    assert [one.outline.uid for one in batch.messages] == [1, 2]
    assert not batch.all_read
    box.append(letter(5))
    stored = prospect.position.at(batch.looked_at)
    assert reader.look(connection, stored).fresh == [3, 4, 5]
    assert reader.look(connection, stored.at(5)).fresh == [6]


def test_one_batch_holds_no_more_than_fits_into_memory_but_always_one(
    box: Mailboxes, config: ImapConfig, connection: ImapConnection, watch: SetClock
) -> None:
    sizes = (0.4 * BYTES_OF_FEW, 0.4 * BYTES_OF_FEW, 0.4 * BYTES_OF_FEW, 1.8 * BYTES_OF_FEW, 10)
    box.append(*(letter(number, body="x" * int(size_bytes)) for number, size_bytes in enumerate(sizes)))
    reader = Reader(config, ANYTIME, clock=watch)
    stored, batches = None, []
    while True:
        prospect = reader.look(connection, stored)
        batch = reader.read(connection, prospect, prospect.fresh, limit=FEW)
        batches.append([one.outline.uid for one in batch.messages])
        if batch.all_read:
            break
        stored = prospect.position.at(batch.looked_at)
    assert batches == [[1, 2], [3], [4], [5]]


def test_a_message_that_the_server_cannot_read_keeps_no_other_back(watch: SetClock) -> None:
    outlines = [
        f'* {uid} FETCH (UID {uid} RFC822.SIZE 4 FLAGS () INTERNALDATE "23-Nov-2026 08:00:00 +0000")' for uid in (1, 2)
    ]
    answers = {
        "CAPABILITY": ("* CAPABILITY IMAP4rev1 AUTH=PLAIN", "OK done"),
        "EXAMINE": ("* 2 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 3] .", "OK [READ-ONLY] opened"),
        "UID SEARCH": ("* SEARCH 1 2", "OK done"),
        "UID FETCH 1,2 (RFC822.SIZE": (*outlines, "OK done"),
        "UID FETCH 1,2 (BODY": ("NO [EXPUNGEISSUED] Some are gone",),
        "UID FETCH 1 (BODY": ("NO [SERVERBUG] Unreadable",),
        "UID FETCH 2 (BODY": ("* 2 FETCH (UID 2 BODY[] {4}\r\nmail)", "OK done"),
    }
    with running_scripted_imap(answers) as script:
        config = config_for(script.port, "ann")
        connection = ImapConnection(log_in(config, None, None))
        reader = Reader(config, ANYTIME, clock=watch)
        prospect = reader.look(connection, None)
        with capture_logs() as logs:
            batch = reader.read(connection, prospect, prospect.fresh, limit=5)
        connection.log_out()
    assert [(one.outline.uid, one.content, one.unreadable) for one in batch.messages] == [
        (1, b"", True),
        (2, b"mail", False),
    ]
    assert (batch.looked_at, batch.all_read) == (2, True)
    assert [(line["event"], line["mailbox_id"], line["uid"]) for line in logs] == [
        ("imap_message_unreadable", MAILBOX, 1)
    ]


def test_a_smaller_batch_holds_fewer_bytes(
    box: Mailboxes, config: ImapConfig, connection: ImapConnection, watch: SetClock
) -> None:
    box.append(*(letter(number, body="x" * int(0.4 * BYTES_OF_FEW)) for number in range(3)))
    reader = Reader(config, ANYTIME, clock=watch)
    prospect = reader.look(connection, None)
    assert len(reader.read(connection, prospect, prospect.fresh, limit=CHUNK_MESSAGES).messages) == 3
    assert len(reader.read(connection, prospect, prospect.fresh, limit=FEW).messages) == 2
