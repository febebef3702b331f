import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from actions.setup_case import hello
from postroom.actions.accounts import AccountChange, Setup, opened_values
from postroom.actions.alarms import automation_alarm, open_alarms
from postroom.actions.mailboxes import (
    FAMILY,
    Connected,
    add_mailbox,
    change_mailbox,
    connected,
    draft_mailbox,
    draft_mailbox_change,
    remove_mailbox,
    sheet,
    sheets,
)
from postroom.errors import ConfigurationError, ConflictError, InputError, NotFoundError, StoreError
from postroom.interfaces.stores.mailboxes import Mailboxes
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId
from postroom.model.look import Look
from postroom.model.mailbox import Mailbox, Mode

VALUES = {"host": "loft", "password": "hush"}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class _Removes:
    """Mailboxes of which none can be removed, as in a crash just before it."""

    def __init__(self, real: Mailboxes) -> None:
        self.add, self.change, self.stop, self.get, self.list = (
            real.add,
            real.change,
            real.stop,
            real.get,
            real.list,
        )

    async def remove(self, mailbox_id: MailboxId) -> bool:
        raise StoreError(f"{mailbox_id} stays.")


async def added(setup: Setup, name: str = "shop") -> Mailbox:
    return await add_mailbox(setup.stores, await draft_mailbox(setup, hello(name), "pigeon", VALUES))


async def long_ago(setup: Setup) -> Connected:
    """Add a mailbox and make it one that was connected long ago."""
    mailbox = await added(setup)
    await setup.stores.mailboxes.change(replace(mailbox, connected_at=LONG_AGO))
    return await connected(setup.stores, mailbox.id)


async def changed(setup: Setup, before: Connected, change: AccountChange) -> Connected:
    await change_mailbox(setup, await draft_mailbox_change(setup, before.mailbox, change))
    return await connected(setup.stores, before.mailbox.id)


async def sound(setup: Setup, *keys: str) -> None:
    for key in keys:
        now = setup.desk.clock.now()
        await setup.stores.alarms.sound(Alarm(key=key, title="Trouble", text="More.", raised_at=now))


async def test_a_new_mailbox_asks_a_person_about_every_reply_and_takes_older_mail_as_history(setup: Setup) -> None:
    await added(setup)
    found = await connected(setup.stores, hello("shop").id)
    assert (found.mailbox.mode, found.mailbox.connected_at) == (Mode.REVIEW, setup.desk.clock.now())
    assert found.receiver is not None
    assert (found.receiver.name, found.receiver.kind) == ("shop", "pigeon")
    assert "hush" not in str(await sheet(setup.stores, found.mailbox.id))


async def test_a_draft_that_is_not_added_leaves_nothing_behind(setup: Setup) -> None:
    await draft_mailbox(setup, hello("shop"), "pigeon", VALUES)
    assert (await setup.stores.mailboxes.list(), await setup.stores.accounts.list(FAMILY)) == ((), ())
    with pytest.raises(ConfigurationError, match="owl"):
        await draft_mailbox(setup, hello("shop"), "owl", VALUES)


async def test_a_name_is_taken_once(setup: Setup) -> None:
    draft = await draft_mailbox(setup, hello("shop"), "pigeon", VALUES)
    await add_mailbox(setup.stores, draft)
    with pytest.raises(ConflictError, match="already"):
        await add_mailbox(setup.stores, draft)
    with pytest.raises(ConflictError, match="already"):
        await draft_mailbox(setup, hello("shop"), "pigeon", VALUES)


async def test_of_two_that_add_one_name_at_once_the_first_keeps_its_account(setup: Setup) -> None:
    first, second = [await draft_mailbox(setup, hello("shop"), "pigeon", {"host": host}) for host in ("one", "two")]
    await add_mailbox(setup.stores, first)
    with pytest.raises(ConflictError, match="already"):
        await add_mailbox(setup.stores, second)
    assert (await connected(setup.stores, first.mailbox.id)).receiver == first.receiver


