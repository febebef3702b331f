"""Email Sender: puts the reply into the outbox and hands it over at most once; every doubt goes to a person."""

from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from postroom.errors import ConfigurationError
from postroom.guard.answerable import against_rules
from postroom.guard.limits import limits
from postroom.guard.own_address import answering_address
from postroom.interfaces.node import Effect, NodeContext, node
from postroom.interfaces.provider import Sender
from postroom.knowledge.disclosure import disclosure
from postroom.learning.lesson import Asked, keep, lesson_of_stopped
from postroom.model.execution import Outcome, SentReply
from postroom.model.mailbox import Mailbox
from postroom.model.reply import Reply, ReplyId, ReplyState
from postroom.model.workflow import RetryPolicy
from postroom.outbox.brakes import look_elsewhere, take_allowance
from postroom.outbox.edition import Edition, latest_edition
from postroom.outbox.hand_over import Way, hand_over, parked
from postroom.outbox.letter import Letter, compose, language_of
from postroom.outbox.permission import against_approved, barred, is_suppressed, mailbox_now, unsendable
from postroom.outbox.question import ask_afterwards, ask_instead, stale_question, take_back, waiting
from postroom.outbox.verdicts import in_words, sends_nothing

# The reply to the final dot is waited for 10 minutes (RFC 5321 section 4.5.3.2.6). Before it come a look into the
# mailbox, the wait for a connection and the steps up to DATA, behind it the record: cut off there, a reply that was
# sent would be taken for uncertain.
TIMEOUT_SECONDS = 1800.0
_MAIL_BOUNCED = "mail to this recipient has bounced, and its address must be taken off the suppression list first"
_NEVER_HANDED_OVER = frozenset({ReplyState.PENDING, ReplyState.FAILED, ReplyState.WITHDRAWN})


