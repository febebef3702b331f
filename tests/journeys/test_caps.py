"""The caps of automatic replies, and how automation goes on after they have stopped it."""

from dataclasses import replace

from journeys.letters import ANN, DELIVERY, RETURN
from journeys.shop import MAILBOX, Shop, Work, shop_mailbox
from postroom.actions.mailboxes import change_mailbox, draft_mailbox_change
from postroom.model.execution import FinalState
from postroom.model.mailbox import Caps, Mode

CAPS = Caps(per_correspondent=2, per_domain=100, per_conversation=3, per_hour=3, per_day=100)


async def asks(shop: Shop, work: Work, sender: str, *, text: str = RETURN) -> FinalState | None:
    """Let somebody ask, and return what became of it."""
    number = len(await work.entries())
    shop.deliver(sender=sender, text=text)
    return (await work.settled(number + 1))[-1].final_state


async def test_caps_send_the_rest_to_people_until_a_person_allows_automation_again(shop: Shop) -> None:
    await shop.open_mailbox(shop_mailbox(caps=CAPS))
    alarm = f"automation_stopped/{MAILBOX}"
    async with shop.working() as work:
        assert await asks(shop, work, ANN) is FinalState.ANSWERED
        assert await asks(shop, work, ANN, text=DELIVERY) is FinalState.ANSWERED
        assert (
            await asks(shop, work, ANN, text="Hello,\ndo you deliver to other countries?\nAnn") is FinalState.IN_REVIEW
        )
        assert alarm not in await work.alarms()

        assert await asks(shop, work, "bob@customer.example") is FinalState.ANSWERED
        assert await asks(shop, work, "cid@customer.example") is FinalState.IN_REVIEW
        assert alarm in await work.alarms()
        stopped = await work.stores.mailboxes.get(MAILBOX)
        assert stopped.mode is Mode.REVIEW
        assert stopped.stopped
        assert await asks(shop, work, "dan@customer.example") is FinalState.IN_REVIEW
        assert len(shop.sent()) == 3

        setup = shop.setup(work.stores)
        wanted = replace(stopped, mode=Mode.AUTOMATIC, caps=replace(CAPS, per_hour=10))
        await change_mailbox(setup, await draft_mailbox_change(setup, wanted))
        assert alarm not in await work.alarms()
        await work.postroom.refresh()
        assert await asks(shop, work, "eve@customer.example") is FinalState.ANSWERED
        assert len(await work.questions()) == 3
    assert len(shop.sent()) == 4
