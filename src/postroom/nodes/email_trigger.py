"""Email Trigger: where an execution begins; mail that no machine may answer leaves by its own output."""

from pydantic import BaseModel, ConfigDict

from postroom.guard.bounce import bounced, is_permanent
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.mime.own_mail import own_reason
from postroom.model.alarm import Alarm
from postroom.model.email import UPLOADED, FailedRecipient
from postroom.model.execution import Outcome
from postroom.model.reply import Reply
from postroom.model.suppression import Suppression


class EmailTriggerConfig(BaseModel):
    """The trigger has no settings: the mailbox names the workflow."""

    model_config = ConfigDict(extra="forbid")


@node(
    name="email_trigger",
    title="Email Trigger",
    config=EmailTriggerConfig,
    outputs=("email", "automatic"),
    effect=Effect.KEYED,
    starts=True,
)
async def email_trigger(context: NodeContext, config: EmailTriggerConfig) -> Outcome:
    """Let the mail of people in; automatic mail and our own takes the output `automatic` with the reason.

    A delivery report about a reply that we sent is noted on that reply, told as an alarm, and, where the failure is
    permanent, puts the recipient on the suppression list. That holds in every mode: what was sent was sent.
    """
    del config
    # An uploaded report can be forged: it must not say of a reply that it bounced.
    believed = not context.dry_run and UPLOADED not in context.email.cautions
    about = await _bounced_reply(context) if believed else None
    if about is not None:
        await _note_bounce(context, *about)
    reason = context.email.automatic or _own(context) or ("delivery_report" if about else None)
    if reason is None:
        return Outcome(output="email")
    note = f"no machine may answer: {reason}"
    if about is not None:
        reply, failed = about
        note += f"; the reply {reply.id} bounced ({_status(failed)})"
    return Outcome(output="automatic", ignored=reason, note=note)


def _own(context: NodeContext) -> str | None:
    mailboxes = context.services.mailboxes.values()
    ours = [address for mailbox in mailboxes for address in mailbox.addresses]
    return own_reason(context.email, addresses=ours, secret=context.services.identity.secret)


async def _bounced_reply(context: NodeContext) -> tuple[Reply, FailedRecipient] | None:
    report = context.email.report
    if report is None or report.message_id is None:
        return None
    reply = await context.services.stores.outbox.by_message_id(report.message_id)
    failed = bounced(report, reply) if reply is not None else None
    return (reply, failed) if reply is not None and failed is not None else None


async def _note_bounce(context: NodeContext, reply: Reply, failed: FailedRecipient) -> None:
    services, status = context.services, _status(failed)
    now = services.clock.now()
    await services.stores.outbox.bounced(reply.id, detail=f"{status} {failed.detail}".strip())
    if is_permanent(failed):
        address = reply.outgoing.recipient.address.lower()
        reason = f"A reply bounced for good ({status})."
        await services.stores.suppressions.add(Suppression(address=address, reason=reason, reply_id=reply.id, at=now))
    consequence = (
        "Nothing more is sent to its recipient until the address is taken off the suppression list."
        if is_permanent(failed)
        else "Its recipient may take a later one."
    )
    alarm = Alarm(
        key=f"reply_bounced/{reply.id}",
        title="A reply bounced",
        text=f"The reply of execution {reply.id.partition('/')[0]} bounced with status {status}. {consequence}",
        raised_at=now,
    )
    await services.stores.alarms.sound(alarm)


def _status(failed: FailedRecipient) -> str:
    return failed.status.strip() or "without a status"
