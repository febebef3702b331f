"""A message that its server cannot give is found and shown, and stops nothing; a server that fails is waited for."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from imaplib import IMAP4
from pathlib import Path

import pytest

from clocks import SetClock
from contracts.receiver_contract import letter
from postroom.errors import TransientError
from postroom.interfaces.provider import UNREADABLE_FLAG, Receiver
from postroom.model.email import RawEmail
from postroom.providers.imap_smtp.imap_connection import ImapConnection
from postroom.providers.imap_smtp.imap_login import log_in
from postroom.providers.imap_smtp.imap_suspects import PATIENCE, Suspects
from providers.imap_smtp.imap_mailbox import Mailboxes
from providers.imap_smtp.test_imap_reader import config_for
from servers.dovecot import Dovecot
from servers.scripted_imap import ScriptedImap, running_scripted_imap

DATE = "23-Nov-2026 08:00:00 +0000"
AWAY = "NO [UNAVAILABLE] The backend is away"
ODD = "NO Cannot be read"


def letters(server: Dovecot, box: Mailboxes) -> Iterator[Path]:
    """Yield the files of the letters in all folders."""
    for path in server.maildir(box.user).rglob("*"):
        if path.is_file() and path.parent.name in {"new", "cur"}:
            yield path


def spoil(server: Dovecot, box: Mailboxes, words: bytes) -> None:
    """Make the files of letters with some words unreadable: Dovecot then ends every connection that asks for one."""
    for path in letters(server, box):
        if words in path.read_bytes():
            if os.getuid() == 0:
                os.chown(path, 0, 0)
            path.chmod(0)


def mend(server: Dovecot, box: Mailboxes) -> None:
    """Undo what `spoil` did."""
    for path in letters(server, box):
        path.chmod(0o666)


async def read(box: Mailboxes, receiver: Receiver, *, failures: int) -> list[RawEmail]:
    """Receive as the loop does, and fail where the mailbox fails more often."""
    received: list[RawEmail] = []
    while True:
        try:
            fetched = await receiver.fetch(box.memory.cursor, limit=50)
        except TransientError:
            failures -= 1
            assert failures >= 0
            continue
        for email, cursor in fetched.emails:
            box.memory.accept(email, cursor)
            received.append(email)
        box.memory.cursor = fetched.cursor or box.memory.cursor
        if not fetched.more:
            return received


async def test_a_message_that_ends_every_connection_is_found_and_the_rest_go_on(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    receiver = box.open().receiver
    box.append(letter(0))
    await read(box, receiver, failures=0)
    box.append(*(letter(number) for number in range(1, 6)))
    spoil(dovecot, box, b"Subject: Letter 3")
    received = await read(box, receiver, failures=5)
    assert [(email.uid, UNREADABLE_FLAG in email.flags) for email in received] == [
        ("2", False),
        ("3", False),
        ("4", True),
        ("5", False),
        ("6", False),
    ]
    assert received[2].content == b""
    assert await read(box, box.open().receiver, failures=0) == []


async def test_messages_that_end_every_connection_do_not_hide_that_others_can_be_read(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    box.append(*(letter(number) for number in range(1, 7)))
    for number in (2, 3, 4):
        spoil(dovecot, box, b"Subject: Letter %d" % number)
    received = await read(box, box.open().receiver, failures=12)
    assert [UNREADABLE_FLAG in email.flags for email in received] == [False, True, True, True, False, False]


@pytest.mark.parametrize("count", [1, 5])
async def test_new_mail_that_cannot_be_read_for_a_while_is_read_afterwards_although_older_mail_can_be_read(
    dovecot: Dovecot, box: Mailboxes, count: int
) -> None:
    receiver = box.open().receiver
    box.append(letter(0))
    await read(box, receiver, failures=0)
    box.append(*(letter(number, body="new") for number in range(1, count + 1)))
    spoil(dovecot, box, b"new")
    for _ in range(10):
        with pytest.raises(TransientError):
            await receiver.fetch(box.memory.cursor, limit=50)
    mend(dovecot, box)
    received = await read(box, receiver, failures=0)
    assert [UNREADABLE_FLAG in email.flags for email in received] == [False] * count


async def test_a_message_below_the_cursor_that_ends_every_connection_stops_nothing(
    dovecot: Dovecot, box: Mailboxes
) -> None:
    box.append(letter(1), letter(2), letter(3))
    await read(box, box.open().receiver, failures=0)
    box.memory.places = {place for place in box.memory.places if place[1] == "3"}
    spoil(dovecot, box, b"Subject: Letter 1")
    box.append(letter(4))
    received = await read(box, box.open().receiver, failures=5)
    assert [(email.uid, UNREADABLE_FLAG in email.flags) for email in received] == [
        ("1", True),
        ("2", False),
        ("4", False),
    ]


async def test_a_message_of_which_not_even_the_size_can_be_told_stops_nothing(dovecot: Dovecot, box: Mailboxes) -> None:
    receiver = box.open().receiver
    box.append(letter(0))
    await read(box, receiver, failures=0)
    path = dovecot.maildir(box.user) / "new" / "1795424937.M1P1.spoilt"
    path.write_bytes(b"Its name does not say how large it is.")
    path.chmod(0)
    with dovecot.session(box.user) as client:
        client.select_folder("INBOX")
    box.append(letter(1))
    received = await read(box, receiver, failures=5)
    box.append(letter(2))
    received += await read(box, receiver, failures=0)
    assert [UNREADABLE_FLAG in email.flags for email in received] == [True, False, False]
    assert await read(box, box.open().receiver, failures=0) == []


@contextmanager
def refusing(**fetches: tuple[str, ...]) -> Iterator[ScriptedImap]:
    """Run a server with two messages; `fetches` are its answers to a FETCH of the contents of some."""
    outlines = [f'* {uid} FETCH (UID {uid} RFC822.SIZE 4 FLAGS () INTERNALDATE "{DATE}")' for uid in (1, 2)]
    answers = {
        "CAPABILITY": ("* CAPABILITY IMAP4rev1 AUTH=PLAIN", "OK done"),
        "EXAMINE": ("* 2 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 3] .", "OK [READ-ONLY] opened"),
        "UID SEARCH": ("* SEARCH 1 2", "OK done"),
        "UID FETCH 1,2 (RFC822.SIZE": (*outlines, "OK done"),
        "UID FETCH 2 (RFC822.SIZE": (outlines[1], "OK done"),
        "UID FETCH 1,2 (BODY": fetches["both"],
        "UID FETCH 1 (BODY": fetches["first"],
        "UID FETCH 2 (BODY": fetches["second"],
    }
    with running_scripted_imap(answers) as script:
        yield script


@pytest.mark.parametrize(
    ("both", "first", "second"),
    [(AWAY, AWAY, AWAY), (ODD, ODD, ODD), (ODD, AWAY, ODD), ("NO [SERVERBUG] Internal error", ODD, ODD)],
)
async def test_a_server_that_gives_nothing_is_waited_for(box: Mailboxes, both: str, first: str, second: str) -> None:
    with refusing(both=(both,), first=(first,), second=(second,)) as script:
        receiver = box.open(port=script.port).receiver
        for _ in range(3):
            with pytest.raises(TransientError):
                await receiver.fetch(None, limit=50)


async def test_a_server_that_refuses_what_lies_below_the_cursor_is_waited_for(box: Mailboxes) -> None:
    with refusing(both=(AWAY,), first=(AWAY,), second=(AWAY,)) as script:
        box.memory.cursor = '{"validity":7,"epoch":0,"uid":2,"until":0,"modseq":0}'
        receiver = box.open(port=script.port).receiver
        for _ in range(3):
            with pytest.raises(TransientError):
                await receiver.fetch(box.memory.cursor, limit=50)


@pytest.fixture
def connection(box: Mailboxes) -> Iterator[ImapConnection]:
    box.append(letter(1), letter(2), letter(3))
    made = ImapConnection(log_in(config_for(box.server.imap_port, box.user), None, None))
    made.open_folder("INBOX")
    yield made
    made.log_out()


class Question:
    """Gives the UIDs it is asked for, and raises an error for bad ones."""

    def __init__(self, error: Exception, bad: frozenset[int]) -> None:
        self.error, self.bad = error, bad

    def __call__(self, uids: Sequence[int]) -> dict[int, int]:
        if self.bad & set(uids):
            raise self.error
        return {uid: uid for uid in uids}


def refuse(error: Exception, *bad: int) -> Question:
    return Question(error, frozenset(bad))


NONE: dict[int, int] = {}
NO = IMAP4.error("FETCH failed: Cannot be read")
PASSING = IMAP4.error("FETCH failed: [UNAVAILABLE] Try again")


@pytest.fixture
def watch() -> SetClock:
    return SetClock(datetime(2026, 3, 1, tzinfo=UTC))


def test_one_that_is_refused_is_given_up_where_another_can_be_read(connection: ImapConnection, watch: SetClock) -> None:
    suspects = Suspects(watch)
    assert suspects.ask(connection, [1, 2], refuse(NO, 2)) == ({1: 1}, frozenset({2}))
    # Alone it is compared with its neighbours, which Dovecot can read.
    assert suspects.ask(connection, [2], refuse(NO, 2)) == (NONE, frozenset({2}))


@pytest.mark.parametrize("error", [NO, PASSING, ValueError("an answer that cannot be read")])
def test_several_that_are_refused_are_given_up_in_the_end(
    connection: ImapConnection, watch: SetClock, error: Exception
) -> None:
    suspects = Suspects(watch)
    for _ in range(3):
        with pytest.raises(TransientError):
            suspects.ask(connection, [1, 2], refuse(error, 1, 2))
    watch.at += PATIENCE
    assert suspects.ask(connection, [1, 2], refuse(error, 1, 2)) == (NONE, frozenset({1, 2}))


def test_patience_begins_anew_with_each_success(connection: ImapConnection, watch: SetClock) -> None:
    suspects = Suspects(watch)
    for _ in range(3):
        with pytest.raises(TransientError):
            suspects.ask(connection, [1, 2], refuse(PASSING, 1))
        watch.at += PATIENCE - timedelta(seconds=1)
        assert suspects.ask(connection, [1, 2], refuse(PASSING)) == ({1: 1, 2: 2}, frozenset())


def test_those_that_ended_a_connection_together_are_asked_for_alone_until_they_are_read(
    connection: ImapConnection, watch: SetClock
) -> None:
    suspects = Suspects(watch)
    ended = IMAP4.abort("socket error: EOF")
    with pytest.raises(IMAP4.abort):
        suspects.ask(connection, [1, 2], refuse(ended, 2))
    assert (1 in suspects, 2 in suspects, 3 in suspects) == (True, True, False)
    assert suspects.ask(connection, [1], refuse(ended, 2)) == ({1: 1}, frozenset())
    for _ in range(3):
        with pytest.raises(IMAP4.abort):
            suspects.ask(connection, [2], refuse(ended, 2))
    assert suspects.ask(connection, [2], refuse(ended, 2)) == (NONE, frozenset({2}))
    assert (1 in suspects, 2 in suspects) == (False, True)


def test_one_that_ends_connections_is_given_up_in_the_end_where_no_newer_message_can_be_read(
    connection: ImapConnection, watch: SetClock
) -> None:
    suspects = Suspects(watch)
    ended = IMAP4.abort("socket error: EOF")
    for _ in range(10):
        with pytest.raises(IMAP4.abort):
            suspects.ask(connection, [3], refuse(ended, 3))
    watch.at += PATIENCE
    with pytest.raises(IMAP4.abort):
        suspects.ask(connection, [3], refuse(ended, 3))
    assert suspects.ask(connection, [3], refuse(ended)) == (NONE, frozenset({3}))


def test_one_that_can_be_read_again_when_patience_is_at_its_end_is_not_given_up(
    connection: ImapConnection, watch: SetClock
) -> None:
    suspects = Suspects(watch)
    ended = IMAP4.abort("socket error: EOF")
    for _ in range(10):
        with pytest.raises(IMAP4.abort):
            suspects.ask(connection, [3], refuse(ended, 3))
    watch.at += PATIENCE
    assert suspects.ask(connection, [3], refuse(ended)) == ({3: 3}, frozenset())
    assert 3 not in suspects


def test_suspects_come_in_chunks_of_their_own(connection: ImapConnection, watch: SetClock) -> None:
    suspects = Suspects(watch)
    with pytest.raises(IMAP4.abort):
        suspects.ask(connection, [3, 5], refuse(IMAP4.abort(), 3))
    assert list(suspects.chunks([1, 2, 3, 4, 5, 6, 7, 8, 9], 3)) == [[1, 2], [3], [4], [5], [6, 7, 8], [9]]
    assert list(suspects.chunks([], 3)) == []


def test_nothing_is_held_against_uids_that_mean_something_else_now(connection: ImapConnection, watch: SetClock) -> None:
    suspects = Suspects(watch)
    suspects.belong_to("7")
    with pytest.raises(ConnectionResetError):
        suspects.ask(connection, [1, 2], refuse(ConnectionResetError(), 2))
    suspects.belong_to("7")
    assert 2 in suspects
    suspects.belong_to("7.1")
    assert 2 not in suspects
