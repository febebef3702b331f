"""What a mailbox held before, and what servers do to it, starts nothing; what arrives is never lost."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from journeys.letters import letter
from journeys.shop import DAY, MAILBOX, Shop, Work, new_in, shop_mailbox
from postroom.model.execution import FinalState

OLD, ARCHIVED = 5_000, 100


def fill_with_old_mail(shop: Shop) -> None:
    """Put old mail into the INBOX and the archive, as a mailbox in use for years holds it."""
    content, message_id = letter(date=datetime.now(UTC) - 30 * DAY)
    for folder, count in (("INBOX", OLD), ("Archive", ARCHIVED)):
        place = shop.dovecot.maildir(shop.user, folder) / "cur"
        for number in range(count):
            path = place / f"{1_700_000_000 + number}.M{number}P1.old:2,S"
            path.write_bytes(content.replace(message_id.encode(), f"<{folder}-{number}@customer.example>".encode()))
            os.utime(path, (1_700_000_000, 1_700_000_000))


def backup(shop: Shop) -> Path:
    """Keep the mailbox as it is now: messages never change, so they need no copy."""

    def keep(source: str, target: str) -> None:
        (os.link if Path(source).parent.name in {"cur", "new"} else shutil.copy2)(source, target)

    kept = shop.dovecot.folder / "backup"
    shutil.copytree(shop.dovecot.maildir(shop.user), kept, copy_function=keep)
    return kept


def restore(shop: Shop, kept: Path) -> None:
    """Put a backup in place of the mailbox while its server stands still."""
    place = shop.dovecot.maildir(shop.user)
    owner = place.stat()
    shop.dovecot.kill()
    place.rename(shop.dovecot.folder / "replaced")
    kept.rename(place)
    for path in (place, *(path for path in place.rglob("*") if path.is_dir() or path.name.startswith("dovecot"))):
        os.chown(path, owner.st_uid, owner.st_gid)
    shop.dovecot.start()


async def arrives(shop: Shop, work: Work, *, executions: int) -> None:
    """Let a new letter come; once it is through, everything that lay there before it has been looked at."""
    shop.deliver()
    await work.succeeded(executions)
    found = await work.entries(MAILBOX)
    assert len(new_in(found)) == executions
    assert len(await work.executions()) == executions


async def test_old_mail_starts_nothing_whatever_happens_to_its_mailbox(lone_shop: Shop) -> None:
    shop = lone_shop
    fill_with_old_mail(shop)
    await shop.open_mailbox(shop_mailbox())
    async with shop.working() as work:
        await arrives(shop, work, executions=1)
        kept = backup(shop)
        await arrives(shop, work, executions=2)
        before = await work.stores.ledger.cursor(MAILBOX)
        restore(shop, kept)

        async def looked() -> bool:
            return await work.stores.ledger.cursor(MAILBOX) != before

        await work.until(looked)
        # This mail gets the place that the second one had.
        await arrives(shop, work, executions=3)
        # A session that is open while its indexes go away would see nothing any more.
        shop.dovecot.kill()
        shop.dovecot.new_uid_validity(shop.user)
        shop.dovecot.start()
        await arrives(shop, work, executions=4)
        with shop.dovecot.session(shop.user) as client:
            client.select_folder("Archive")
            moved = client.search()
            assert len(moved) == ARCHIVED
            client.move(moved, "INBOX")
        await arrives(shop, work, executions=5)
        assert await work.questions() == ()
    assert len(shop.sent()) == 5


async def test_an_outage_of_two_days_loses_nothing_and_doubles_nothing(lone_shop: Shop) -> None:
    shop = lone_shop
    await shop.open_mailbox(shop_mailbox(), connected=10 * DAY)
    async with shop.working() as work:
        before = shop.deliver()
        await work.settled(1)
        shop.dovecot.kill()
        ages = [timedelta(hours=hours) for hours in (47, 36, 25, 12, 1)]
        missed = [put(shop, age) for age in ages]
        late = put(shop, 4 * DAY)
        shop.dovecot.start()
        entries = await work.settled(2 + len(missed))
        states = [entry.final_state for entry in entries]
        assert states.count(FinalState.ANSWERED) == 1 + len(missed)
        (question,) = await work.questions()
        assert (await work.stores.emails.get(question.email_id)).email.message_id == late
        assert "older" in question.reason
        replies = await work.replies()
        answered = [(await work.stores.emails.get(reply.email_id)).email.message_id for reply in replies]
    assert sorted(map(str, answered)) == sorted([before, *missed])
    assert sorted(sent.message_id for sent in shop.sent()) == sorted(reply.outgoing.message_id for reply in replies)


def put(shop: Shop, age: timedelta) -> str:
    """Put a letter into the mailbox of a server that stands still, as old as it is, and return its Message-ID."""
    at = datetime.now(UTC) - age
    content, message_id = letter(date=at, sender=f"Ann <ann-{age.days}-{age.seconds}@customer.example>")
    inbox = shop.dovecot.maildir(shop.user)
    owner = inbox.stat()
    path = inbox / "new" / f"{int(at.timestamp())}.M1P1.late"
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    os.chown(path, owner.st_uid, owner.st_gid)
    return message_id
