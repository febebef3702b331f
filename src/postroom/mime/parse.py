"""Bytes of a mail, made into an `Email`: any bytes give one, in time linear in their size."""

import re
from datetime import datetime

from postroom.mime.addresses import parse_addresses
from postroom.mime.automatic import automatic_reason
from postroom.mime.body import read_body
from postroom.mime.caution import Evidence, cautions
from postroom.mime.dates import parse_date
from postroom.mime.headers import Headers, decode_words
from postroom.mime.html_text import Page, read_html
from postroom.mime.parts import split_parts
from postroom.mime.quotation import split_quotation
from postroom.mime.safe_html import safe_html
from postroom.model.email import Address, Email

MAX_CONTENT_BYTES = 40_000_000
MAX_SUBJECT_CHARS = 10_000
MAX_REFERENCES = 1_000

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_BLANKS = re.compile(r"\s+")


def parse(content: bytes) -> Email:
    """Return what the mail `content` says; never raises, and tells in `defects` what was wrong.

    Anything beyond the caps (size, headers, parts, depth, text) is left out and noted as a defect. All strings can be
    encoded as UTF-8 and hold no NUL.
    """
    defects: list[str] = []
    if len(content) > MAX_CONTENT_BYTES:
        content = content[:MAX_CONTENT_BYTES]
        defects.append("too_large")
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    root, found = split_parts(content)
    defects += found
    headers = root.headers
    reader = _HeaderReader(headers, defects)
    from_addresses = reader.addresses("from")
    body = read_body(content, root)
    text, markup = body.text, body.html
    defects += body.defects
    quotation = split_quotation(text)
    attachments = tuple(body.attachments)
    reply_to = reader.addresses("reply-to")
    subject = reader.subject()
    evidence = Evidence(
        root=root,
        from_addresses=from_addresses,
        reply_to=reply_to,
        subject=subject,
        new_text=quotation.new_text,
        page=read_html(markup) if markup.strip() else Page(text=""),
        attachments=attachments,
    )
    in_reply_to = reader.ids("in-reply-to")
    return Email(
        subject=subject,
        from_address=from_addresses[0] if from_addresses else None,
        to=reader.addresses("to"),
        cc=reader.addresses("cc"),
        reply_to=reply_to,
        date=reader.date(),
        message_id=reader.message_id(),
        in_reply_to=in_reply_to[0] if in_reply_to else None,
        references=reader.ids("references"),
        text=text,
        new_text=quotation.new_text,
        quoted_text=quotation.quoted_text,
        signature=quotation.signature,
        html=safe_html(markup) if markup.strip() else None,
        attachments=attachments,
        automatic=automatic_reason(root, from_addresses),
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
        ids = self.ids("message-id")
        if ids:
            return ids[0]
        bare = _BLANKS.sub("", _COMMENT.sub("", self._headers.first("message-id")[:2_000])).strip("<>")[:900]
        if bare or "message-id" in self._headers:
            self._defects.append("malformed_message_id")
        return f"<{bare}>" if bare else None

    def ids(self, name: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for value in self._headers.every(name):
            found.update(dict.fromkeys(_MESSAGE_ID.findall(value)[:MAX_REFERENCES]))
        return tuple(found)[-MAX_REFERENCES:]
