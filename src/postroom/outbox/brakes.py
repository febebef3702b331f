"""Brakes: what stops an automatic reply in the last moment, besides the rules of its mailbox."""

from collections.abc import Sequence
from datetime import datetime

from postroom.errors import PluginError
from postroom.interfaces.node import NodeContext
from postroom.model.alarm import Alarm
from postroom.model.allowance import Limit
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mailbox
from postroom.model.reply import Reply
from postroom.outbox.deferral import answers_unseen, defer, overcome
from postroom.outbox.question import ask_instead

MOVED_ON = "The customer wrote again, somebody answered, or another mailbox did."
HOUR_SECONDS = 3600


async def look_elsewhere(context: NodeContext, reply: Reply, *, since: datetime | None = None) -> Outcome | None:
    """Look whether a person answered outside Postroom; where one has (after `since`), a person is asked instead.

    Signs that concern the conversation alone make an automatic draft stale before it is claimed: the lookouts of
    `Services` note what they see. A look in vain returns the outcome that waits for the next try: nothing is sent
    blind.

    Raises:
        PluginError, TransientError: as `defer`.
    """
    services = context.services
    lookout = services.lookouts.get(context.stored.mailbox_id)
    if lookout is None:
        return None
    obstacle = answers_unseen(context.stored.mailbox_id)
    try:
        await lookout.answers()
    except PluginError as error:
        return await defer(reply, error.message, obstacle, stores=services.stores, clock=services.clock)
    await overcome(reply, obstacle, stores=services.stores, clock=services.clock)
    answered_at = await services.stores.ledger.answered_at(context.stored.id)
    if answered_at is None or (since is not None and answered_at <= since):
        return None
    return await ask_instead(context, reply.id, MOVED_ON)


async def take_allowance(
    context: NodeContext, reply: Reply, wanted: Sequence[Limit], *, mailbox: Mailbox
) -> Outcome | None:
    """Take the reply's places under the limits; where one is full, a person is asked.

    A full total of the mailbox stops its automation as well and sounds an alarm.
    """
    stores, now = context.services.stores, context.services.clock.now()
    full = await stores.allowances.take(reply.id, wanted, at=now)
    if full is None:
        return None
    reason = _in_words(full)
    if full.total:
        await stores.mailboxes.stop(mailbox.id, reason=reason)
        alarm = Alarm(
            key=f"automation_stopped/{mailbox.id}",
            title=f"The automation of mailbox {mailbox.id!r} has stopped",
            text=f"There were {reason}. Everything goes to review until a person sets its mode to automatic again.",
            raised_at=now,
        )
        await stores.alarms.sound(alarm)
    return await ask_instead(context, reply.id, f"No reply goes out by itself: there were {reason}.")


def _in_words(limit: Limit) -> str:
    # What follows in the scope may be a customer's address.
    scope = limit.scope.partition("/")[0]
    whose = "of this mailbox" if limit.total else f"for this {scope}"
    window = "an hour" if limit.window_seconds == HOUR_SECONDS else f"{limit.window_seconds / HOUR_SECONDS:g} hours"
    return f"{limit.cap} automatic replies {whose} within {window}"
