"""A review in words: the question, the mail, the draft, and what happened since."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from postroom.cli.output import moment

if TYPE_CHECKING:
    from postroom.actions.queue import ReviewSheet
    from postroom.actions.sequel import Sequel
    from postroom.model.email import Address, Email
    from postroom.model.review import Review

SHOWN_DIGEST_CHARS = 12


def in_words(found: "ReviewSheet", since: "Sequel") -> str:
    """Return a review as people read it."""
    one, email = found.review, found.email.email
    return "\n".join(
        [
            f"Review {one.id} ({one.kind.value}, {one.status.value}, rank {one.rank}) of {moment(one.created_at)}",
            f"Why: {one.reason}",
            *_since(since),
            *_head(email, found.recipient),
            "",
            email.new_text,
            *_draft(one),
        ]
    )


def _since(since: "Sequel") -> Iterator[str]:
    if since.newer:
        times = ", ".join(moment(one.received_at) for one in since.newer)
        yield f"NEWER MAIL: the conversation went on since ({len(since.newer)}: {times}); the draft does not know of it"
    for reply in since.replies:
        if reply.bounced:
            yield f"BOUNCED: the reply to {reply.outgoing.recipient.address} came back: {reply.bounced}"


def _head(email: "Email", recipient: "Address | None") -> Iterator[str]:
    from postroom.mime.caution_words import cautions_in_words

    yield f"From: {_named(email.from_address) if email.from_address else 'nobody'}"
    if email.original_from is not None:
        yield f"Written by, as it says: {_named(email.original_from)}"
    yield f"A reply goes to: {recipient.address if recipient else 'nobody, it has no usable address'}"
    yield f"Subject: {email.subject}"
    if email.cautions:
        yield f"Cautions: {cautions_in_words(email.cautions)}"
    for one in email.attachments:
        kept = one.digest[:SHOWN_DIGEST_CHARS] or "not kept"
        yield f"Attachment: {one.filename or 'without a name'} ({one.content_type}, {one.size_bytes} bytes, {kept})"


def _draft(one: "Review") -> Iterator[str]:
    if one.draft is not None:
        articles = ", ".join(dict.fromkeys(passage.article_id for passage in one.draft.passages)) or "no article"
        yield ""
        yield f"--- Draft ({articles}, probability {one.draft.probability:.2f}) ---"
        yield one.draft.text
    if one.decision is not None:
        yield ""
        yield f"Decided by {one.decision.by} at {moment(one.decision.at)}: {one.decision.verdict.value}"


def _named(address: "Address") -> str:
    return f"{address.name} <{address.address}>".strip()
