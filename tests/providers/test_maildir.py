import itertools
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from contracts.receiver_contract import MAILBOX, Memory, ReceiverContract, ReceiverTrial, letter, receive_all
from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.providers import TRUNCATED_FLAG, Surroundings
from postroom.providers.maildir import PLUGIN, MaildirReceiver


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def open_with(folder: Path, memory: Memory, **settings: object) -> MaildirReceiver:
    values = {"path": folder, "poll_seconds": 0.005, **settings}
    receiver = PLUGIN.build(values, Surroundings(mailbox_id=MAILBOX, known=memory.known)).receiver
    assert isinstance(receiver, MaildirReceiver)
    return receiver


def put(path: Path, content: bytes, *, second: int = 1_700_000_000) -> None:
    path.write_bytes(content)
    os.utime(path, (second, second))


class TestMaildirReceiver(ReceiverContract):
    @pytest.fixture
    def trial(self, folder: Path) -> ReceiverTrial:
        numbers: Iterator[int] = itertools.count()

        def deliver(content: bytes) -> None:
            number = next(numbers)
            put(folder / "tmp" / str(number), content, second=1_700_000_000 + number)
            (folder / "tmp" / str(number)).rename(folder / "new" / f"17.M{number}P1.host")

        return ReceiverTrial(deliver=deliver, open=lambda memory: open_with(folder, memory))


async def test_times_and_flags_are_those_of_the_file(folder: Path) -> None:
    put(folder / "cur" / "1.a.host:2,FRSTx", letter(1))
    fetched = await open_with(folder, Memory()).fetch(None, limit=5)
    ((email, _),) = fetched.emails
    assert email.uid == "1.a.host"
    assert email.received_at == datetime.fromtimestamp(1_700_000_000, UTC)
    assert email.flags == {"\\Flagged", "\\Answered", "\\Seen", "\\Deleted"}


async def test_a_file_that_appears_with_an_old_time_is_not_skipped(folder: Path) -> None:
    memory = Memory()
    receiver = open_with(folder, memory)
    put(folder / "new" / "b", letter(2), second=2_000)
    await receive_all(receiver, memory)
    put(folder / "new" / "a", letter(1), second=1_000)
    await receive_all(receiver, memory)
    assert memory.accepted == [letter(2), letter(1)]


async def test_a_file_moved_or_flagged_by_another_program_stays_the_same_mail(folder: Path) -> None:
    memory = Memory()
    receiver = open_with(folder, memory)
    put(folder / "new" / "a", letter(1))
    put(folder / "new" / "b", letter(2))
    await receiver.fetch(None, limit=1)
    (folder / "new" / "a").rename(folder / "cur" / "a:2,S")
    (folder / "new" / "b").rename(folder / "cur" / "b:2,")
    received = await receive_all(receiver, memory)
    (folder / "cur" / "a:2,S").rename(folder / "cur" / "a:2,RS")
    assert await receive_all(open_with(folder, memory), memory) == []
    assert sorted(email.uid for email in received) == ["a", "b"]


