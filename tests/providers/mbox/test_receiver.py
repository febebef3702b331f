import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contracts.receiver_contract import MAILBOX, Memory, ReceiverContract, ReceiverTrial, contents, letter, receive_all
from postroom.errors import PluginError, TransientError
from postroom.providers import TRUNCATED_FLAG, Surroundings
from postroom.providers.mbox.receiver import PLUGIN, MboxReceiver

SEPARATOR = b"From ann@example.com Mon Nov 23 05:12:27 2026\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "box"


def open_with(path: Path, memory: Memory, **settings: object) -> MboxReceiver:
    values = {"path": path, "poll_seconds": 0.005, "settle_seconds": 0, **settings}
    receiver = PLUGIN.build(values, Surroundings(mailbox_id=MAILBOX, known=memory.known)).receiver
    assert isinstance(receiver, MboxReceiver)
    return receiver


def append(path: Path, *messages: bytes) -> None:
    with path.open("ab") as file:
        for message in messages:
            file.write(SEPARATOR + message + b"\n")


def rewrite(path: Path, *messages: bytes) -> None:
    path.unlink()
    append(path, *messages)


@contextmanager
def locked_by_another_program(path: Path) -> Iterator[None]:
    child = os.fork()
    if child == 0:  # A lock of the same process would not count.
        with path.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


class TestMboxReceiver(ReceiverContract):
    @pytest.fixture
    def trial(self, path: Path) -> ReceiverTrial:
        return ReceiverTrial(deliver=lambda content: append(path, content), open=lambda memory: open_with(path, memory))


async def test_a_rewritten_file_gives_only_what_is_new(path: Path) -> None:
    memory = Memory()
    append(path, *(letter(number) for number in range(5)))
    receiver = open_with(path, memory)
    await receive_all(receiver, memory)
    rewrite(path, letter(1), letter(4), letter(7))
    assert [email.content for email in await receive_all(receiver, memory)] == [letter(7)]
    assert await receive_all(open_with(path, memory), memory) == []


async def test_a_status_written_by_a_mail_program_does_not_make_a_new_mail(path: Path) -> None:
    memory = Memory()
    append(path, letter(1))
    await receive_all(open_with(path, memory), memory)
    rewrite(path, b"Status: RO\nX-Status: A\n" + letter(1), letter(2))
    assert [email.content for email in await receive_all(open_with(path, memory), memory)] == [letter(2)]
    ((first, _), _) = (await open_with(path, Memory()).fetch(None, limit=5)).emails
    assert first.flags == {"\\Seen", "\\Answered"}


async def test_equal_messages_are_different_places_that_stay(path: Path) -> None:
    memory = Memory()
    append(path, letter(1), letter(1), letter(2))
    await receive_all(open_with(path, memory), memory, limit=1)
    append(path, letter(1))
    received = await receive_all(open_with(path, memory), memory)
    assert [email.content for email in received] == [letter(1)]
    assert len(memory.places) == 4


async def test_a_message_still_being_written_waits(path: Path) -> None:
    memory = Memory()
    append(path, letter(1), letter(2)[:30])
    receiver = open_with(path, memory, settle_seconds=3600)
    assert [email.content for email in await receive_all(receiver, memory)] == [letter(1)]
    rewrite(path, letter(1), letter(2))
    os.utime(path, (1, 1))
    assert [email.content for email in await receive_all(receiver, memory)] == [letter(2)]


async def test_a_locked_file_is_for_later(path: Path) -> None:
    append(path, letter(1))
    with locked_by_another_program(path), pytest.raises(TransientError, match="locked") as caught:
        await open_with(path, Memory()).fetch(None, limit=1)
    assert caught.value.hint
    assert contents(await open_with(path, Memory()).fetch(None, limit=1)) == [letter(1)]


async def test_a_huge_message_is_cut_and_the_next_one_is_whole(path: Path) -> None:
    append(path, b"A: 1\n\n" + b"x" * 500_000 + b"\n", letter(2))
    fetched = await open_with(path, Memory(), max_message_bytes=2048).fetch(None, limit=5)
    assert [(len(email.content), TRUNCATED_FLAG in email.flags) for email, _ in fetched.emails] == [
        (2048, True),
        (len(letter(2)), False),
    ]


async def test_the_time_is_that_of_the_from_line(path: Path) -> None:
    append(path, letter(1))
    ((email, _),) = (await open_with(path, Memory()).fetch(None, limit=5)).emails
    assert email.received_at == datetime(2026, 11, 23, 5, 12, 27, tzinfo=UTC)


@pytest.mark.parametrize("cursor", ["", "x", "5:abc", "99999999:abc", "-1:abc", "0:"])
async def test_a_foreign_cursor_begins_again(path: Path, cursor: str) -> None:
    append(path, letter(1))
    assert contents(await open_with(path, Memory()).fetch(cursor, limit=5)) == [letter(1)]


@pytest.mark.parametrize("kind", ["missing", "pipe", "folder", "other"])
async def test_what_is_no_mbox_file_is_refused(path: Path, kind: str) -> None:
    makers = {"pipe": os.mkfifo, "folder": os.mkdir, "other": lambda path: path.write_bytes(b"Subject: no mbox\n\n")}
    if kind in makers:
        makers[kind](path)
    with pytest.raises(PluginError, match="cannot be read") as caught:
        await open_with(path, Memory()).fetch(None, limit=1)
    assert not caught.value.retryable


async def test_a_file_that_vanished_may_come_back(path: Path) -> None:
    memory = Memory()
    append(path, letter(1))
    receiver = open_with(path, memory)
    await receive_all(receiver, memory)
    os.unlink(path)  # noqa: PTH108 -- not through pathlib, which the linter takes for blocking work
    with pytest.raises(TransientError) as caught:
        await receiver.fetch(memory.cursor, limit=1)
    assert caught.value.hint


async def test_the_work_grows_with_the_file_and_not_with_its_square(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(path, *(letter(number) for number in range(2000)))
    guards: list[int] = []
    real = os.pread

    def counting(descriptor: int, size: int, offset: int) -> bytes:
        guards.append(size)
        return real(descriptor, size, offset)

    monkeypatch.setattr(os, "pread", counting)
    memory = Memory()
    assert len(await receive_all(open_with(path, memory), memory, limit=100)) == 2000
    assert len(guards) <= 2000 + 2 * 20 + 2
    assert memory.asked == 2000
