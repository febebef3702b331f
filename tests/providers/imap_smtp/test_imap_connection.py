import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from contracts.receiver_contract import letter
from postroom.errors import TransientError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_connection import WINDOW, ImapConnection
from postroom.providers.imap_smtp.imap_login import log_in
from providers.imap_smtp.imap_mailbox import Mailboxes
from servers.dovecot import PASSWORD
from servers.scripted_imap import running_scripted_imap

LARGE = 30 * 1024 * 1024
CAPABILITY = {"CAPABILITY": ("* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE", "OK done")}


def connect(port: int, user: str) -> ImapConnection:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "username": user, "password": PASSWORD}
    return ImapConnection(log_in(ImapConfig.model_validate(values | {"timeout_seconds": 20.0}), None, None))


@pytest.fixture
def connection(box: Mailboxes) -> Iterator[ImapConnection]:
    made = connect(box.server.imap_port, box.user)
    yield made
    made.log_out()


def test_a_search_from_beyond_the_last_message_finds_nothing(box: Mailboxes, connection: ImapConnection) -> None:
    box.append(letter(1), letter(2))
    connection.open_folder("INBOX")
    assert connection.search("", low=2) == [2]
    assert connection.search("", low=3) == []
    assert connection.search("", low=1, high=1) == [1]


def test_a_large_folder_is_searched_in_windows_whose_answers_fit_into_a_line() -> None:
    low, end = 2**32 - 2 * WINDOW, 2**32 - 1
    middle = low + WINDOW
    answers = {
        **CAPABILITY,
        "EXAMINE": (f"* {WINDOW + 1} EXISTS", "* OK [UIDVALIDITY 7] .", f"* OK [UIDNEXT {end}] .", "OK [READ-ONLY] ."),
        f"UID SEARCH UID {low}:{middle - 1}": (f"* SEARCH {' '.join(map(str, range(low, middle)))}", "OK done"),
        f"UID SEARCH UID {middle}:*": (f"* SEARCH {' '.join(map(str, range(middle, end)))}", "OK done"),
    }
    with running_scripted_imap(answers) as script:
        connection = connect(script.port, "ann")
        connection.open_folder("INBOX")
        assert connection.search("", low=low) == list(range(low, end))
        script.asked.clear()
        assert connection.search("SINCE 1-Jan-2100", low=2, high=2 * WINDOW + 1) == []
        assert script.asked == [
            f"UID SEARCH UID {first}:{last} SINCE 1-Jan-2100"
            for first, last in ((2, WINDOW + 1), (WINDOW + 2, 2 * WINDOW + 1))
        ]
        connection.log_out()


def test_thirty_megabytes_are_read_in_little_memory(box: Mailboxes, connection: ImapConnection) -> None:
    box.append(b"Subject: large\r\n\r\n" + b"x" * 70 * 1024 + b"\r\n" + (b"y" * 1022 + b"\r\n") * (LARGE // 1024))
    state = connection.open_folder("INBOX")
    assert state.exists == 1
    tracemalloc.start()
    try:
        content = connection.contents([1])[1]
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(content) > LARGE
    assert peak_bytes < 1.5 * LARGE


def test_an_arrival_that_cannot_be_read_counts_as_now(box: Mailboxes) -> None:
    answers = {
        **CAPABILITY,
        "EXAMINE": ("* 1 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 10] .", "OK [READ-ONLY] opened"),
        "UID FETCH": ('* 1 FETCH (UID 9 RFC822.SIZE 10 FLAGS (\\Seen) INTERNALDATE "the other day")', "OK done"),
    }
    with running_scripted_imap(answers) as script:
        connection = connect(script.port, "ann")
        connection.open_folder("INBOX")
        before = datetime.now(UTC)
        outline = connection.outlines([9])[9]
        assert before <= outline.received_at <= datetime.now(UTC)
        assert outline.flags == {"\\Seen"}
        connection.log_out()


def test_a_folder_that_is_busy_is_a_matter_of_waiting() -> None:
    with running_scripted_imap({**CAPABILITY, "EXAMINE": ("NO [INUSE] Mailbox is locked",)}) as script:
        connection = connect(script.port, "ann")
        with pytest.raises(TransientError):
            connection.open_folder("INBOX")
        connection.log_out()


def test_an_announcement_together_with_the_start_of_idle_is_not_overlooked() -> None:
    answers = {
        **CAPABILITY,
        "EXAMINE": ("* 1 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 2] .", "OK [READ-ONLY] opened"),
        "UID SEARCH": ("* SEARCH", "OK done"),
        "IDLE": ("+ idling", "* 2 EXISTS", "OK idled"),
    }
    with running_scripted_imap(answers) as script:
        connection = connect(script.port, "ann")
        connection.open_folder("INBOX")
        assert connection.idle(after=1, seconds=60)
        connection.drop()


def test_an_announcement_beside_another_answer_is_not_overlooked() -> None:
    answers = {
        **CAPABILITY,
        "EXAMINE": ("* 1 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 2] .", "OK [READ-ONLY] opened"),
        "UID SEARCH": ("* SEARCH", "* 2 EXISTS", "OK done"),
        "IDLE": ("NO not now",),
    }
    with running_scripted_imap(answers) as script:
        connection = connect(script.port, "ann")
        connection.open_folder("INBOX")
        assert connection.idle(after=1, seconds=60)
        connection.log_out()


@pytest.mark.parametrize("fields", ["(TO CC)", "(to cc)", '("TO" "CC")', "(CC TO)"])
def test_header_lines_are_read_however_the_server_repeats_their_names(fields: str) -> None:
    lines = "To: ada@example.org\r\n\r\n"
    told = f'* 1 FETCH (UID 9 INTERNALDATE "05-Jan-2026 10:00:00 +0000" BODY[HEADER.FIELDS {fields}] {{{len(lines)}}}'
    answers = {
        **CAPABILITY,
        "EXAMINE": ("* 1 EXISTS", "* OK [UIDVALIDITY 7] .", "* OK [UIDNEXT 10] .", "OK [READ-ONLY] opened"),
        "UID FETCH": (f"{told}\r\n{lines})", "OK done"),
    }
    with running_scripted_imap(answers) as script:
        connection = connect(script.port, "ann")
        connection.open_folder("Sent")
        found = connection.header_lines([9], ("TO", "CC"))[9]
        assert (found.header, found.received_at) == (lines.encode(), datetime(2026, 1, 5, 10, tzinfo=UTC))
        connection.log_out()