async def test_hostile_files_are_reported_and_stop_nothing(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not mail")
    (folder / "new" / "link").symlink_to(secret)
    (folder / "new" / "dangling").symlink_to(tmp_path / "nothing")
    os.mkfifo(folder / "new" / "pipe")
    (folder / "new" / "folder").mkdir()
    (folder / "new" / ".hidden").write_bytes(b"x")
    put(folder / "new" / "empty", b"", second=1)
    put(folder / "new" / "nul", b"\x00\xff" * 50, second=2)
    put(folder / "new" / "good", letter(1), second=3)
    memory = Memory()
    receiver = open_with(folder, memory)
    with capture_logs() as logs:
        await receive_all(receiver, memory, limit=1)
        await receive_all(receiver, memory, limit=1)
    assert memory.accepted == [b"", b"\x00\xff" * 50, letter(1)]
    assert sorted(line["uid"] for line in logs) == ["dangling", "folder", "link", "pipe"]


async def test_an_unreadable_file_is_tried_again_and_keeps_nobody_waiting(folder: Path) -> None:
    memory = Memory()
    receiver = open_with(folder, memory)
    for number in range(3):
        put(folder / "new" / f"bad{number}", letter(90 + number), second=number)
    put(folder / "new" / "good", letter(1), second=10)
    await receiver.fetch(None, limit=1)  # Lists the folder.
    for number in range(3):
        (folder / "new" / f"bad{number}").unlink()
        (folder / "new" / f"bad{number}").symlink_to("/nowhere")
    with capture_logs() as logs:
        await receive_all(receiver, memory, limit=1)
    assert memory.accepted == [letter(1)]
    assert {line["event"] for line in logs} == {"maildir_file_unreadable"}
    for number in range(3):
        (folder / "new" / f"bad{number}").unlink()
        put(folder / "new" / f"bad{number}", letter(90 + number), second=number)
    await receive_all(receiver, memory, limit=5)
    assert len(memory.accepted) == 4


async def test_a_huge_file_is_cut_and_says_so(folder: Path) -> None:
    put(folder / "new" / "huge", b"a" * 5000)
    put(folder / "new" / "just", b"b" * 2048)
    fetched = await open_with(folder, Memory(), max_message_bytes=2048).fetch(None, limit=5)
    assert [(len(email.content), TRUNCATED_FLAG in email.flags) for email, _ in fetched.emails] == [
        (2048, True),
        (2048, False),
    ]


async def test_any_name_and_any_time_give_a_storable_uid(folder: Path) -> None:
    names = [b"\xff\xfe", b"line\nbreak", b"%FF", b"a" * 250, "ü".encode(), b" "]
    for name in names:
        put(Path(os.fsdecode(os.fsencode(folder / "new") + b"/" + name)), letter(1), second=-5_000_000_000)
    fetched = await open_with(folder, Memory()).fetch(None, limit=50)
    uids = [email.uid for email, _ in fetched.emails]
    assert len(set(uids)) == len(names)
    assert all(uid.isascii() and uid.isprintable() and len(uid) <= 200 for uid in uids)


async def test_two_different_files_of_one_name_are_both_given(folder: Path) -> None:
    memory = Memory()
    put(folder / "new" / "a", letter(1))
    put(folder / "cur" / "a:2,S", letter(2))
    await receive_all(open_with(folder, memory), memory)
    assert sorted(memory.accepted) == [letter(1), letter(2)]
    receiver = open_with(folder, memory)
    await receive_all(receiver, memory)
    put(folder / "cur" / "a:2,RS", letter(3), second=1_800_000_000)
    (third,) = await receive_all(receiver, memory)
    assert (third.content, third.received_at.year) == (letter(3), 2027)


async def test_files_are_never_moved(folder: Path) -> None:
    memory = Memory()
    put(folder / "new" / "a", letter(1))
    receiver = open_with(folder, memory)
    ((email, cursor),) = (await receiver.fetch(None, limit=1)).emails
    memory.accept(email, cursor)
    await receiver.acknowledge(email)
    assert (folder / "new" / "a").read_bytes() == letter(1)
    assert list((folder / "cur").iterdir()) == []
    assert await receive_all(open_with(folder, memory), memory) == []


async def test_five_thousand_files_are_each_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5000):
        (folder / "new" / f"{number:05}").write_bytes(b"Subject: %d\n\n" % number)
    opened: list[str] = []
    real = os.open
    inside = str(folder / "new")

    def counting(path: os.PathLike[str] | str, flags: int, mode: int = 0o777) -> int:
        if os.fspath(path).startswith(inside):
            opened.append(os.fspath(path))
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", counting)
    memory = Memory()
    received = await receive_all(open_with(folder, memory), memory, limit=100)
    assert len(received) == len(opened) == len(set(opened)) == 5000
    assert memory.asked <= 2 * 5000 + 1000


async def test_a_wrong_folder_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(PluginError) as caught:
        await open_with(tmp_path / "nowhere", Memory()).fetch(None, limit=1)
    assert "new, cur" in caught.value.hint


async def test_a_disk_that_does_not_answer_is_for_later_and_says_where_to_look(folder: Path) -> None:
    with pytest.raises(TransientError, match="in time") as caught:
        await open_with(folder, Memory(), timeout_seconds=1e-9).fetch(None, limit=1)
    assert "disk" in caught.value.hint


def test_wrong_settings_are_named() -> None:
    async def known(uid_validity: str, uids: object) -> frozenset[str]:
        return frozenset()

    with pytest.raises(ConfigurationError, match="path"):
        PLUGIN.build({}, Surroundings(mailbox_id=MAILBOX, known=known))
