"""Hand-over: gives a reply to its sender and turns what became of it into the outcome of the node."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from postroom.errors import PluginError, TransientError
from postroom.interfaces.node import NodeContext
from postroom.interfaces.provider import Claim, Delivery, Obstacle, Sender, SendResult
from postroom.model.execution import Outcome, SentReply
from postroom.model.reply import Reply, ReplyState
from postroom.model.review import ReviewKind
from postroom.outbox.brakes import MOVED_ON, look_elsewhere
from postroom.outbox.deferral import MAY_BE_OUT, defer, overcome, sender_unreachable, wait_for_turn, was_uncertain
from postroom.outbox.deliver import deliver, look_back
from postroom.outbox.edition import told_of
from postroom.outbox.permission import against_approved
from postroom.outbox.question import ask, ask_instead, take_back, uncertain_question
from postroom.outbox.verdicts import sends_nothing

_CHOICE = "Approve sends it again, unless its execution was cancelled; reject leaves it as it is."


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way out: the name of the sender, and what returns it or raises ConfigurationError where it is not clear."""

    name: str
    sender: Callable[[], Sender]


async def hand_over(context: NodeContext, way: Way, reply: Reply) -> Outcome:
    """Hand a pending reply over, or find out what became of it, and return the outcome.

    A doubt, and words that the conversation has left behind, wait for a person.

    Raises:
        PluginError: it was refused, or given up. TransientError: it must be looked at again.
        ConfigurationError: a person wants it sent again, but something forbids it.
    """
    services = context.services
    outbox, clock, outage = services.stores.outbox, services.clock, sender_unreachable(way.name)
    if reply.state is not ReplyState.PENDING:
        asked = services.senders.get(way.name)
        return await _outcome(context, way, reply, await look_back(reply, outbox=outbox, sender=asked, clock=clock))
    try:
        told = await told_of(context, reply.id)
        result = await deliver(reply, outbox=outbox, sender=way.sender(), clock=clock, told=told)
    except TransientError as error:
        result = SendResult(delivery=Delivery.DEFERRED, detail=error.message)
    except PluginError as error:
        await take_back(context, reply.id, error.message, state=ReplyState.FAILED)
        raise
    if result.delivery is Delivery.SENT:
        await overcome(reply, outage, stores=services.stores, clock=clock)
    if result.delivery is Delivery.DEFERRED and result.obstacle is Obstacle.BUSY:
        return await wait_for_turn(reply, result.detail, stores=services.stores, clock=clock)
    if result.delivery is Delivery.DEFERRED:
        blamed = outage if result.obstacle is Obstacle.SERVER else None
        return await defer(reply, result.detail, blamed, stores=services.stores, clock=clock)
    return await _outcome(context, way, reply, result)


async def _outcome(context: NodeContext, way: Way, reply: Reply, result: SendResult) -> Outcome:
    match result.delivery:
        case Delivery.SENT:
            return _ended("sent", reply, ReplyState.SENT, f"sent; {result.detail}".rstrip("; "))
        case Delivery.UNCERTAIN:
            return await _uncertain(context, way, reply, result)
        case Delivery.NOT_CLAIMED:
            return await _not_claimed(context, reply, result)
        case Delivery.REFUSED | Delivery.DEFERRED:
            raise await _refused(context, reply, result)


async def _refused(context: NodeContext, reply: Reply, result: SendResult) -> PluginError:
    """Return the error of a refusal; where an earlier sending was uncertain, that is what the reply is again."""
    stores, said = context.services.stores, f"The reply was refused: {result.detail}."
    if await was_uncertain(reply, stores):
        uncertain = ReplyState.UNCERTAIN
        await stores.outbox.settle(reply.id, before=ReplyState.FAILED, after=uncertain, detail=f"{said}{MAY_BE_OUT}")
        said += MAY_BE_OUT
    return PluginError(said, hint="See what the server said, then retry.")


async def _uncertain(context: NodeContext, way: Way, reply: Reply, result: SendResult) -> Outcome:
    stores = context.services.stores
    present = await stores.outbox.get(reply.id)
    question = uncertain_question(context, reply.id, present.lease)
    reviews = await stores.reviews.of_execution(context.execution_id)
    decision = next((review.final_decision for review in reviews if review.id == question), None)
    if decision is None:
        reason = f"The reply may or may not have been sent: {result.detail} Look whether it arrived. {_CHOICE}"
        waits = await ask(context, question, ReviewKind.UNCERTAIN_SEND, reason)
        return replace(waits, reply=SentReply(reply_id=reply.id, state=ReplyState.UNCERTAIN))
    if sends_nothing(decision):
        return _ended("uncertain", reply, ReplyState.UNCERTAIN, "a person let it be")
    # Asked before the row changes: what is forbidden stays uncertain.
    way.sender()
    if (error := await against_approved(context, present)) is not None:
        raise error
    again = f"sent again by {decision.by}"
    # By way of failed, which alone can be retried: patience begins anew.
    if await stores.outbox.settle(reply.id, before=ReplyState.UNCERTAIN, after=ReplyState.FAILED, detail=again):
        await stores.outbox.retry(reply.id, at=context.services.clock.now(), detail=again)
    present = await stores.outbox.get(reply.id)
    pending = present.state is ReplyState.PENDING
    stopped = await look_elsewhere(context, present, since=decision.at) if pending else None
    return stopped or await hand_over(context, way, present)


async def _not_claimed(context: NodeContext, reply: Reply, result: SendResult) -> Outcome:
    if result.claim is Claim.HALTED:
        return parked(reply, "sending is halted or not due yet")
    if result.claim is Claim.STALE:
        return await ask_instead(context, reply.id, MOVED_ON)
    raise TransientError(
        f"The reply {reply.id!r} changed meanwhile, or is being sent by another run.",
        hint="It is looked at again; nothing to do.",
    )


def parked(reply: Reply, note: str) -> Outcome:
    """Return the outcome that waits until `reply` may be sent."""
    pending = SentReply(reply_id=reply.id, state=ReplyState.PENDING)
    return Outcome(output="sent", waiting_for="sending", reply=pending, note=note)


def _ended(output: str, reply: Reply, state: ReplyState, note: str) -> Outcome:
    return Outcome(output=output, reply=SentReply(reply_id=reply.id, state=state), note=note)
