import pytest

from contracts.store_nouns import at
from postroom.actions.alarms import clear_alarm, is_of_mailbox, open_alarms
from postroom.actions.desk import Desk
from postroom.errors import NotFoundError
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId


def alarm(key: str, minute: int = 0) -> Alarm:
    return Alarm(key=key, title="Trouble", text="More.", raised_at=at(minute))


async def test_every_open_alarm_is_found_and_a_cleared_one_is_not(desk: Desk) -> None:
    for number in range(205):
        await desk.stores.alarms.sound(alarm(f"quarantine/{number}", number))
    await clear_alarm(desk, "quarantine/7")
    found = await open_alarms(desk.stores)
    assert [one.key for one in found] == [f"quarantine/{number}" for number in range(205) if number != 7]
    with pytest.raises(NotFoundError, match="quarantine/7"):
        await clear_alarm(desk, "quarantine/7")


@pytest.mark.parametrize(
    ("key", "own"),
    [
        ("quarantine/shop", True),
        ("account/receiver/shop", True),
        ("account/sender/shop", False),
        ("sender_unreachable/shop", False),
        ("quarantine/shopping", False),
    ],
)
def test_an_alarm_is_of_the_mailbox_that_its_key_ends_with(key: str, *, own: bool) -> None:
    assert is_of_mailbox(alarm(key), MailboxId("shop")) is own
