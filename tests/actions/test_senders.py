from dataclasses import replace

import pytest

from actions.setup_case import hello
from postroom.actions.accounts import AccountChange, AccountForm, Setup
from postroom.actions.alarms import open_alarms
from postroom.actions.mailboxes import add_mailbox, draft_mailbox
from postroom.actions.notifiers import add_notifier, draft_notifier
from postroom.actions.senders import (
    FAMILY,
    add_sender,
    change_sender,
    draft_sender,
    draft_sender_change,
    mailboxes_of,
    remove_sender,
)
from postroom.errors import ConflictError, NotFoundError
from postroom.model.alarm import Alarm
from postroom.model.mailbox import Mailbox


def form(name: str) -> AccountForm:
    return AccountForm(name=name, kind="pigeon", values={"host": "loft"})


async def add(setup: Setup, mailbox: Mailbox) -> None:
    await add_mailbox(setup.stores, await draft_mailbox(setup, mailbox, "pigeon", {"host": "loft"}))


async def test_a_sender_that_a_mailbox_names_is_not_removed(setup: Setup) -> None:
    await add_sender(setup.stores, draft_sender(setup, form("out")))
    await add(setup, replace(hello("shop"), sender="out"))
    with pytest.raises(ConflictError, match="shop"):
        await remove_sender(setup.desk, "out")
    await setup.stores.mailboxes.remove(hello("shop").id)
    await remove_sender(setup.desk, "out")
    assert await setup.stores.accounts.list(FAMILY) == ()
    with pytest.raises(NotFoundError):
        await remove_sender(setup.desk, "out")


async def test_a_sender_that_a_notifier_uses_is_not_removed(setup: Setup) -> None:
    await add_sender(setup.stores, draft_sender(setup, form("out")))
    told = AccountForm(name="boss", kind="pigeon", values={"host": "loft", "sender": "out"})
    await add_notifier(setup.stores, await draft_notifier(setup, told))
    with pytest.raises(ConflictError, match="boss"):
        await remove_sender(setup.desk, "out")


async def test_a_second_sender_waits_until_mailboxes_say_which_one_is_theirs(setup: Setup) -> None:
    await add_sender(setup.stores, draft_sender(setup, form("out")))
    await add(setup, hello("shop"))
    assert [one.id for one in await mailboxes_of(setup.stores, "out")] == ["shop"]
    with pytest.raises(ConflictError) as caught:
        await add_sender(setup.stores, draft_sender(setup, form("other")))
    assert "give the mailbox shop the sender out" in caught.value.hint


async def test_a_sender_is_changed_by_its_settings(setup: Setup) -> None:
    await add_sender(setup.stores, draft_sender(setup, form("out")))
    draft = await draft_sender_change(setup, "out", AccountChange(values={"port": "587"}))
    changed = await change_sender(setup.stores, draft)
    assert changed.values == {"host": "loft", "port": 587}
    with pytest.raises(ConflictError):
        await change_sender(setup.stores, draft)


async def test_the_alarms_about_a_sender_go_with_it(setup: Setup) -> None:
    await add_sender(setup.stores, draft_sender(setup, form("out")))
    own = ("account/sender/out", "credentials/sender/out", "sender_unreachable/out")
    for key in (*own, "account/notifier/out", "sender_unreachable/outer"):
        now = setup.desk.clock.now()
        await setup.stores.alarms.sound(Alarm(key=key, title="Trouble", text="More.", raised_at=now))
    await remove_sender(setup.desk, "out")
    assert {one.key for one in await open_alarms(setup.stores)} == {"account/notifier/out", "sender_unreachable/outer"}
