from dataclasses import replace

import pytest

from actions.setup_case import hello
from contracts.store_nouns import SUPPORT, at, workflow
from postroom.actions.accounts import AccountChange, AccountForm, Setup
from postroom.actions.alarms import open_alarms
from postroom.actions.mailboxes import add_mailbox, draft_mailbox
from postroom.actions.notifiers import (
    FAMILY,
    add_notifier,
    change_notifier,
    draft_notifier,
    draft_notifier_change,
    remove_notifier,
)
from postroom.errors import ConflictError, InputError
from postroom.model.alarm import Alarm

FORM = AccountForm(name="boss", kind="pigeon", values={"host": "loft"})


async def test_a_notifier_must_name_a_sender_that_is_there(setup: Setup) -> None:
    with pytest.raises(InputError, match="no sender 'out'"):
        await draft_notifier(setup, replace(FORM, values={"host": "loft", "sender": "out"}))
    await add_notifier(setup.stores, await draft_notifier(setup, FORM))
    with pytest.raises(InputError, match="no sender 'out'"):
        await draft_notifier_change(setup, "boss", AccountChange(values={"sender": "out"}))


async def test_a_notifier_that_a_mailbox_or_a_workflow_names_is_not_removed(setup: Setup) -> None:
    await add_notifier(setup.stores, await draft_notifier(setup, FORM))
    mailbox = replace(hello("shop"), after_hours_notifiers=("boss",))
    await add_mailbox(setup.stores, await draft_mailbox(setup, mailbox, "pigeon", {"host": "loft"}))
    with pytest.raises(ConflictError, match="shop"):
        await remove_notifier(setup.desk, "boss")
    await setup.stores.mailboxes.remove(mailbox.id)
    first = workflow(SUPPORT)
    named = replace(first.nodes[0], config={"notifiers": ["boss"]})
    await setup.stores.workflows.save(replace(first, nodes=(named, *first.nodes[1:])), at=at(0))
    with pytest.raises(ConflictError, match="support"):
        await remove_notifier(setup.desk, "boss")
    await setup.stores.workflows.save(first, at=at(0))
    await remove_notifier(setup.desk, "boss")
    assert await setup.stores.accounts.list(FAMILY) == ()


async def test_a_notifier_is_changed_once_per_revision(setup: Setup) -> None:
    await add_notifier(setup.stores, await draft_notifier(setup, FORM))
    draft = await draft_notifier_change(setup, "boss", AccountChange(values={"host": "roof"}))
    assert (await change_notifier(setup.stores, draft)).values == {"host": "roof"}
    with pytest.raises(ConflictError):
        await change_notifier(setup.stores, draft)


async def test_the_alarms_about_a_notifier_go_with_it(setup: Setup) -> None:
    await add_notifier(setup.stores, await draft_notifier(setup, FORM))
    for key in ("account/notifier/boss", "account/sender/boss"):
        now = setup.desk.clock.now()
        await setup.stores.alarms.sound(Alarm(key=key, title="Trouble", text="More.", raised_at=now))
    await remove_notifier(setup.desk, "boss")
    assert [one.key for one in await open_alarms(setup.stores)] == ["account/sender/boss"]
