"""Every mailbox is received from, also one that is added, changed or removed meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bootstrap.rooms import a_mailbox, a_maildir, add, settings_in
from engine.house import eventually
from postroom.bootstrap import MAILBOX_ID, Postroom, Receptions, open_postroom, open_store
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mode

MAIL = (
    b"From: Ann <ann@customer.example>\r\nTo: help@shop.example\r\nSubject: Opening hours\r\n\r\nWhen do you open?\r\n"
)


@asynccontextmanager
async def receiving(folder: Path, models: Path) -> AsyncIterator[Postroom]:
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(models)
    settings = settings_in(folder, mailbox_kind="mock", mock_emails=0, poll_seconds=0.05)
    async with open_postroom(settings) as postroom:
        engine = postroom.engine()
        await engine.start()
        task = asyncio.create_task(Receptions(postroom, engine).receive_forever())
        try:
            yield postroom
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await engine.stop()


async def names(postroom: Postroom, wanted: set[str]) -> bool:
    await postroom.refresh()
    return set(postroom.directory.open) == wanted


async def has_entries(postroom: Postroom) -> bool:
    return bool((await postroom.stores.ledger.entries(MailboxId("help"))).rows)


async def test_a_mailbox_added_while_postroom_runs_is_received_from(tmp_path: Path, models: Path) -> None:
    folder = a_maildir(tmp_path / "help")
    async with receiving(tmp_path, models) as postroom:
        await add(postroom.stores, a_mailbox("help"), folder)
        (folder / "new" / "1").write_bytes(MAIL)
        await eventually(lambda: has_entries(postroom))
        assert set(postroom.directory.open) == {"help"}


async def test_a_removed_mailbox_is_not_received_from_any_more(tmp_path: Path, models: Path) -> None:
    folder = a_maildir(tmp_path / "help")
    async with receiving(tmp_path, models) as postroom:
        await add(postroom.stores, a_mailbox("help"), folder)
        await eventually(lambda: names(postroom, {"help"}))
        await postroom.stores.mailboxes.remove(MailboxId("help"))
        await eventually(lambda: names(postroom, {MAILBOX_ID}))
        (folder / "new" / "1").write_bytes(MAIL)
        await postroom.refresh()
        assert not await has_entries(postroom)


async def test_the_made_up_shops_articles_never_answer_a_mailbox_that_was_added(tmp_path: Path, models: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models").symlink_to(models)
    settings = settings_in(tmp_path, mailbox_kind="mock")
    async with open_postroom(settings) as postroom, open_store(settings) as stores:
        starter = postroom.services.responders["articles"]
        await add(stores, replace(a_mailbox("help"), mode=Mode.AUTOMATIC), a_maildir(tmp_path / "help"))
        await postroom.refresh()
        assert postroom.services.responders["articles"] is not starter
    async with open_postroom(settings) as again:
        assert MAILBOX_ID not in again.directory.open
