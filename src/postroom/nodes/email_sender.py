"""Email Sender: puts the reply into the outbox and hands it over at most once; every doubt goes to a person."""

from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.interfaces.provider import Claim, Delivery, Sender, SendResult
from postroom.knowledge.disclosure import disclosure
from postroom.mime.compose import ReplyContent, compose_reply
from postroom.mime.message_id import make_message_id
from postroom.model.draft import Draft
from postroom.model.execution import Outcome, SentReply
from postroom.model.mailbox import Mode
from postroom.model.reply import Reply, ReplyId, ReplyState
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import RetryPolicy
from postroom.outbox.deliver import deliver

# The reply to the final dot is waited for 10 minutes (RFC 5321 section 4.5.3.2.6); the node must wait longer.
TIMEOUT_SECONDS = 900.0
_CHOICE = "Approve sends it again, reject leaves it as it is."


class EmailSenderConfig(BaseModel):
    """Which account sends."""

    model_config = ConfigDict(extra="forbid")

    sender: str | None = Field(default=None, description="Name of the sender; null: the only one there is.")


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
    where a send is uncertain or the conversation has moved on, and for `allow-sending` where sending is halted.
    """
    if context.mailbox.mode is Mode.OBSERVE and context.decision is not None and not context.dry_run:
        raise ConfigurationError(
            "A person approved this reply, but the mailbox is in mode observe now.",
            hint="Change its mode to review, then retry; or leave it unanswered.",
        )
    if context.dry_run or context.mailbox.mode is Mode.OBSERVE:
        return Outcome(output="sent", note="nothing is sent in a dry run or in mode observe")
    sender = _sender(context, config)
    stale = await _own_review(context, "stale")
    after_all = stale.decision if stale else None
    if after_all is not None and after_all.verdict is Verdict.REJECT:
        return Outcome(output="withdrawn", decision=after_all, note="a person decided not to answer")
    if stale is not None and after_all is None:
        return await _overtaken(context, ReplyId(context.key))
    letter = _letter(context, after_all)
    outbox = context.services.stores.outbox
    stored = await outbox.add(await _reply(context, letter))
    if stored.state is ReplyState.FAILED:
        # A refusal is certain, so a retry that a person asked for may hand it over again.
        await outbox.settle(stored.id, before=ReplyState.FAILED, after=ReplyState.PENDING, detail="tried again")
        stored = await outbox.get(stored.id)
    return replace(await _deliver(context, sender, stored), decision=after_all)


def _sender(context: NodeContext, config: EmailSenderConfig) -> Sender:
    senders = context.services.senders
    name = config.sender or next(iter(senders), "")
    if name not in senders or (config.sender is None and len(senders) > 1):
        raise ConfigurationError(
            f"The sender {name!r} is not configured." if name else "No sender is configured.",
            hint=f"Name one of: {', '.join(sorted(senders)) or 'none yet'}.",
        )
    return senders[name]


def _letter(context: NodeContext, after_all: Decision | None) -> Letter:
    """Return what to send: `after_all` is what a person decided after the conversation had moved on."""
    if after_all is not None:
        return Letter(text=after_all.text, edition="/approved", decision=after_all)
    if context.decision is not None:
        if context.decision.verdict is Verdict.REJECT or not context.decision.text.strip():
            raise ConfigurationError(
                "A person did not approve any text to send.", hint="Lead only the output `approved` into the sender."
            )
        return Letter(text=context.decision.text, edition="", decision=context.decision)
    if context.draft is None:
        raise ConfigurationError(
            "The sender got neither a draft nor a decision.", hint="Lead only answers and approved reviews into it."
        )
    if context.mailbox.mode is not Mode.AUTOMATIC or context.email.automatic or context.email.cautions:
        raise ConfigurationError(
            "This e-mail may not be answered without a person.",
            hint="Lead the output `sure` of an Auto Responder into the sender, and everything else through a review.",
        )
    return Letter(text=context.draft.text, edition="", decision=None)


async def _reply(context: NodeContext, letter: Letter) -> Reply:
    services = context.services
    reply_id = ReplyId(f"{context.key}{letter.edition}")
    now = services.clock.now()
    sender = context.mailbox.address
    automatic = letter.decision is None
    draft = context.draft
    language = draft.language if draft else "en"
    outgoing = compose_reply(
        ReplyContent(
            answered=context.email,
            text=letter.text,
            sender=sender,
            mail_from=sender.address,
            message_id=make_message_id(
                reply_id, domain=sender.address.rpartition("@")[2], secret=services.identity.secret
            ),
            date=now,
            automatic=automatic,
            disclosure=(disclosure(language, by_model=draft.by_model if draft else False),) if automatic else (),
        )
    )
    return Reply(
        id=reply_id,
        email_id=context.stored.id,
        mailbox_id=context.stored.mailbox_id,
        conversation_id=context.stored.conversation_id,
        outgoing=outgoing,
        conversation_version=context.stored.conversation_version if automatic else None,
        automatic=automatic,
        article_ids=tuple(dict.fromkeys(passage.article_id for passage in draft.passages)) if draft else (),
        created_at=now,
        updated_at=now,
    )


async def _deliver(context: NodeContext, sender: Sender, reply: Reply) -> Outcome:
    services = context.services
    result = await deliver(reply, outbox=services.stores.outbox, sender=sender, clock=services.clock)
    match result.delivery:
        case Delivery.SENT:
            return _outcome("sent", reply, ReplyState.SENT, f"sent; {result.detail}".rstrip("; "))
        case Delivery.DEFERRED:
            raise TransientError(f"The reply was not taken yet: {result.detail}.", hint="It is tried again.")
        case Delivery.REFUSED:
            raise PluginError(f"The reply was refused: {result.detail}.", hint="See what the server said, then retry.")
        case Delivery.UNCERTAIN:
            return await _uncertain(context, sender, reply, result)
        case Delivery.NOT_CLAIMED:
            return await _not_claimed(context, reply, result)


async def _uncertain(context: NodeContext, sender: Sender, reply: Reply, result: SendResult) -> Outcome:
    outbox = context.services.stores.outbox
    present = await outbox.get(reply.id)
    # Each hand-over of each text is a question of its own: an answer to one is never taken for another.
    suffix = f"uncertain{reply.id.removeprefix(context.key)}-{present.lease}"
    review = await _own_review(context, suffix)
    if review is None or review.decision is None:
        reason = f"The reply may or may not have been sent: {result.detail} Look whether it arrived. {_CHOICE}"
        waiting = await _ask(context, suffix, ReviewKind.UNCERTAIN_SEND, reason)
        uncertain = SentReply(reply_id=reply.id, state=ReplyState.UNCERTAIN)
        return replace(waiting, reply=uncertain)
    if review.decision.verdict is Verdict.REJECT:
        return _outcome("uncertain", reply, ReplyState.UNCERTAIN, "a person let it be")
    await outbox.settle(
        reply.id, before=ReplyState.UNCERTAIN, after=ReplyState.PENDING, detail=f"sent again by {review.decision.by}"
    )
    return await _deliver(context, sender, await outbox.get(reply.id))


async def _not_claimed(context: NodeContext, reply: Reply, result: SendResult) -> Outcome:
    if result.claim is Claim.HALTED:
        pending = SentReply(reply_id=reply.id, state=ReplyState.PENDING)
        return Outcome(output="sent", waiting_for="sending", reply=pending, note="sending is halted or not due yet")
    if result.claim is Claim.STALE:
        return await _overtaken(context, reply.id)
    raise TransientError(
        f"The reply {reply.id!r} is being sent by another run.", hint="It is looked at again; nothing to do."
    )


async def _overtaken(context: NodeContext, reply_id: ReplyId) -> Outcome:
    """Ask a person about a draft that the conversation has overtaken, and withdraw it.

    Asked first: a crash in between only asks again, while a row withdrawn without a question would be lost.
    """
    waiting = await _ask(context, "stale", ReviewKind.DRAFT, "The customer wrote again, or a person answered.")
    await context.services.stores.outbox.settle(
        reply_id, before=ReplyState.PENDING, after=ReplyState.WITHDRAWN, detail="The conversation moved on."
    )
    return waiting


async def _own_review(context: NodeContext, suffix: str) -> Review | None:
    review_id = ReviewId(f"{context.key}/{suffix}")
    reviews = await context.services.stores.reviews.of_execution(context.execution_id)
    return next((review for review in reviews if review.id == review_id), None)


async def _ask(context: NodeContext, suffix: str, kind: ReviewKind, reason: str) -> Outcome:
    review = Review(
        id=ReviewId(f"{context.key}/{suffix}"),
        kind=kind,
        execution_id=context.execution_id,
        node_id=context.node_id,
        email_id=context.stored.id,
        rank=0 if kind is ReviewKind.UNCERTAIN_SEND else 1,
        reason=reason,
        draft=_as_sent(context),
        status=ReviewStatus.OPEN,
        created_at=context.services.clock.now(),
    )
    await context.services.stores.reviews.add(review)
    return Outcome(output="uncertain", waiting_for="review", review_id=review.id, note=reason)


def _as_sent(context: NodeContext) -> Draft | None:
    """Return the draft with the words that were to be sent: a person's where one had decided."""
    if context.draft is None or context.decision is None:
        return context.draft
    return replace(context.draft, text=context.decision.text)


def _outcome(output: str, reply: Reply, state: ReplyState, note: str) -> Outcome:
    return Outcome(output=output, reply=SentReply(reply_id=reply.id, state=state), note=note)
