import asyncio
import email
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.sender_contract import Fence, SenderContract, SenderTrial, outgoing
from postroom.errors import PluginError, TransientError
from postroom.interfaces.provider import Claim, Delivery, Sender
from postroom.providers import SendingSurroundings
from postroom.providers.outbox_folder import PLUGIN


def sender_to(folder: Path) -> Sender:
    return PLUGIN.build({"path": folder}, SendingSurroundings())


def arrived(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("*.eml"))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def trial(folder: Path) -> SenderTrial:
    return SenderTrial(sender=sender_to(folder), arrived=lambda: arrived(folder))


class TestOutboxFolderSender(SenderContract):
    pass


async def test_what_was_sent_is_found_again_after_a_restart(trial: SenderTrial, folder: Path) -> None:
    await trial.sender.send(outgoing(), Fence(trial=trial).claim)
    assert await sender_to(folder).find(outgoing().message_id) is True
    (content,) = arrived(folder)
    assert email.message_from_bytes(content)["Message-ID"] == outgoing().message_id


async def test_what_was_not_handed_over_is_not_found_and_leaves_nothing(trial: SenderTrial, folder: Path) -> None:
    await trial.sender.send(outgoing(), Fence(trial=trial, answer=Claim.STALE).claim)
    assert await trial.sender.find(outgoing().message_id) is None
    assert list((folder / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("code", "delivery"),
    [(errno.ENOSPC, Delivery.DEFERRED), (errno.EIO, Delivery.DEFERRED), (errno.EROFS, Delivery.REFUSED)],
)
async def test_a_disk_that_fails_before_the_claim_is_certain(
    trial: SenderTrial, code: int, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    fence = Fence(trial=trial)
    monkeypatch.setattr(os, "fsync", failing)
    result = await trial.sender.send(outgoing(), fence.claim)
    assert result.delivery is delivery
    assert result.detail == os.strerror(code)
    assert fence.arrived_before == []
    assert list(trial.arrived()) == []


async def test_a_disk_that_fails_after_the_claim_is_uncertain(
    trial: SenderTrial, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    async def claim() -> Claim:
        monkeypatch.setattr(os, "fsync", failing)
        return Claim.GRANTED

    result = await trial.sender.send(outgoing(), claim)
    assert result.delivery is Delivery.UNCERTAIN
    assert await trial.sender.find(outgoing().message_id) is True


async def test_a_prepared_file_that_vanished_is_uncertain(trial: SenderTrial, folder: Path) -> None:
    async def claim() -> Claim:
        for path in (folder / "tmp").iterdir():
            path.unlink()
        return Claim.GRANTED

    assert (await trial.sender.send(outgoing(), claim)).delivery is Delivery.UNCERTAIN


async def test_a_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sender = sender_to(tmp_path / "file")
    trial = SenderTrial(sender=sender, arrived=list)
    assert (await sender.send(outgoing(), Fence(trial=trial).claim)).delivery is Delivery.REFUSED
    assert await sender.find(outgoing().message_id) is None
    with pytest.raises(PluginError) as caught:
        await sender.check()
    assert not caught.value.retryable
    assert caught.value.hint


async def test_a_check_makes_nothing(tmp_path: Path) -> None:
    nested = tmp_path / "outbox" / "of" / "mine"
    assert str(nested) in await sender_to(nested).check()
    await sender_to(tmp_path).check()
    assert len(await asyncio.to_thread(os.listdir, tmp_path)) == 0


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o500)
    yield tmp_path
    tmp_path.chmod(0o700)


async def test_a_folder_that_may_not_be_written_is_refused_by_the_check(locked: Path) -> None:
    if os.access(locked, os.W_OK):
        pytest.skip("This user may write everywhere.")
    with pytest.raises(PluginError, match="cannot be written"):
        await sender_to(locked / "new").check()


async def test_a_full_disk_is_told_by_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = os.statvfs(tmp_path)
    full = os.statvfs_result((*found[:4], 0, *found[5:10]))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(TransientError, match="No space"):
        await sender_to(tmp_path).check()


async def test_a_folder_below_a_file_is_refused_by_the_check(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PluginError, match="cannot be written"):
        await sender_to(tmp_path / "file" / "new").check()
