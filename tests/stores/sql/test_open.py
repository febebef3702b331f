"""Opening the SQL store."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.store_nouns import (
    SHOP,
    account,
    alarm,
    arrival,
    at,
    carrying,
    flagged,
    limit,
    mailbox,
    reply,
    suppression,
)
from postroom.errors import ConfigurationError, StoreError
from postroom.model.account import AccountFamily
from postroom.model.mailbox import Mode
from postroom.model.reply import ReplyId
from postroom.stores.sql.open import open_stores


async def test_a_new_file_is_made_in_wal_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    for _ in range(2):
        stores = await open_stores(f"sqlite:///{path}")
        assert "SQLite" in await stores.connection.check()
        await stores.connection.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_what_people_set_up_and_what_was_noted_is_there_after_reopening(path: Path) -> None:
    mail, capped = carrying(arrival(1), b"logo"), limit("shop", 1)
    stores = await open_stores(f"sqlite:///{path}")
    await stores.mailboxes.add(mailbox("shop"))
    await stores.mailboxes.stop(SHOP, reason="cap")
    await stores.accounts.add(account("shop"))
    await stores.suppressions.add(suppression("ann@example.com"))
    await stores.alarms.sound(alarm("cap shop"))
    assert await stores.allowances.take(ReplyId("r1"), [capped], at=at(1)) is None
    await stores.ledger.accept([mail])
    answered = await stores.ledger.note_answers([flagged(mail)])
    await stores.ledger.keep_cursor(SHOP, "kept")
    await stores.outbox.add(reply("r1"))
    await stores.outbox.bounced(ReplyId("r1"), detail="5.1.1")
    await stores.connection.close()

    stores = await open_stores(f"sqlite:///{path}")
    found = await stores.mailboxes.get(SHOP)
    assert (found.mode, found.stopped, found.revision) == (Mode.REVIEW, "cap", 1)
    assert await stores.accounts.list(AccountFamily.RECEIVER) == (account("shop"),)
    assert (await stores.suppressions.list()).rows == (suppression("ann@example.com"),)
    assert (await stores.alarms.open()).rows == (alarm("cap shop"),)
    assert await stores.allowances.take(ReplyId("r2"), [capped], at=at(2)) == capped
    assert [await stores.emails.attachment(digest) for digest in mail.attachments] == [b"logo"]
    assert await stores.ledger.note_answers([flagged(mail, minute=40)]) == answered
    assert await stores.ledger.cursor(SHOP) == "kept"
    assert (await stores.outbox.get(ReplyId("r1"))).bounced == "5.1.1"
    await stores.connection.close()


def test_opening_a_file_that_is_up_to_date_does_without_alembic(path: Path) -> None:
    program = (
        "import asyncio, sys\n"
        "from postroom.stores.sql.open import open_stores\n"
        "async def main():\n"
        "    stores = await open_stores(sys.argv[1])\n"
        "    await stores.connection.close()\n"
        "asyncio.run(main())\n"
        "print('alembic' in sys.modules)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{path}"], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


async def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await open_stores(f"sqlite:///{tmp_path}/none/a.db")
    assert "none" in caught.value.message
    assert "folder" in caught.value.hint


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ann, " * 500)
    with pytest.raises(ConfigurationError, match="not a SQLite database"):
        await open_stores(f"sqlite:///{path}")
    assert path.read_text() == "Dear Ann, " * 500


async def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="newer") as caught:
        await open_stores(f"sqlite:///{path}")
    assert caught.value.hint


@pytest.mark.parametrize("url", ["nonsense", "postgresql://h/d", "sqlite://", "sqlite:///:memory:", "mysql://h/d"])
async def test_other_urls_are_refused_with_a_hint(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await open_stores(url)
    assert "sqlite:///" in caught.value.hint
