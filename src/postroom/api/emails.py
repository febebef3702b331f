"""`/emails`: what customers wrote, as it reads and as it came."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from postroom.api.access import Reader
from postroom.api.download import BINARY, INERT, binary, download, served_type
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.errors import NotFoundError
from postroom.mime.caution_words import CAUTION_WORDS
from postroom.mime.download_name import download_name
from postroom.model.email import (
    Address,
    Attachment,
    AuthenticationResult,
    ConversationId,
    EmailId,
    MailboxId,
    StoredEmail,
)
from postroom.model.page import Page

SNIPPET_CHARS = 200
MESSAGE = "message/rfc822"
HTML = "text/html; charset=utf-8"
# A page without an origin of its own: nothing of it runs, sends, or is fetched.
FRAME_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)

ROUTER = router("/emails", "emails")


class EmailRowBody(BaseModel):
    """An e-mail as lists show it."""

    id: EmailId
    mailbox_id: MailboxId
    conversation_id: ConversationId
    subject: str
    from_address: Address | None
    received_at: datetime
    snippet: str = Field(description="The beginning of the customer's own words, on one line.")
    attachment_count: int
    automatic: str | None = Field(
        description="Why no machine may answer it: a machine sent it; null for people's mail."
    )


class AttachmentBody(BaseModel):
    """An attachment; its bytes are fetched by `digest`, which is empty where they are not kept."""

    filename: str = Field(description="A name without a path, safe to save under.")
    content_type: str
    size_bytes: int
    digest: str


class CautionBody(BaseModel):
    """One reason why only a person may answer."""

    code: str
    words: str


class EmailBody(BaseModel):
    """An e-mail with all that a reader needs."""

    id: EmailId
    mailbox_id: MailboxId
    conversation_id: ConversationId
    received_at: datetime
    accepted_at: datetime
    size_bytes: int
    subject: str
    from_address: Address | None
    original_from: Address | None = Field(description="Who wrote it, as it says, where another passed it on.")
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    message_id: str | None
    in_reply_to: str | None
    text: str
    new_text: str = Field(description="The customer's own words: without what is quoted and the signature.")
    quoted_text: str
    signature: str | None
    has_html: bool = Field(description="Whether `/emails/{email_id}/html` has a page.")
    attachments: tuple[AttachmentBody, ...]
    automatic: str | None
    cautions: tuple[CautionBody, ...]
    authentication: tuple[AuthenticationResult, ...] = Field(description="What servers wrote; anybody can write it.")
    defects: tuple[str, ...]


@ROUTER.get("")
async def list_emails(
    _caller: Reader,
    office: OfficeHere,
    mailbox_id: Annotated[MailboxId | None, Query(max_length=200, description="Of one mailbox only.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[EmailRowBody]:
    """List e-mails, newest first."""
    page = await office.stores.emails.list(mailbox_id, after=after, limit=limit)
    return Page(rows=tuple(row_of(one) for one in page.rows), next_cursor=page.next_cursor)


@ROUTER.get("/{email_id}", responses=problems(404))
async def get_email(email_id: EmailId, _caller: Reader, office: OfficeHere) -> EmailBody:
    """Read one e-mail."""
    return body_of(await office.stores.emails.get(email_id))


@ROUTER.head("/{email_id}/raw", include_in_schema=False)
@ROUTER.get("/{email_id}/raw", response_class=Response, responses=problems(404) | binary([MESSAGE]))
async def download_email(email_id: EmailId, _caller: Reader, office: OfficeHere) -> Response:
    """Download an e-mail as the mailbox gave it."""
    return download(await office.stores.emails.raw(email_id), f"{email_id}.eml", content_type=MESSAGE)


@ROUTER.get("/{email_id}/html", response_class=Response, responses=problems(404) | binary(["text/html"]))
async def get_email_html(email_id: EmailId, _caller: Reader, office: OfficeHere) -> Response:
    """Show the HTML of an e-mail, made safe, for a sandboxed frame; nothing of it is fetched from elsewhere."""
    markup = (await office.stores.emails.get(email_id)).email.html
    if markup is None:
        raise NotFoundError(f"The e-mail {email_id!r} has no HTML.", hint="Read its `text`.")
    return Response(
        _page(markup),
        headers={
            "Content-Type": HTML,
            "Content-Security-Policy": FRAME_POLICY,
            "X-Frame-Options": "SAMEORIGIN",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


@ROUTER.head("/{email_id}/attachments/{digest}", include_in_schema=False)
@ROUTER.get(
    "/{email_id}/attachments/{digest}",
    response_class=Response,
    responses=problems(404) | binary([*INERT, BINARY]),
)
async def download_attachment(email_id: EmailId, digest: str, _caller: Reader, office: OfficeHere) -> Response:
    """Download an attachment of an e-mail. It comes from a stranger: mind what you open it with."""
    found = _attachment(await office.stores.emails.get(email_id), digest)
    content = await office.stores.emails.attachment(found.digest)
    return download(content, found.filename, content_type=served_type(found.content_type))


def row_of(stored: StoredEmail) -> EmailRowBody:
    """Return an e-mail as lists show it."""
    email = stored.email
    return EmailRowBody(
        id=stored.id,
        mailbox_id=stored.mailbox_id,
        conversation_id=stored.conversation_id,
        subject=email.subject,
        from_address=email.from_address,
        received_at=stored.received_at,
        snippet=snippet_of(email.new_text),
        attachment_count=len(email.attachments),
        automatic=email.automatic,
    )


def body_of(stored: StoredEmail) -> EmailBody:
    """Return an e-mail with all that a reader needs."""
    email = stored.email
    return EmailBody(
        id=stored.id,
        mailbox_id=stored.mailbox_id,
        conversation_id=stored.conversation_id,
        received_at=stored.received_at,
        accepted_at=stored.accepted_at,
        size_bytes=stored.size_bytes,
        subject=email.subject,
        from_address=email.from_address,
        original_from=email.original_from,
        to=email.to,
        cc=email.cc,
        reply_to=email.reply_to,
        date=email.date,
        message_id=email.message_id,
        in_reply_to=email.in_reply_to,
        text=email.text,
        new_text=email.new_text,
        quoted_text=email.quoted_text,
        signature=email.signature,
        has_html=email.html is not None,
        attachments=tuple(_attachment_body(one) for one in email.attachments),
        automatic=email.automatic,
        cautions=tuple(CautionBody(code=code, words=CAUTION_WORDS.get(code, code)) for code in email.cautions),
        authentication=email.authentication,
        defects=email.defects,
    )


def snippet_of(text: str) -> str:
    """Return the beginning of a text on one line."""
    # A multiple is looked at: blanks between words fall away.
    return " ".join(text[: 10 * SNIPPET_CHARS].split())[:SNIPPET_CHARS]


def _attachment(stored: StoredEmail, digest: str) -> Attachment:
    for one in stored.email.attachments:
        if one.digest and one.digest == digest:
            return one
    raise NotFoundError(
        f"The e-mail {stored.id!r} has no attachment {digest[:80]!r}.", hint="The e-mail names the digests of its own."
    )


def _attachment_body(attachment: Attachment) -> AttachmentBody:
    return AttachmentBody(
        filename=download_name(attachment.filename),
        content_type=attachment.content_type,
        size_bytes=attachment.size_bytes,
        digest=attachment.digest,
    )


def _page(markup: str) -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>E-mail</title></head><body>{markup}</body></html>'
