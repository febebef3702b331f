"""Email Sender: puts the reply into the outbox and hands it over at most once; every doubt goes to a person."""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError, InputError, NotFoundError, PluginError, TransientError
from postroom.guard.limits import limits
from postroom.guard.own_address import answering_address
from postroom.guard.reply import refusal
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.interfaces.provider import Claim, Delivery, SendResult
from postroom.knowledge.disclosure import disclosure
from postroom.mime.compose import ReplyContent, compose_reply
from postroom.mime.message_id import make_message_id
from postroom.model.execution import Outcome, SentReply
from postroom.model.mailbox import Mailbox, Mode, SentPolicy
from postroom.model.reply import OutgoingEmail, Reply, ReplyId, ReplyState
from postroom.model.review import Decision, ReviewKind
from postroom.model.workflow import RetryPolicy
from postroom.outbox.brakes import look_elsewhere, take_allowance
from postroom.outbox.deferral import defer, overcome, sender_unreachable
from postroom.outbox.deliver import deliver
from postroom.outbox.question import STALE, ask, ask_instead, own_review
from postroom.outbox.verdicts import in_words, sends_nothing

# The reply to the final dot is waited for 10 minutes (RFC 5321 section 4.5.3.2.6); the node must wait longer.
TIMEOUT_SECONDS = 900.0
_CHOICE = "Approve sends it again, reject leaves it as it is."
_MOVED_ON = "The customer wrote again, or a person answered."
_MAIL_BOUNCED = "mail to this recipient has bounced, and `postroom suppression remove` must allow it first"