class EmailSenderConfig(BaseModel):
    """Which account sends."""

    model_config = ConfigDict(extra="forbid")

    sender: str | None = Field(
        default=None, description="Name of the sender; null: the mailbox's, or the only one there is."
    )


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
    `allow-sending` where sending is halted, and for its next try where the sender takes no mail. In mode observe
    nothing begins, but what was begun before is not forgotten: a person learns of it.
    """
    if context.dry_run:
        return Outcome(output="sent", note="nothing is sent in a dry run")
    edition = await latest_edition(context)
    await _learn(context, edition)
    question = edition.question
    if question is not None:
        return waiting(question) if question.final_decision is None else _withdrawn(edition)
    after_all = edition.decision if edition.decision is not context.decision else None
    outcome = await _send(replace(context, decision=edition.decision), config, edition)
    await _audit(context, outcome)
    return outcome if after_all is None else replace(outcome, decision=after_all)


async def _learn(context: NodeContext, edition: Edition) -> None:
    """Keep what a person decided about a sure draft that was stopped on its way out."""
    if context.decision is not None or (edition.decision is None and edition.question is None):
        return
    stores = context.services.stores
    question = await stores.reviews.get(stale_question(context, ReplyId(context.key)))
    if question.final_decision is None:
        return
    asked = Asked(
        review_id=question.id, email=context.stored, classification=context.classification, draft=context.draft
    )
    lesson = lesson_of_stopped(asked, question.final_decision)
    if lesson is not None:
        await keep(stores, lesson)


async def _audit(context: NodeContext, outcome: Outcome) -> None:
    """Let a person judge a random share of what went out by itself; here, as no wiring leads around the sender."""
    reply, services = outcome.reply, context.services
    if reply is None or reply.state is not ReplyState.SENT or not services.assurance.drawn(context.execution_id):
        return
    if (await services.stores.outbox.get(reply.reply_id)).automatic:
        await ask_afterwards(context)


def _withdrawn(edition: Edition) -> Outcome:
    decision = edition.question.final_decision if edition.question else None
    uncertain = edition.row is not None and edition.row.state is ReplyState.UNCERTAIN
    reply = SentReply(reply_id=edition.reply_id, state=ReplyState.UNCERTAIN) if uncertain else None
    return Outcome(output="withdrawn", decision=decision, reply=reply, note=in_words(decision) if decision else "")


async def _send(context: NodeContext, config: EmailSenderConfig, edition: Edition) -> Outcome:
    row, outbox, way = edition.row, context.services.stores.outbox, _way(context, config)
    bar = barred(context, context.mailbox)
    if bar and (row is None or row.state in _NEVER_HANDED_OVER):
        return await _kept_back(context, edition, bar)
    if row is not None and row.state not in _NEVER_HANDED_OVER:
        return await hand_over(context, way, row)
    way.sender()
    if row is None:
        row = await outbox.add(compose(context, _letter(context, edition.reply_id)))
    elif row.state is ReplyState.WITHDRAWN:
        return await ask_instead(context, row.id, f"This reply was withdrawn before it was sent: {row.detail}")
    elif row.state is ReplyState.FAILED:
        # A refusal is certain, so a retry that a person asked for may hand it over again.
        await outbox.retry(row.id, at=context.services.clock.now(), detail="tried again")
        row = await outbox.get(row.id)
    if row.state is ReplyState.PENDING and (stopped := await _before_sending(context, row, edition)) is not None:
        return stopped
    return await hand_over(context, way, row)


def _way(context: NodeContext, config: EmailSenderConfig) -> Way:
    senders = context.services.senders
    chosen = config.sender or context.mailbox.sender
    name = chosen or next(iter(senders), "")

    def sender() -> Sender:
        if name not in senders or (not chosen and len(senders) > 1):
            raise ConfigurationError(
                f"The sender {name!r} is not configured." if chosen else "It is not clear which sender sends.",
                hint=f"Name one of: {', '.join(sorted(senders)) or 'none yet'}.",
            )
        return senders[name]

    return Way(name=name, sender=sender)


def _letter(context: NodeContext, reply_id: ReplyId) -> Letter:
    sender = answering_address(context.email, context.mailbox)
    decision, draft = context.decision, context.draft
    if decision is not None:
        if sends_nothing(decision) or not decision.text.strip():
            raise ConfigurationError(
                "A person did not approve any text to send.", hint="Lead only the output `approved` into the sender."
            )
        return Letter(reply_id=reply_id, text=decision.text, sender=sender, notice=None)
    if draft is None:
        raise ConfigurationError(
            "The sender got neither a draft nor a decision.", hint="Lead only answers and approved reviews into it."
        )
    notice = disclosure(language_of(context), by_model=draft.by_model)
    return Letter(reply_id=reply_id, text=draft.text, sender=sender, notice=notice)


# ---- what may stop it


async def _kept_back(context: NodeContext, edition: Edition, bar: str) -> Outcome:
    """Begin nothing; what waited to be sent goes to a person, and what a person approved does not vanish."""
    row = edition.row
    decision = context.decided_here or context.decision
    if decision is not None and not sends_nothing(decision):
        raise await _failed(context, row, unsendable(bar))
    if row is None or row.state is ReplyState.WITHDRAWN:
        return Outcome(output="sent", note=f"nothing is sent: {bar}")
    return await ask_instead(context, row.id, f"No reply goes out by itself: {bar}.")


async def _failed(context: NodeContext, row: Reply | None, error: ConfigurationError) -> ConfigurationError:
    """Return `error`, having failed the row if it is pending: a retry hands it over again."""
    if row is not None:
        await take_back(context, row.id, error.message, state=ReplyState.FAILED)
    return error


async def _before_sending(context: NodeContext, row: Reply, edition: Edition) -> Outcome | None:
    """Return the outcome that keeps a reply from being handed over now, None where nothing does."""
    if row.not_before is not None and row.not_before > context.services.clock.now():
        return parked(row, f"not due before {row.not_before:%Y-%m-%d %H:%M:%S} UTC")
    if row.automatic:
        return await _before_automatic(context, row)
    if (error := await against_approved(context, row)) is not None:
        raise await _failed(context, row, error)
    if edition.decision is None:
        return None
    # While the decision rested, or the reply had to wait, another person may have answered.
    return await look_elsewhere(context, row, since=edition.decision.at)


async def _before_automatic(context: NodeContext, row: Reply) -> Outcome | None:
    mailbox = await mailbox_now(context)
    reason = _MAIL_BOUNCED if await is_suppressed(context, row) else None
    reason = reason or against_rules(context, context.mailbox) or against_rules(context, mailbox)
    if reason is not None:
        return await ask_instead(context, row.id, f"No reply goes out by itself: {reason}.")
    recipient = row.outgoing.recipient.address
    wanted = limits(mailbox, recipient=recipient, conversation_id=row.conversation_id)
    elsewhere = await look_elsewhere(context, row)
    if elsewhere is not None:
        return elsewhere
    # Last, and whatever way led here: since it was drafted people may have judged, or wished, otherwise.
    if (doubt := _not_assured(context, mailbox)) is not None:
        return await ask_instead(context, row.id, f"No reply goes out by itself: {doubt}.")
    return await take_allowance(context, row, wanted, mailbox=mailbox)


def _not_assured(context: NodeContext, mailbox: Mailbox) -> str | None:
    found, draft = context.classification, context.draft
    if found is None or draft is None:
        return "nothing has labelled it, so nothing is guaranteed"
    return context.services.assurance.ruling(mailbox, found, draft).doubt_about(draft)
