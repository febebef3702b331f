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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """The e-mails of the conversation that came after that of the review, and the replies of its execution."""

    newer: tuple[StoredEmail, ...]
    replies: tuple[Reply, ...]


async def sequel(stores: Stores, sheet: ReviewSheet) -> Sequel:
    """Return what happened since a review was asked, oldest first."""
    email = sheet.email
    pages = every(lambda after: stores.emails.of_conversation(email.conversation_id, after=after, limit=PAGE))
    return Sequel(
        newer=tuple([one async for one in pages if one.conversation_version > email.conversation_version]),
        replies=await stores.outbox.of_execution(ExecutionId(sheet.review.execution_id)),
    )


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
