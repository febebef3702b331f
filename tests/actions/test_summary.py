"""Which stretch of time a summary is of."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.store_nouns import arrival
from postroom.actions.desk import Desk
from postroom.actions.summary import Stretch, summary_of
from postroom.errors import InputError
from postroom.model.email import MailboxId

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


async def test_left_open_it_is_the_seven_days_up_to_now(desk: Desk) -> None:
    found = (await summary_of(desk.stores, desk.clock, Stretch())).summary
    assert (found.until, found.until - found.since) == (desk.clock.now(), timedelta(days=7))


async def test_it_counts_the_mail_of_one_mailbox(desk: Desk) -> None:
    await desk.stores.ledger.accept([arrival(1), arrival(2, mailbox=MailboxId("sales"))])
    assert (await summary_of(desk.stores, desk.clock, Stretch())).summary.received == 2
    one = Stretch(mailbox_id=MailboxId("sales"))
    assert (await summary_of(desk.stores, desk.clock, one)).summary.received == 1


@pytest.mark.parametrize(
    "stretch",
    [
        Stretch(since=NEW_YEAR, until=NEW_YEAR),
        Stretch(since=NEW_YEAR, until=NEW_YEAR + timedelta(days=367)),
        Stretch(until=datetime.max.replace(tzinfo=UTC)),
        Stretch(since=datetime.min.replace(tzinfo=UTC)),
    ],
)
async def test_what_ends_too_soon_or_too_late_is_refused(desk: Desk, stretch: Stretch) -> None:
    with pytest.raises(InputError):
        await summary_of(desk.stores, desk.clock, stretch)
    leap_year = Stretch(since=NEW_YEAR, until=NEW_YEAR + timedelta(days=366))
    assert (await summary_of(desk.stores, desk.clock, leap_year)).summary.received == 0
