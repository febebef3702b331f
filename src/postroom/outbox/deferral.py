"""Deferral: a reply that cannot be handed over now is parked until its next try, and people learn when that lasts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.alarm import Alarm
from postroom.model.execution import ExecutionId, Outcome, SentReply
from postroom.model.reply import Reply, ReplyState
from postroom.model.review import Review, ReviewKind
from postroom.outbox.postpone import TURN_WAIT, next_try

ALARM_AFTER = timedelta(minutes=15)
MAY_BE_OUT = " Its first sending was uncertain: the customer may have it already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What keeps all replies of a kind back: the key of its alarm, its title and what a person can do."""

    key: str
    title: str
    advice: str


def sender_unreachable(name: str) -> Outage:
    """Return the outage that a sender takes no mail."""
    return Outage(
        key=f"sender_unreachable/{name}",
        title=f"The sender {name!r} takes no mail",
        advice="Look at the account and its server; what waits is sent by itself once the server takes it again.",
    )


def answers_unseen(mailbox_id: str) -> Outage:
    """Return the outage that nobody can tell whether a person has answered outside Postroom."""
    return Outage(
        key=f"answers_unseen/{mailbox_id}",
        title=f"The mailbox {mailbox_id!r} cannot be looked at before a reply is sent",
        advice="Automatic replies wait until it can be seen again whether a person answered: look at its account.",
    )


async def defer(reply: Reply, detail: str, outage: Outage | None, *, stores: Stores, clock: Clock) -> Outcome:
    """Park a pending reply until its next try and return the outcome that waits for it; `detail` says what happened.

    Patience begins with the first try in vain, however long the reply had to wait for that. A reply that is deferred
    again, and tried for longer than `ALARM_AFTER`, sounds the alarm of the outage. Without an `outage` only this reply
    is in trouble, and people learn of it when it is given up.

    Raises:
        PluginError: it was tried for so long that a person must look; the row is failed then, or uncertain again.
        TransientError: the row is not pending any more; it must be looked at again.
    """
    now = clock.now()
    begun_at = await _begin(reply, detail, now, stores)
    if outage is not None and now - begun_at >= ALARM_AFTER:
        text = f"Replies have waited for more than {ALARM_AFTER.seconds // 60} minutes. {outage.advice}"
        await stores.alarms.sound(Alarm(key=outage.key, title=outage.title, text=text, raised_at=now))
    until = next_try(begun_at, now)
    if until is not None:
        return await _parked(reply, detail, until, stores)
    doubted = await was_uncertain(reply, stores)
    after = ReplyState.UNCERTAIN if doubted else ReplyState.FAILED
    if not await stores.outbox.settle(reply.id, before=ReplyState.PENDING, after=after, detail=detail):
        raise _changed(reply)
    raise PluginError(
        f"The reply could not be handed over for two days: {detail}{MAY_BE_OUT if doubted else ''}",
        hint="See what the server says, then retry; or leave it unanswered.",
    )


async def wait_for_turn(reply: Reply, detail: str, *, stores: Stores, clock: Clock) -> Outcome:
    """Park a pending reply for a moment, as all connections are in use: it is no outage, and no reason to give it up.

    Raises:
        TransientError: the row is not pending any more; it must be looked at again.
    """
    now = clock.now()
    await _begin(reply, detail, now, stores)
    return await _parked(reply, detail, now + TURN_WAIT, stores)


async def was_uncertain(reply: Reply, stores: Stores) -> bool:
    """Return whether people were asked about an earlier hand-over of `reply`: sending it again does not undo that."""
    execution_id = ExecutionId(reply.id.partition("/")[0])
    return any(_doubts(review, reply) for review in await stores.reviews.of_execution(execution_id))


async def overcome(reply: Reply, outage: Outage, *, stores: Stores, clock: Clock) -> None:
    """Clear the alarm of an outage that `reply` has just shown to be over, whether or not it had waited itself."""
    # Nearly always there is none: looking costs a read, where clearing in vain would cost a write per reply.
    if reply.not_before is not None or await _sounds(outage, stores):
        await stores.alarms.clear(outage.key, at=clock.now())


async def _sounds(outage: Outage, stores: Stores) -> bool:
    async for alarm in every(lambda after: stores.alarms.open(after=after)):
        if alarm.key == outage.key:
            return True
    return False


async def _begin(reply: Reply, detail: str, now: datetime, stores: Stores) -> datetime:
    """Return since when a pending reply has been tried in vain, and let that begin now where this is the first time."""
    if reply.not_before is not None:
        return reply.begun_at
    # By way of failed, which alone can be retried: a crash in between leaves what the next run tries again by itself.
    failed = ReplyState.FAILED
    if not await stores.outbox.settle(reply.id, before=ReplyState.PENDING, after=failed, detail=detail):
        raise _changed(reply)
    await stores.outbox.retry(reply.id, at=now, detail=detail)
    return now


async def _parked(reply: Reply, detail: str, until: datetime, stores: Stores) -> Outcome:
    if not await stores.outbox.defer(reply.id, until=until, detail=detail):
        raise _changed(reply)
    return Outcome(
        output="sent",
        waiting_for="sending",
        reply=SentReply(reply_id=reply.id, state=ReplyState.PENDING),
        note=f"not taken yet: {detail}; tried again at {until:%Y-%m-%d %H:%M:%S} UTC",
    )


def _changed(reply: Reply) -> TransientError:
    return TransientError(f"The reply {reply.id!r} changed meanwhile.", hint="It is looked at again; nothing to do.")


def _doubts(review: Review, reply: Reply) -> bool:
    """Whether `review` asks about a hand-over of this very edition: see `question.uncertain_question`."""
    key = f"{review.execution_id}/{review.node_id}"
    asked = f"{key}/uncertain{reply.id.removeprefix(key)}-"
    return review.kind is ReviewKind.UNCERTAIN_SEND and review.id.startswith(asked)
