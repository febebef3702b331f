"""Brakes: what stops an automatic reply in the last moment, besides the rules of its mailbox."""

from collections.abc import Sequence

from postroom.errors import PluginError
from postroom.interfaces.node import NodeContext
from postroom.model.alarm import Alarm
from postroom.model.allowance import Limit
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mailbox
from postroom.model.reply import Reply
from postroom.outbox.deferral import answers_unseen, defer, overcome
from postroom.outbox.elsewhere import note_answers
from postroom.outbox.question import ask_instead


async def look_elsewhere(context: NodeContext, reply: Reply) -> Outcome | None:
    """Look whether a person answered outside Postroom: what is seen makes the draft stale before it is claimed.

    A look in vain returns the outcome that waits for the next try: nothing is sent blind.

    Raises:
        PluginError, TransientError: as `defer`.
    """
    services = context.services
    lookout = services.lookouts.get(context.stored.mailbox_id)
    if lookout is None:
        return None
    obstacle = answers_unseen(context.stored.mailbox_id)
    try:
        answers = await lookout.answers()
    except PluginError as error:
        return await defer(reply, error.message, obstacle, stores=services.stores, clock=services.clock)
    await note_answers(answers, stores=services.stores, clock=services.clock)
    await overcome(reply, obstacle, stores=services.stores, clock=services.clock)
    return None


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
    return f"{limit.cap} automatic replies for one {scope} within {limit.window_seconds / 3600:g} h"
