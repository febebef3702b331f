"""Bytes of a mail, made into an `Email`: any bytes give one, in time linear in their size."""

from collections.abc import Mapping
from datetime import datetime

from postroom.mime.addresses import parse_addresses
from postroom.mime.authentication import read_authentication
from postroom.mime.automatic import REPORTS, automatic_reason
from postroom.mime.body import MailBody, read_body
from postroom.mime.caution import Inspected, cautions
from postroom.mime.dates import parse_date
from postroom.mime.delivery import delivered_to, handed_over_at
from postroom.mime.delivery_report import read_report
from postroom.mime.headers import Headers, decode_words
from postroom.mime.html_text import HtmlText, read_html
from postroom.mime.identification import read_ids, read_message_id
from postroom.mime.original_sender import SenderClues, read_original
from postroom.mime.parts import Part, split_parts
from postroom.mime.quotation import split_quotation
from postroom.mime.safe_html import safe_html
from postroom.model.email import Address, Email

MAX_CONTENT_BYTES = 40_000_000
MAX_SUBJECT_CHARS = 10_000


def parse(content: bytes) -> Email:
    """Return what the mail `content` says; never raises, and tells in `defects` what was wrong.

    Anything beyond the caps (size, headers, parts, depth, text) is left out and noted as a defect. All strings can be
    encoded as UTF-8 and hold no NUL.
    """
    return parse_with_attachments(content)[0]


def parse_with_attachments(content: bytes) -> tuple[Email, Mapping[str, bytes]]:
    """Return what `parse` does, and the decoded bytes of the attachments by their digest."""
    defects: list[str] = []
    if len(content) > MAX_CONTENT_BYTES:
        content = content[:MAX_CONTENT_BYTES]
        defects.append("too_large")
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    root, found = split_parts(content)
    defects += found
    body = read_body(content, root)
    return _email(root, body, defects), {file.attachment.digest: file.content for file in body.files}


def _email(root: Part, body: MailBody, defects: list[str]) -> Email:
    headers = root.headers
    reader = _HeaderReader(headers, defects)
    from_addresses = reader.addresses("from")
    sender = from_addresses[0] if from_addresses else None
    text, markup = body.text, body.html
    defects += body.defects
    quotation = split_quotation(text)
    reply_to = reader.addresses("reply-to")
    subject = reader.subject()
    automatic = automatic_reason(root, from_addresses)
    original = read_original(
        SenderClues(
            headers=headers,
            sender=sender,
            reply_to=reply_to,
            subject=subject,
            text=text,
            # What a report returns was not forwarded by anybody.
            files=() if automatic in REPORTS else tuple(body.files),
        )
    )
    evidence = Inspected(
        root=root,
        from_addresses=from_addresses,
        reply_to=reply_to,
        subject=subject,
        new_text=quotation.new_text,
        page=read_html(markup) if markup.strip() else HtmlText(text=""),
        attachments=body.attachments,
        passed_on=original.how,
    )
    in_reply_to = read_ids(headers, "in-reply-to")
    return Email(
        subject=subject,
        from_address=sender,
        to=reader.addresses("to"),
        cc=reader.addresses("cc"),
        reply_to=reply_to,
        date=reader.date(),
        message_id=reader.message_id(),
        in_reply_to=in_reply_to[0] if in_reply_to else None,
        references=read_ids(headers, "references"),
        text=text,
        new_text=quotation.new_text,
        quoted_text=quotation.quoted_text,
        signature=quotation.signature,
        html=safe_html(markup) if markup.strip() else None,
        attachments=body.attachments,
        handed_over_at=handed_over_at(headers),
        original_from=original.address,
        delivered_to=delivered_to(headers),
        authentication=read_authentication(headers),
        report=read_report(body, headers, text),
        automatic=automatic,
        cautions=cautions(evidence),
        defects=tuple(dict.fromkeys(defects)),
    )


class _HeaderReader:
    """Reads typed values from headers and notes what could not be read."""

    def __init__(self, headers: Headers, defects: list[str]) -> None:
        self._headers = headers
        self._defects = defects

    def subject(self) -> str:
        text, defect = decode_words(self._headers.first("subject"))
        if defect:
            self._defects.append("undecodable_header")
        return text[:MAX_SUBJECT_CHARS]

    def addresses(self, name: str) -> tuple[Address, ...]:
        values = self._headers.every(name)
        if not values:
            return ()
        addresses, unreadable = parse_addresses(values)
        if unreadable or (name == "from" and not addresses):
            self._defects.append(f"unreadable_{name.replace('-', '_')}")
        return addresses

    def date(self) -> datetime | None:
        value = self._headers.first("date")
        date = parse_date(decode_words(value)[0])
        if date is None and value:
            self._defects.append("unreadable_date")
        return date

    def message_id(self) -> str | None:
        name, well_written = read_message_id(self._headers)
        if not well_written:
            self._defects.append("malformed_message_id")
        return name
