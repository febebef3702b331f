"""What happened since a review was asked: the customer wrote again, its reply bounced."""

from dataclasses import dataclass

from postroom.actions.queue import ReviewSheet
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.email import Attachment, StoredEmail
from postroom.model.execution import ExecutionId
from postroom.model.reply import Reply

PAGE = 200
MAX_LOOKED_AT = 1_000
MAX_NEWER = 50
MAX_OTHERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """The e-mails of the conversation that came after that of the review, and the replies to its e-mail.

    The replies are those of its execution and the oldest `MAX_OTHERS` of others, oldest first: they may have answered
    the same e-mail. `more` says that there may be newer ones beside the `MAX_NEWER` given, of the first
    `MAX_LOOKED_AT` e-mails.
    """

    newer: tuple[StoredEmail, ...]
    replies: tuple[Reply, ...]
    more: bool = False


async def sequel(stores: Stores, sheet: ReviewSheet) -> Sequel:
    """Return what happened since a review was asked, oldest first."""
    replies = await _replies(stores, sheet)
    asked_about = sheet.email
    conversation = await stores.emails.conversation(asked_about.conversation_id)
    if conversation.version == asked_about.conversation_version:
        return Sequel(newer=(), replies=replies)
    newer: list[StoredEmail] = []
    looked_at = 0
    async for one in every(lambda after: stores.emails.of_conversation(conversation.id, after=after, limit=PAGE)):
        if looked_at == MAX_LOOKED_AT or len(newer) == MAX_NEWER:
            return Sequel(newer=tuple(newer), replies=replies, more=True)
        looked_at += 1
        if one.conversation_version > asked_about.conversation_version:
            newer.append(one)
    return Sequel(newer=tuple(newer), replies=replies)


async def _replies(stores: Stores, sheet: ReviewSheet) -> tuple[Reply, ...]:
    own = await stores.outbox.of_execution(ExecutionId(sheet.review.execution_id))
    others = await stores.outbox.of_email(sheet.email.id, limit=MAX_OTHERS)
    found = {reply.id: reply for reply in (*others.rows, *own)}
    return tuple(sorted(found.values(), key=lambda reply: reply.created_at))


async def attachment(stores: Stores, sheet: ReviewSheet, digest: str) -> tuple[Attachment, bytes]:
    """Return an attachment of the e-mail of a review, found by its digest or the beginning of that.

    Raises:
        NotFoundError: the e-mail has none such, or its bytes are not kept. InputError: several begin so.
    """
    kept = {one.digest: one for one in sheet.email.email.attachments if one.digest}
    found = [one for key, one in kept.items() if digest and key.startswith(digest.lower())]
    if not found:
        told = ", ".join(f"{key[:12]} ({one.filename})" for key, one in kept.items())
        hint = f"It has: {told}." if told else "It has no attachments that are kept."
        raise NotFoundError(f"The e-mail has no attachment {digest!r}.", hint=hint)
    if len(found) > 1:
        raise InputError(f"{len(found)} attachments begin with {digest!r}.", hint="Give more of the digest.")
    return found[0], await stores.emails.attachment(found[0].digest)
