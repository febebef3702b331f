import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.conftest import NOW
from postroom.actions.past_mail import KEPT_FOR, MOST_KEPT, SUBFOLDER, PastMailFile, PastMailFolder, Sent
from postroom.actions.past_mail_kinds import FileKind
from postroom.errors import ConflictError, InputError, NotFoundError, StoreError
from postroom.interfaces.codec import encode

SENT = Sent(kind=FileKind.MBOX, name="../../old mail.mbox", by="ann", at=NOW)
MBOX = b"From a@x.example Mon Nov  2 09:00:00 2026\nSubject: Hello\n\nWhere is my parcel?\n"


async def parts_of(content: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def files_in(folder: Path) -> list[str]:
    there = folder / SUBFOLDER
    return sorted(one.suffix for one in there.glob("[!.]*")) if there.is_dir() else []


async def test_a_file_is_kept_as_it_came_under_a_name_of_our_own(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    kept = await folder.receive(parts_of(MBOX), SENT)
    assert (kept.name, kept.size_bytes, kept.by) == ("old mail.mbox", len(MBOX), "ann")
    assert kept.sha256 == sha256(MBOX).hexdigest()
    assert folder.where(kept).read_bytes() == MBOX
    assert folder.where(kept) == tmp_path / SUBFOLDER / f"{kept.id}.mbox"
    assert await folder.list() == (kept,)
    assert await folder.get(kept.id) == kept


async def test_a_file_of_many_megabytes_is_whole(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    content = MBOX + os.urandom(3_500_000)
    kept = await folder.receive(parts_of(content, 64 * 1024), SENT)
    assert folder.where(kept).read_bytes() == content
    assert kept.sha256 == sha256(content).hexdigest()


async def test_nothing_is_left_of_what_breaks_off(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield MBOX
        raise ConnectionResetError

    folder = PastMailFolder(tmp_path)
    with pytest.raises(StoreError):
        await folder.receive(broken(), SENT)
    assert files_in(tmp_path) == []
    assert await folder.list() == ()


async def test_nothing_is_left_where_the_request_is_cancelled(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def silent() -> AsyncIterator[bytes]:
        yield MBOX
        begun.set()
        await asyncio.Event().wait()

    receiving = asyncio.create_task(PastMailFolder(tmp_path).receive(silent(), SENT))
    await begun.wait()
    assert files_in(tmp_path) == [".part"]
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    assert files_in(tmp_path) == []


async def test_of_what_is_not_of_its_kind_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="This is no csv: "):
        await PastMailFolder(tmp_path).receive(parts_of(MBOX, 4096), replace(SENT, kind=FileKind.CSV))
    assert files_in(tmp_path) == []


async def test_only_so_many_are_kept(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    kept = [await folder.receive(parts_of(MBOX), SENT) for _ in range(MOST_KEPT)]
    with pytest.raises(ConflictError, match="at most 20 are kept"):
        await folder.receive(parts_of(MBOX), SENT)
    await folder.remove(kept[0].id)
    await folder.receive(parts_of(MBOX), SENT)
    assert len(await folder.list()) == MOST_KEPT


async def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    kept = await folder.receive(parts_of(MBOX), SENT)
    await folder.remove(kept.id)
    assert files_in(tmp_path) == []
    for one in (kept.id, "pm_x", "../../etc/passwd", "*"):
        with pytest.raises(NotFoundError):
            await folder.remove(one)


async def test_old_files_and_remains_are_forgotten_and_nothing_else(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    await folder.forget(now=NOW)
    old = await folder.receive(parts_of(MBOX), replace(SENT, at=NOW - KEPT_FOR - timedelta(seconds=1)))
    young = await folder.receive(parts_of(MBOX), replace(SENT, at=NOW - KEPT_FOR))
    young_data, left, other = (tmp_path / SUBFOLDER / name for name in ("pm_a.csv", "pm_b.csv", "mine.csv"))
    for file, age in ((young_data, 0), (left, 2), (other, 99)):
        file.touch()
        at = (NOW - timedelta(days=age)).timestamp()
        os.utime(file, (at, at))
    await folder.forget(now=NOW)
    assert await folder.list() == (young,)
    assert not folder.where(old).exists()
    assert (young_data.exists(), left.exists(), other.exists()) == (True, False, True)


async def test_what_a_killed_process_left_neither_counts_nor_stays_and_what_arrives_does(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    (tmp_path / SUBFOLDER).mkdir()
    for number in range(MOST_KEPT):
        (tmp_path / SUBFOLDER / f"pm_{number}.part").touch()
    await folder.receive(parts_of(MBOX), SENT)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield MBOX
        begun.set()
        await go_on.wait()

    receiving = asyncio.create_task(folder.receive(slow(), SENT))
    await begun.wait()
    await PastMailFolder(tmp_path).forget(now=NOW)
    assert files_in(tmp_path) == [".json", ".mbox", ".part"]
    go_on.set()
    assert await receiving in await folder.list()


async def test_of_many_that_arrive_at_once_no_more_are_kept_than_there_may_be(tmp_path: Path) -> None:
    found = await asyncio.gather(
        *(PastMailFolder(tmp_path).receive(parts_of(MBOX), SENT) for _ in range(3 * MOST_KEPT)), return_exceptions=True
    )
    assert all(isinstance(one, PastMailFile | ConflictError) for one in found)
    kept = await PastMailFolder(tmp_path).list()
    assert len(kept) == sum(isinstance(one, PastMailFile) for one in found) <= MOST_KEPT


async def test_of_a_file_whose_note_cannot_be_written_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        await PastMailFolder(tmp_path).receive(parts_of(MBOX), replace(SENT, by="\udcff"))
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[" * 200_000, b"[1]"])
async def test_a_damaged_note_stops_nobody_from_forgetting(tmp_path: Path, content: bytes) -> None:
    folder = PastMailFolder(tmp_path)
    old = await folder.receive(parts_of(MBOX), replace(SENT, at=NOW - KEPT_FOR - timedelta(days=1)))
    (tmp_path / SUBFOLDER / f"pm_{'0' * 32}.json").write_bytes(content)
    assert await folder.list() == (old,)
    with capture_logs() as logs:
        await folder.forget(now=NOW)
        await folder.forget(now=NOW)
    assert [one["event"] for one in logs] == ["note_of_past_mail_damaged"]
    assert await folder.list() == ()


@pytest.mark.parametrize("name", ["pm_evil", f"pm_{'0' * 32}"])
async def test_a_note_of_another_name_leads_nowhere(tmp_path: Path, name: str) -> None:
    folder = PastMailFolder(tmp_path)
    kept = await folder.receive(parts_of(MBOX), SENT)
    victim = tmp_path / "victim.mbox"
    victim.touch()
    for file_id in ("../victim", "pm_evil", kept.id):
        planted = replace(kept, id=file_id, at=NOW - KEPT_FOR - timedelta(days=1))
        (tmp_path / SUBFOLDER / f"{name}.json").write_text(encode(planted), encoding="utf-8")
        await folder.forget(now=NOW)
        assert await folder.list() == (kept,)
    assert victim.exists()


async def test_a_folder_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / SUBFOLDER).symlink_to(tmp_path / "other")
    folder = PastMailFolder(tmp_path)
    for act in (folder.receive(parts_of(MBOX), SENT), folder.list(), folder.forget(now=NOW)):
        with pytest.raises(StoreError, match="is a link") as refused:
            await act
        assert refused.value.hint
    assert [*(tmp_path / "other").iterdir()] == []


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / SUBFOLDER).write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be used") as refused:
        await PastMailFolder(tmp_path).receive(parts_of(MBOX), SENT)
    assert "POSTROOM_FOLDERS_DIR" in refused.value.hint


async def test_a_note_that_was_changed_by_hand_hides_its_file_only(tmp_path: Path) -> None:
    folder = PastMailFolder(tmp_path)
    kept = await folder.receive(parts_of(MBOX), SENT)
    (tmp_path / SUBFOLDER / "pm_broken.json").write_text("{", encoding="utf-8")
    assert await folder.list() == (kept,)