class EmailSenderConfig(BaseModel):
    """Which account sends."""

    model_config = ConfigDict(extra="forbid")

    sender: str | None = Field(
        default=None, description="Name of the sender; null: the mailbox's, or the only one there is."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent and who answers for it: a person (`decision`) or nobody (an automatic reply)."""

    text: str
    edition: str
    decision: Decision | None


@node(
    name="email_sender",
    title="Email Sender",
    config=EmailSenderConfig,
    outputs=("sent", "uncertain", "withdrawn"),
    effect=Effect.KEYED,
    retry=RetryPolicy(max_attempts=6, interval_seconds=5, max_interval_seconds=300, timeout_seconds=TIMEOUT_SECONDS),
)
async def email_sender(context: NodeContext, config: EmailSenderConfig) -> Outcome:
    """Send the approved text, or the sure draft, to the sender of the e-mail.

    The outbox is the journal of this node: run again, it finds its row and what became of it. It waits for a person
    where a send is uncertain, the conversation has moved on or something speaks against an automatic reply now, for
    `allow-sending` where sending is halted, and for its next try where the sender takes no mail.
    """
    if context.mailbox.mode is Mode.OBSERVE and _approved(context) and not context.dry_run:
        raise ConfigurationError(
            "A person approved this reply, but the mailbox is in mode observe now.",
            hint="Change its mode to review, then retry; or leave it unanswered.",
        )
    if context.dry_run or context.mailbox.mode is Mode.OBSERVE:
        return await _nothing_sent(context)
    sender_name = _sender_name(context, config)
    asked = await own_review(context, STALE)
    after_all = asked.decision if asked else None
    if after_all is not None and sends_nothing(after_all):
        return Outcome(output="withdrawn", decision=after_all, note=in_words(after_all))
    if asked is not None and after_all is None:
        return await ask_instead(context, ReplyId(context.key), asked.reason)
    stored = await _row(context, _letter(context, after_all))
    if stored.state is ReplyState.PENDING and (stopped := await _before_sending(context, stored)) is not None:
        return stopped
    return replace(await _deliver(context, sender_name, stored), decision=after_all)


async def _nothing_sent(context: NodeContext) -> Outcome:
    if context.attempt > 1 and not context.dry_run:
        # An earlier run may have left a row that waited for sending; nothing will come back to it.
        await context.services.stores.outbox.settle(
            ReplyId(context.key), before=ReplyState.PENDING, after=ReplyState.WITHDRAWN, detail="The mailbox observes."
        )
    return Outcome(output="sent", note="nothing is sent in a dry run or in mode observe")


def _approved(context: NodeContext) -> bool:
    decision = context.decided_here or context.decision
    return decision is not None and not sends_nothing(decision)


def _sender_name(context: NodeContext, config: EmailSenderConfig) -> str:
    senders = context.services.senders
    chosen = config.sender or context.mailbox.sender
    name = chosen or next(iter(senders), "")
    if name not in senders or (not chosen and len(senders) > 1):
        raise ConfigurationError(
            f"The sender {name!r} is not configured." if chosen else "It is not clear which sender sends.",
            hint=f"Name one of: {', '.join(sorted(senders)) or 'none yet'}.",
        )
    return name


def _letter(context: NodeContext, after_all: Decision | None) -> Letter:
    """Return what to send: `after_all` is what a person decided after an automatic reply was stopped."""
    if after_all is not None:
        return Letter(text=after_all.text, edition="/approved", decision=after_all)
    if context.decision is not None:
        if sends_nothing(context.decision) or not context.decision.text.strip():
            raise ConfigurationError(
                "A person did not approve any text to send.", hint="Lead only the output `approved` into the sender."
            )
        return Letter(text=context.decision.text, edition="", decision=context.decision)
    if context.draft is None:
        raise ConfigurationError(
            "The sender got neither a draft nor a decision.", hint="Lead only answers and approved reviews into it."
        )
    return Letter(text=context.draft.text, edition="", decision=None)


# ---- the row


async def _row(context: NodeContext, letter: Letter) -> Reply:
    """Return the reply's row in the outbox, made where there is none yet; a later run finds the first one."""
    now = context.services.clock.now()
    reply_id = ReplyId(f"{context.key}{letter.edition}")
    automatic = letter.decision is None
    draft = context.draft
    reply = Reply(
        id=reply_id,
        email_id=context.stored.id,
        mailbox_id=context.stored.mailbox_id,
        conversation_id=context.stored.conversation_id,
        outgoing=_composed(context, reply_id, letter),
        conversation_version=context.stored.conversation_version if automatic else None,
        automatic=automatic,
        article_ids=tuple(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else (),
        filed=context.mailbox.sent_policy is not SentPolicy.APPEND,
        created_at=now,
        updated_at=now,
    )
    outbox = context.services.stores.outbox
    stored = await outbox.add(reply)
    if stored.state is not ReplyState.FAILED:
        return stored
    # A refusal is certain, so a retry that a person asked for may hand it over again.
    await outbox.settle(stored.id, before=ReplyState.FAILED, after=ReplyState.PENDING, detail="tried again")
    return await outbox.get(stored.id)


def _composed(context: NodeContext, reply_id: ReplyId, letter: Letter) -> OutgoingEmail:
    mailbox, draft = context.mailbox, context.draft
    sender = answering_address(context.email, mailbox)
    automatic = letter.decision is None
    language = draft.language if draft else "en"
    outgoing = compose_reply(
        ReplyContent(
            answered=context.email,
            text=letter.text,
            sender=sender,
            mail_from=mailbox.bounce_address or mailbox.address.address,
            message_id=make_message_id(
                reply_id, domain=sender.address.rpartition("@")[2], secret=context.services.identity.secret
            ),
            date=context.services.clock.now(),
            automatic=automatic,
            disclosure=(disclosure(language, by_model=draft.by_model if draft else False),) if automatic else (),
            reply_to=mailbox.reply_to,
            signature=mailbox.signature(language),
        )
    )
    if len(outgoing.content) > mailbox.max_reply_bytes:
        raise InputError(
            f"The reply has {len(outgoing.content)} bytes, more than the {mailbox.max_reply_bytes} of its mailbox.",
            hint="Raise max_reply_bytes of the mailbox, then retry; or answer it in another way.",
        )
    return outgoing


# ---- what may stop it


async def _before_sending(context: NodeContext, reply: Reply) -> Outcome | None:
    """Return the outcome that keeps a reply from being handed over now, None where nothing does."""
    stores, clock = context.services.stores, context.services.clock
    if reply.not_before is not None and reply.not_before > clock.now():
        return _waiting(reply, f"not due before {reply.not_before:%Y-%m-%d %H:%M:%S} UTC")
    recipient = reply.outgoing.recipient.address
    suppressed = await stores.suppressions.get(recipient) is not None
    if not reply.automatic:
        if suppressed:
            await stores.outbox.settle(
                reply.id, before=ReplyState.PENDING, after=ReplyState.FAILED, detail="The recipient is suppressed."
            )
            raise ConfigurationError(
                "Mail to this recipient has bounced: it is on the suppression list.",
                hint="`postroom suppression remove ADDRESS` takes it off the list; then retry.",
            )
        return None
    mailbox = await _mailbox_now(context)
    reason = _MAIL_BOUNCED if suppressed else _refused(context, context.mailbox) or _refused(context, mailbox)
    if reason is not None:
        return await ask_instead(context, reply.id, f"No reply goes out by itself: {reason}.")
    wanted = limits(mailbox, recipient=recipient, conversation_id=reply.conversation_id)
    return await look_elsewhere(context, reply) or await take_allowance(context, reply, wanted, mailbox=mailbox)


async def _mailbox_now(context: NodeContext) -> Mailbox:
    """Return the mailbox as it is stored: its automation may have been stopped since this run began."""
    try:
        return await context.services.stores.mailboxes.get(context.stored.mailbox_id)
    except NotFoundError:
        return context.mailbox


def _refused(context: NodeContext, mailbox: Mailbox) -> str | None:
    return refusal(
        context.email,
        mailbox,
        category=context.classification.category.name if context.classification else None,
        now=context.services.clock.now(),
        received_at=context.stored.received_at,
    )


# ---- handing it over


async def _deliver(context: NodeContext, sender_name: str, reply: Reply) -> Outcome:
    services, outbox = context.services, context.services.stores.outbox
    sender, obstacle = services.senders[sender_name], sender_unreachable(sender_name)
    try:
        result = await deliver(reply, outbox=outbox, sender=sender, clock=services.clock)
    except TransientError as error:
        result = SendResult(delivery=Delivery.DEFERRED, detail=error.message)
    except PluginError as error:
        await outbox.settle(reply.id, before=ReplyState.PENDING, after=ReplyState.FAILED, detail=error.message)
        raise
    match result.delivery:
        case Delivery.SENT:
            await overcome(reply, obstacle, stores=services.stores, clock=services.clock)
            return _outcome("sent", reply, ReplyState.SENT, f"sent; {result.detail}".rstrip("; "))
        case Delivery.DEFERRED:
            return await defer(reply, result.detail, obstacle, stores=services.stores, clock=services.clock)
        case Delivery.REFUSED:
            raise PluginError(f"The reply was refused: {result.detail}.", hint="See what the server said, then retry.")
        case Delivery.UNCERTAIN:
            return await _uncertain(context, sender_name, reply, result)
        case Delivery.NOT_CLAIMED:
            return await _not_claimed(context, reply, result)


async def _uncertain(context: NodeContext, sender_name: str, reply: Reply, result: SendResult) -> Outcome:
    outbox = context.services.stores.outbox
    present = await outbox.get(reply.id)
    # Each hand-over of each text is a question of its own: an answer to one is never taken for another.
    suffix = f"uncertain{reply.id.removeprefix(context.key)}-{present.lease}"
    review = await own_review(context, suffix)
    if review is None or review.decision is None:
        reason = f"The reply may or may not have been sent: {result.detail} Look whether it arrived. {_CHOICE}"
        waiting = await ask(context, suffix, ReviewKind.UNCERTAIN_SEND, reason)
        uncertain = SentReply(reply_id=reply.id, state=ReplyState.UNCERTAIN)
        return replace(waiting, reply=uncertain)
    if sends_nothing(review.decision):
        return _outcome("uncertain", reply, ReplyState.UNCERTAIN, "a person let it be")
    await outbox.settle(
        reply.id, before=ReplyState.UNCERTAIN, after=ReplyState.PENDING, detail=f"sent again by {review.decision.by}"
    )
    return await _deliver(context, sender_name, await outbox.get(reply.id))


async def _not_claimed(context: NodeContext, reply: Reply, result: SendResult) -> Outcome:
    if result.claim is Claim.HALTED:
        return _waiting(reply, "sending is halted or not due yet")
    if result.claim is Claim.STALE:
        return await ask_instead(context, reply.id, _MOVED_ON)
    raise TransientError(
        f"The reply {reply.id!r} is being sent by another run.", hint="It is looked at again; nothing to do."
    )


def _waiting(reply: Reply, note: str) -> Outcome:
    pending = SentReply(reply_id=reply.id, state=ReplyState.PENDING)
    return Outcome(output="sent", waiting_for="sending", reply=pending, note=note)


def _outcome(output: str, reply: Reply, state: ReplyState, note: str) -> Outcome:
    return Outcome(output=output, reply=SentReply(reply_id=reply.id, state=state), note=note)