async def test_of_many_that_add_one_name_at_once_one_wins_with_rules_and_account(setup: Setup) -> None:
    drafts = [
        await draft_mailbox(setup, replace(hello("shop"), reply_to=f"{host}@example.com"), "pigeon", {"host": host})
        for host in ("one", "two", "three")
    ]
    done = await asyncio.gather(*(add_mailbox(setup.stores, draft) for draft in drafts), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["ConflictError", "ConflictError", "Mailbox"]
    found = await connected(setup.stores, hello("shop").id)
    assert found.receiver is not None
    assert found.mailbox.reply_to == f"{found.receiver.values['host']}@example.com"


async def test_a_removing_that_breaks_off_leaves_no_secret_behind_and_can_be_done_again(setup: Setup) -> None:
    mailbox = await added(setup)
    stays = _Removes(setup.stores.mailboxes)
    broken = replace(setup, desk=replace(setup.desk, stores=replace(setup.stores, mailboxes=stays)))
    with pytest.raises(StoreError):
        await remove_mailbox(broken, mailbox.id)
    assert await setup.stores.accounts.list(FAMILY) == ()
    await remove_mailbox(setup, mailbox.id)
    assert await setup.stores.mailboxes.list() == ()


@pytest.mark.parametrize("change", [{"username": "ann"}, {"folder": "Support"}])
async def test_a_mailbox_that_reads_another_place_is_connected_anew(setup: Setup, change: dict[str, object]) -> None:
    before = await long_ago(setup)
    after = await changed(setup, before, AccountChange(values=change))
    assert after.mailbox.connected_at == setup.desk.clock.now()
    assert after.receiver is not None
    assert before.receiver is not None
    assert after.receiver.generation not in {"", before.receiver.generation}


@pytest.mark.parametrize("change", [{"password": "new"}, {"port": 143}, {"folder": "INBOX"}, {"host": "loft"}])
async def test_a_mailbox_that_reads_the_same_place_stays_connected(setup: Setup, change: dict[str, object]) -> None:
    before = await long_ago(setup)
    after = await changed(setup, before, AccountChange(values=change))
    assert after.mailbox.connected_at == before.mailbox.connected_at
    assert after.receiver is not None
    assert before.receiver is not None
    assert after.receiver.generation == before.receiver.generation


async def test_a_box_that_moves_to_another_host_loses_nothing_that_was_not_received_yet(setup: Setup) -> None:
    before = await long_ago(setup)
    after = await changed(setup, before, AccountChange(values={"host": "roof"}))
    assert after.mailbox.connected_at == before.mailbox.connected_at
    assert after.receiver is not None
    assert before.receiver is not None
    # Its numbers of messages mean something else there.
    assert after.receiver.generation != before.receiver.generation


async def test_a_mailbox_that_is_added_again_is_another_one(setup: Setup) -> None:
    before = await long_ago(setup)
    await remove_mailbox(setup, before.mailbox.id)
    await added(setup)
    after = await connected(setup.stores, before.mailbox.id)
    assert after.mailbox.connected_at == setup.desk.clock.now()
    assert after.receiver is not None
    assert before.receiver is not None
    assert after.receiver.generation != before.receiver.generation


async def test_an_adding_that_broke_off_half_way_can_be_done_again(setup: Setup) -> None:
    draft = await draft_mailbox(setup, hello("shop"), "pigeon", {"host": "old"})
    assert draft.receiver is not None
    await setup.stores.accounts.add(draft.receiver)
    await added(setup)
    found = await connected(setup.stores, hello("shop").id)
    assert found.receiver is not None
    assert found.receiver.values == {"host": "loft"}


async def test_rules_and_account_are_changed_together(setup: Setup) -> None:
    mailbox = await added(setup)
    wanted = replace(mailbox, pilot_addresses=("me@example.com",))
    draft = await draft_mailbox_change(setup, wanted, AccountChange(values={"host": "roof"}))
    changed = await change_mailbox(setup, draft)
    found = await connected(setup.stores, mailbox.id)
    assert found.mailbox == changed
    assert (changed.revision, changed.pilot_addresses) == (1, ("me@example.com",))
    assert found.receiver is not None
    assert found.receiver.values == {"host": "roof"}
    assert "password" in opened_values(found.receiver, setup.seal)


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(setup: Setup) -> None:
    mailbox = await added(setup)
    late = await draft_mailbox_change(
        setup, replace(mailbox, time_zone="Europe/Rome"), AccountChange(values={"host": "late"})
    )
    await change_mailbox(setup, await draft_mailbox_change(setup, replace(mailbox, reply_to="a@example.com")))
    with pytest.raises(ConflictError, match="meanwhile"):
        await change_mailbox(setup, late)
    found = await connected(setup.stores, mailbox.id)
    assert (found.mailbox.time_zone, found.mailbox.reply_to) == ("UTC", "a@example.com")
    assert found.receiver is not None
    assert found.receiver.values == {"host": "loft"}


async def test_of_two_changes_at_once_the_later_one_leaves_rules_and_account_alone(setup: Setup) -> None:
    mailbox = await added(setup)
    drafts = [
        await draft_mailbox_change(
            setup, replace(mailbox, reply_to=f"{host}@example.com"), AccountChange(values={"host": host})
        )
        for host in ("first", "second")
    ]
    done = await asyncio.gather(*(change_mailbox(setup, draft) for draft in drafts), return_exceptions=True)
    assert {type(one) for one in done} == {Mailbox, ConflictError}
    found = await connected(setup.stores, mailbox.id)
    assert found.receiver is not None
    assert found.mailbox.reply_to == f"{found.receiver.values['host']}@example.com"


async def test_an_account_that_was_changed_alone_is_told(setup: Setup) -> None:
    mailbox = await added(setup)
    draft = await draft_mailbox_change(setup, mailbox, AccountChange(values={"host": "late"}))
    stored = (await connected(setup.stores, mailbox.id)).receiver
    assert stored is not None
    assert await setup.stores.accounts.change(stored)
    with pytest.raises(ConflictError, match="are changed, its account is not"):
        await change_mailbox(setup, draft)


async def test_mode_automatic_forgets_why_automation_stopped(setup: Setup) -> None:
    mailbox = await added(setup)
    automatic = await change_mailbox(setup, await draft_mailbox_change(setup, replace(mailbox, mode=Mode.AUTOMATIC)))
    assert await setup.stores.mailboxes.stop(mailbox.id, reason="too many replies")
    await sound(setup, automation_alarm(mailbox.id), "quarantine/shop")
    stopped = (await connected(setup.stores, mailbox.id)).mailbox
    assert (stopped.mode, stopped.stopped) == (Mode.REVIEW, "too many replies")
    still = await change_mailbox(setup, await draft_mailbox_change(setup, replace(stopped, time_zone="Europe/Rome")))
    assert still.stopped
    again = await change_mailbox(setup, await draft_mailbox_change(setup, replace(still, mode=Mode.AUTOMATIC)))
    assert (again.stopped, again.revision) == ("", automatic.revision + 3)
    assert [one.key for one in await open_alarms(setup.stores)] == ["quarantine/shop"]


async def test_a_mailbox_is_forgotten_with_its_account_and_its_alarms_alone(setup: Setup) -> None:
    mailbox = await added(setup)
    await added(setup, "other")
    await sound(setup, "quarantine/shop", "account/receiver/shop", "account/sender/shop", "quarantine/other")
    await setup.stores.looks.put(Look(mailbox_id=mailbox.id, at=setup.desk.clock.now()))
    assert [len(one.alarms) for one in await sheets(setup.stores)] == [1, 2]
    await remove_mailbox(setup, mailbox.id)
    assert await setup.stores.looks.list() == ()
    assert [one.mailbox.id for one in await sheets(setup.stores)] == ["other"]
    assert [one.name for one in await setup.stores.accounts.list(FAMILY)] == ["other"]
    assert {one.key for one in await open_alarms(setup.stores)} == {"account/sender/shop", "quarantine/other"}
    with pytest.raises(NotFoundError, match="shop") as caught:
        await remove_mailbox(setup, mailbox.id)
    assert caught.value.hint == "There are: other."


async def test_a_mailbox_that_lost_its_account_gets_another_one(setup: Setup) -> None:
    mailbox = await added(setup)
    await setup.stores.accounts.remove(FAMILY, mailbox.id)
    assert await connected(setup.stores, mailbox.id) == Connected(mailbox=mailbox, receiver=None)
    with pytest.raises(NotFoundError, match="lost its account"):
        await draft_mailbox_change(setup, mailbox, AccountChange(values=VALUES))
    wanted = replace(mailbox, connected_at=LONG_AGO)
    await change_mailbox(setup, await draft_mailbox_change(setup, wanted, AccountChange(kind="pigeon", values=VALUES)))
    found = await connected(setup.stores, mailbox.id)
    assert found.receiver is not None
    assert found.mailbox.connected_at == setup.desk.clock.now()


async def test_a_wrong_change_is_refused_before_anything_is_stored(setup: Setup) -> None:
    mailbox = await added(setup)
    with pytest.raises(InputError, match="time zone"):
        await draft_mailbox_change(setup, replace(mailbox, time_zone="Moon/Base"))
    assert (await connected(setup.stores, mailbox.id)).mailbox == mailbox
