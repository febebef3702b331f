"""Delivery of one reply: claim → act → record.

A row in `sending` is never taken over. After a crash between claim and record nobody can know whether the message was
accepted (RFC 1047), so the row becomes `uncertain`, unless the provider's own records hold the message.
"""

from collections.abc import Collection

from postroom.interfaces.clock import Clock
from postroom.interfaces.provider import Claim, Delivery, Sender, SendResult
from postroom.interfaces.stores.outbox import Outbox
from postroom.model.reply import Reply, ReplyState

_STATES = {
    Delivery.SENT: ReplyState.SENT,
    Delivery.REFUSED: ReplyState.FAILED,
    Delivery.UNCERTAIN: ReplyState.UNCERTAIN,
    # The claim was granted, but it is certain that nothing was handed over: it may be claimed again.
    Delivery.DEFERRED: ReplyState.PENDING,
}


async def deliver(
    reply: Reply, *, outbox: Outbox, sender: Sender, clock: Clock, told: Collection[str] = ()
) -> SendResult:
    """Send a reply that is in the outbox, at most once, and return what is certain about it.

    `NOT_CLAIMED` says why nothing was done; `told` is for the claim. Of one that is not pending, what is known
    is returned, as by `look_back`.
    """
    if reply.state is ReplyState.PENDING:
        return await _send(reply, outbox=outbox, sender=sender, clock=clock, told=told)
    return await look_back(reply, outbox=outbox, sender=sender, clock=clock)


async def look_back(reply: Reply, *, outbox: Outbox, sender: Sender | None, clock: Clock) -> SendResult:
    """Return what is certain about a reply that was tried before; nothing is handed over.

    A row found in `sending` was cut off by a crash and is resolved; without a `sender` (its account was removed) nobody
    can be asked for it. A pending one is nobody's: `NOT_CLAIMED`.
    """
    match reply.state:
        case ReplyState.SENDING:
            return await _resolve(reply, outbox=outbox, sender=sender, clock=clock)
        case ReplyState.SENT:
            return SendResult(delivery=Delivery.SENT, detail=reply.detail)
        case ReplyState.UNCERTAIN:
            return SendResult(delivery=Delivery.UNCERTAIN, detail=reply.detail)
        case ReplyState.FAILED:
            return SendResult(delivery=Delivery.REFUSED, detail=reply.detail)
        case ReplyState.PENDING | ReplyState.WITHDRAWN:
            return SendResult(delivery=Delivery.NOT_CLAIMED, detail=f"It is {reply.state}.", claim=Claim.TAKEN)


async def _send(reply: Reply, *, outbox: Outbox, sender: Sender, clock: Clock, told: Collection[str]) -> SendResult:
    lease = reply.lease + 1
    asked = False

    async def claim() -> Claim:
        nonlocal asked
        asked = True
        return await outbox.claim(reply.id, lease=lease, at=clock.now(), told=told)

    result = await sender.send(reply.outgoing, claim)
    if result.delivery is Delivery.NOT_CLAIMED:
        return result
    state = _STATES[result.delivery]
    if asked:
        # Changes nothing where the lease is gone: whoever took the row over has the say.
        await outbox.record(reply.id, lease=lease, state=state, detail=result.detail, at=clock.now())
    elif result.delivery is Delivery.REFUSED:
        await outbox.settle(reply.id, before=ReplyState.PENDING, after=ReplyState.FAILED, detail=result.detail)
    return result


async def _resolve(reply: Reply, *, outbox: Outbox, sender: Sender | None, clock: Clock) -> SendResult:
    found = sender is not None and await sender.find(reply.outgoing.message_id)
    if found:
        state, delivery, detail = ReplyState.SENT, Delivery.SENT, "Found in the provider's records after a crash."
    else:
        state, delivery = ReplyState.UNCERTAIN, Delivery.UNCERTAIN
        detail = "The process ended between claiming and recording it: it may or may not have been sent."
    await outbox.record(reply.id, lease=reply.lease, state=state, detail=detail, at=clock.now())
    return SendResult(delivery=delivery, detail=detail)
