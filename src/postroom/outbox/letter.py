"""Letters: what is to be sent, made into a row of the outbox."""

from dataclasses import dataclass

from postroom.errors import InputError
from postroom.interfaces.node import NodeContext
from postroom.mime.compose import ReplyContent, compose_reply
from postroom.mime.message_id import make_message_id
from postroom.model.email import Address
from postroom.model.mailbox import SentPolicy
from postroom.model.reply import OutgoingEmail, Reply, ReplyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent, under which id and from which address.

    `notice` is what a reply without a person says of itself, None where a person answers for the words.
    """

    reply_id: ReplyId
    text: str
    sender: Address
    notice: str | None


def language_of(context: NodeContext) -> str:
    """Return the language of the reply: the draft's, else the customer's, else English."""
    if context.draft is not None:
        return context.draft.language
    return context.classification.language.name if context.classification else "en"


def compose(context: NodeContext, letter: Letter) -> Reply:
    """Return the pending reply that carries `letter`, composed now; nothing is stored.

    Raises:
        InputError: it is larger than its mailbox allows.
    """
    now = context.services.clock.now()
    automatic = letter.notice is not None
    passages = context.draft.passages if context.draft else ()
    return Reply(
        id=letter.reply_id,
        email_id=context.stored.id,
        mailbox_id=context.stored.mailbox_id,
        conversation_id=context.stored.conversation_id,
        outgoing=_outgoing(context, letter),
        conversation_version=context.stored.conversation_version if automatic else None,
        automatic=automatic,
        article_ids=tuple(dict.fromkeys(passage.article_id for passage in passages)),
        filed=context.mailbox.sent_policy is not SentPolicy.APPEND,
        created_at=now,
        updated_at=now,
    )


def _outgoing(context: NodeContext, letter: Letter) -> OutgoingEmail:
    mailbox, sender = context.mailbox, letter.sender
    outgoing = compose_reply(
        ReplyContent(
            answered=context.email,
            text=letter.text,
            sender=sender,
            mail_from=mailbox.bounce_address or mailbox.address.address,
            message_id=make_message_id(
                letter.reply_id, domain=sender.address.rpartition("@")[2], secret=context.services.identity.secret
            ),
            date=context.services.clock.now(),
            automatic=letter.notice is not None,
            disclosure=() if letter.notice is None else (letter.notice,),
            reply_to=mailbox.reply_to,
            signature=mailbox.signature(language_of(context)),
        )
    )
    if len(outgoing.content) > mailbox.max_reply_bytes:
        raise InputError(
            f"The reply has {len(outgoing.content)} bytes, more than the {mailbox.max_reply_bytes} of its mailbox.",
            hint="Raise max_reply_bytes of the mailbox, then retry; or answer it in another way.",
        )
    return outgoing
