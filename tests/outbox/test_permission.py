"""Permission: what forbids a reply although a person wants it, and what mends it."""

from dataclasses import replace

import pytest

from nodes.stage import Stage
from postroom.interfaces.node import NodeContext
from postroom.model.mailbox import Mode
from postroom.model.reply import Reply, ReplyId
from postroom.outbox.letter import Letter, compose
from postroom.outbox.permission import against_approved, barred, is_suppressed, mailbox_now, unsendable


def reply_in(context: NodeContext) -> Reply:
    address = context.mailbox.address
    return compose(context, Letter(reply_id=ReplyId("x/send"), text="Yes.", sender=address, notice=None))


async def test_nothing_speaks_against_a_reply_of_a_mailbox_that_sends(stage: Stage) -> None:
    assert barred(stage.context, stage.context.mailbox) is None
    assert await against_approved(stage.context, reply_in(stage.context)) is None


@pytest.mark.parametrize("stored", [False, True])
async def test_mode_observe_speaks_against_it_wherever_it_is_set(stage: Stage, *, stored: bool) -> None:
    observing = replace(stage.context.mailbox, mode=Mode.OBSERVE)
    context = stage.context if stored else replace(stage.context, mailbox=observing)
    if stored:
        await stage.stores.mailboxes.add(observing)
        assert (await mailbox_now(context)).mode is Mode.OBSERVE
    error = await against_approved(context, reply_in(context))
    assert error is not None
    assert ("mode observe" in error.message, "Change its mode" in error.hint) == (True, True)


async def test_a_removed_mailbox_has_another_way_out_than_mode_observe(stage: Stage) -> None:
    services = replace(stage.context.services, mailboxes={})
    bar = barred(replace(stage.context, services=services), stage.context.mailbox)
    assert bar is not None
    assert ("removed" in bar, "Add the mailbox again" in unsendable(bar).hint) == (True, True)


async def test_an_address_that_bounced_speaks_against_it(stage: Stage) -> None:
    await stage.suppress()
    reply = reply_in(stage.context)
    assert await is_suppressed(stage.context, reply)
    error = await against_approved(stage.context, reply)
    assert error is not None
    assert "off the suppression list" in error.hint
