"""Copies of sent replies: each lies in the Sent folder once, whatever fails in between."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.house import MAILBOX
from intake.scene import Folder, Scene, open_scene
from postroom.errors import PluginError, StoreError, TransientError
from postroom.intake.sent_copies import AGAIN_AFTER, SentCopies
from postroom.model.email import MailboxId
from postroom.model.reply import ReplyId

FIRST = "<r1@lindenhof.example>"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


def copies_of(scene: Scene, folder: Folder) -> SentCopies:
    return SentCopies(MAILBOX.id, folder, scene.stores.outbox, scene.clock)


async def test_each_sent_reply_is_filed_once(scene: Scene) -> None:
    for name in ("r1", "r2"):
        await scene.sent_reply(name)
    folder = Folder()
    copies = copies_of(scene, folder)
    assert (await copies.file(), await copies.file()) == (2, 0)
    assert len(folder.held) == len(folder.asked) == 2


async def test_a_folder_that_is_away_is_left_alone_for_a_while(scene: Scene) -> None:
    for name in ("r1", "r2"):
        await scene.sent_reply(name)
    folder = Folder(failures={FIRST: [TransientError("away")]})
    copies = copies_of(scene, folder)
    assert (await copies.file(), await copies.file()) == (0, 0)
    assert folder.asked == [FIRST]
    scene.clock.advance(AGAIN_AFTER.total_seconds())
    assert await copies.file() == 2
    assert await scene.unfiled() == []


async def test_a_copy_that_is_refused_does_not_hold_up_the_others(scene: Scene) -> None:
    for name in ("r1", "r2"):
        await scene.sent_reply(name)
    copies = copies_of(scene, Folder(failures={FIRST: [PluginError("too large")]}))
    assert await copies.file() == 1
    assert await scene.unfiled() == ["r1"]


async def test_a_crash_between_filing_and_noting_files_nothing_twice(scene: Scene) -> None:
    await scene.sent_reply("r1")
    folder = Folder()

    class Cut:
        """The outbox, cut off when it is told that a copy was filed."""

        def __getattr__(self, name: str) -> object:
            return getattr(scene.stores.outbox, name)

        async def filed(self, reply_id: ReplyId) -> None:
            raise StoreError("away")

    broken = replace(scene.stores, outbox=Cut())  # type: ignore[arg-type]  # The rest is delegated by name.
    with pytest.raises(StoreError):
        await SentCopies(MAILBOX.id, folder, broken.outbox, scene.clock).file()
    assert await copies_of(scene, folder).file() == 1
    assert (len(folder.held), await scene.unfiled()) == (1, [])


async def test_only_the_mailbox_itself_is_filed_for(scene: Scene) -> None:
    await scene.sent_reply("r1")
    other = SentCopies(MailboxId("sales"), Folder(), scene.stores.outbox, scene.clock)
    assert await other.file() == 0
    assert await scene.unfiled() == ["r1"]
