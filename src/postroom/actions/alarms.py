"""Alarms: what is wrong now, as people see it and clear it."""

from postroom.actions.desk import Desk
from postroom.errors import NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.account import AccountFamily
from postroom.model.alarm import Alarm
from postroom.model.email import MailboxId

PAGE = 200
OTHERS = (
    *(AccountFamily.SENDER.value, AccountFamily.NOTIFIER.value),
    *("sender_unreachable", "reply_bounced", "demoted", "coverage_fell"),
)


def automation_alarm(mailbox_id: MailboxId) -> str:
    """Return the key of the alarm that the automation of a mailbox stopped by itself."""
    return f"automation_stopped/{mailbox_id}"


async def clear_of_account(desk: Desk, family: AccountFamily, name: str) -> None:
    """Close the alarms about a sender or notifier that is gone."""
    kinds = [f"account/{family.value}", f"credentials/{family.value}"]
    if family is AccountFamily.SENDER:
        kinds.append("sender_unreachable")
    for kind in kinds:
        await desk.stores.alarms.clear(f"{kind}/{name}", at=desk.clock.now())


def is_of_mailbox(alarm: Alarm, mailbox_id: MailboxId) -> bool:
    """Return whether an alarm is about a mailbox or its account, by its key (`quarantine/<id>`, `…/receiver/<id>`)."""
    *kinds, name = alarm.key.split("/")
    return name == mailbox_id and not any(kind in OTHERS for kind in kinds)


async def open_alarms(stores: Stores) -> tuple[Alarm, ...]:
    """Return every open alarm, oldest first."""
    return tuple([one async for one in every(lambda after: stores.alarms.open(after=after, limit=PAGE))])


async def clear_alarm(desk: Desk, key: str) -> None:
    """Close an alarm; it is raised again where what is wrong happens again.

    Raises:
        NotFoundError: none of that key is open.
    """
    if not await desk.stores.alarms.clear(key, at=desk.clock.now()):
        raise NotFoundError(f"No alarm {key!r} is open.", hint="The list of alarms shows those that are.")
