from dataclasses import replace

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
from postroom.errors import ConfigurationError, ConflictError, InputError, NotFoundError
from postroom.model.alarm import Alarm
from postroom.model.mailbox import Mailbox, Mode

VALUES = {"host": "loft", "password": "hush"}


async def added(setup: Setup, name: str = "shop") -> Mailbox:
    return await add_mailbox(setup.stores, await draft_mailbox(setup, hello(name), "pigeon", VALUES))


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
    assert [len(one.alarms) for one in await sheets(setup.stores)] == [1, 2]
    await remove_mailbox(setup, mailbox.id)
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
    await change_mailbox(setup, await draft_mailbox_change(setup, mailbox, AccountChange(kind="pigeon", values=VALUES)))
    assert (await connected(setup.stores, mailbox.id)).receiver is not None


async def test_a_wrong_change_is_refused_before_anything_is_stored(setup: Setup) -> None:
    mailbox = await added(setup)
    with pytest.raises(InputError, match="time zone"):
        await draft_mailbox_change(setup, replace(mailbox, time_zone="Moon/Base"))
    assert (await connected(setup.stores, mailbox.id)).mailbox == mailbox
