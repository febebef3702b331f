"""Mail, questions and letters in the store of a test of the API."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from contracts.store_nouns import SHOP, SUPPORT, answering, arrival, at, mailbox, workflow
from postroom.interfaces.stores import Stores
from postroom.model.article import ArticleId, Passage
from postroom.model.draft import Draft
from postroom.model.email import Address, Attachment, StoredEmail
from postroom.model.execution import ExecutionStatus
from postroom.model.reply import OutgoingEmail, Reply, ReplyId
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus

_STATUS_OF = {ReviewKind.FAILURE: ExecutionStatus.FAILED, ReviewKind.AUDIT: ExecutionStatus.SUCCEEDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to be accepted; `files` are its attachments: (name, type) and bytes."""

    text: str = ""
    html: str | None = None
    follows: StoredEmail | None = None
    files: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()
    automatic: str | None = None


async def open_shop(stores: Stores) -> None:
    """Store the mailbox and the workflow of these mails."""
    await stores.mailboxes.add(mailbox(SHOP))
    await stores.workflows.save(workflow(SUPPORT), at=at(0))


async def accept(stores: Stores, number: int, mail: Mail | None = None) -> StoredEmail:
    """Accept the mail with that number and return it as it is stored."""
    mail = mail or Mail()
    wanted = replace(arrival(number), version=1)
    if mail.follows is not None:
        assert mail.follows.email.message_id is not None
        wanted = answering(wanted, mail.follows.email.message_id)
    digests = {place: sha256(content).hexdigest() for place, content in mail.files.items()}
    email = replace(
        wanted.email,
        text=mail.text or wanted.email.text,
        new_text=mail.text or wanted.email.new_text,
        html=mail.html,
        cautions=mail.cautions,
        automatic=mail.automatic,
        attachments=tuple(
            Attachment(filename=name, content_type=kind, size_bytes=len(content), digest=digests[name, kind])
            for (name, kind), content in mail.files.items()
        ),
    )
    kept = {digests[place]: content for place, content in mail.files.items()}
    await stores.ledger.accept([replace(wanted, email=email, attachments=kept)])
    return await stores.emails.get(wanted.email_id)


async def ask(stores: Stores, number: int, *, kind: ReviewKind = ReviewKind.DRAFT, mail: Mail | None = None) -> Review:
    """Accept a mail, let its execution wait (fail, or succeed), and ask about it."""
    stored = await accept(stores, number, mail)
    wanted = arrival(number)
    status = _STATUS_OF.get(kind, ExecutionStatus.WAITING)
    execution = await stores.executions.get(wanted.execution_id)
    await stores.executions.settle(replace(execution, status=status), ())
    passage = Passage(article_id=ArticleId("order_tracking"), language="en", text="Look here.", score=1.0)
    review = Review(
        id=ReviewId(f"{wanted.execution_id}/ask"),
        kind=kind,
        execution_id=wanted.execution_id,
        node_id="ask",
        email_id=stored.id,
        rank=1,
        reason="unsure",
        draft=Draft(text="Dear Ann", language="en", probability=0.5, passages=(passage,), responder="articles"),
        status=ReviewStatus.OPEN,
        created_at=at(number),
    )
    await stores.reviews.add(review)
    return review


async def post_letter(stores: Stores, answered: StoredEmail, number: int) -> Reply:
    """Put a reply of a person to a mail into the outbox."""
    content = f"Subject: Re: mail\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear Ann, grüße {number}\r\n"
    return await stores.outbox.add(
        Reply(
            id=ReplyId(f"{arrival(1).execution_id}/send{number}"),
            email_id=answered.id,
            mailbox_id=answered.mailbox_id,
            conversation_id=answered.conversation_id,
            outgoing=OutgoingEmail(
                message_id=f"<letter{number}@shop.example>",
                mail_from="shop@shop.example",
                recipient=Address(name="Ann", address="ann@example.com"),
                content=content.encode(),
            ),
            conversation_version=None,
            automatic=False,
            created_at=at(number),
            updated_at=at(number),
        )
    )
