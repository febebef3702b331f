"""Urgent mail outside the opening hours."""

import base64
import json
from datetime import UTC, datetime, time

from contracts.notifier_contract import LoopbackServer, loopback_server
from journeys.letters import URGENT
from journeys.shop import Shop, shop_mailbox
from postroom.actions.accounts import AccountForm
from postroom.model.account import AccountFamily
from postroom.model.execution import ExecutionStatus
from postroom.model.opening_hours import OpeningHours

SECRET = "whsec_" + base64.b64encode(b"fedcba9876543210fedcba98").decode()


def webhook(name: str, server: LoopbackServer) -> AccountForm:
    """Return a webhook to a server of the test."""
    values = {"url": f"http://127.0.0.1:{server.port}/{name}", "secret": SECRET, "allow_private": True}
    return AccountForm(name=name, kind="webhook", values=values)


async def test_outside_the_opening_hours_urgent_mail_is_told_to_those_on_duty_alone(shop: Shop) -> None:
    # Open for a day that is neither yesterday, today nor tomorrow, whenever the test runs.
    other_day = (datetime.now(UTC).weekday() + 3) % 7
    closed_now = (OpeningHours(weekday=other_day, opens=time(9), closes=time(17)),)
    async with loopback_server() as server:
        for name in ("day", "night"):
            await shop.open_account(AccountFamily.NOTIFIER, webhook(name, server))
        await shop.open_mailbox(shop_mailbox(opening_hours=closed_now, after_hours_notifiers=("night",)))
        async with shop.working() as work:
            shop.deliver(text=URGENT, subject="My account")
            (entry,) = await work.settled(1)
            assert entry.status is ExecutionStatus.WAITING
            (question,) = await work.questions()
            assert question.rank == 0
        (posted,) = server.posted
    assert posted.path == "/night"
    told = json.dumps(json.loads(posted.body))
    assert str(entry.email_id) in told
    # Who is told learns that there is one, not what is in it.
    assert "hacked" not in told
    assert "ann@customer.example" not in told
    assert shop.sent() == []
