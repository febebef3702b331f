"""A reply, composed as bytes that no field of the answered mail can bend."""

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from postroom.errors import InputError
from postroom.mime.caution import domain_of, is_usable
from postroom.mime.charsets import clean
from postroom.mime.headers import strip_controls
from postroom.mime.threading_key import without_reply_marks
from postroom.model.email import Address, Email
from postroom.model.reply import OutgoingEmail

MAX_SUBJECT_CHARS = 250
MAX_NAME_CHARS = 120
MAX_REFERENCES_BYTES = 4_000
OWN_REPLY = "X-Postroom-Reply"
"""The field that holds the Message-ID once more: providers that write another Message-ID leave it as it is."""

_SIGNATURE_LINE = "-- "

_ID = re.compile(r"<[!-;=?-~]{1,500}>", re.ASCII)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyContent:
    """What a reply is made of.

    `mail_from` is the envelope's return address, `date` has a time zone, `automatic` is true where no person approved
    the reply, `reply_to` is where answers to it go (empty: to the sender). Below the text come `signature`, after a
    line that mail programs know (RFC 3676 section 4.3), and the lines of `disclosure`.
    """

    answered: Email
    text: str
    sender: Address
    mail_from: str
    message_id: str
    date: datetime
    automatic: bool
    disclosure: tuple[str, ...] = ()
    reply_to: str = ""
    signature: str = ""


def compose_reply(content: ReplyContent) -> OutgoingEmail:
    """Return the reply to the sender of `content.answered`, as plain text with an HTML alternative.

    It goes to From, or to Reply-To when that lies in the same domain. The same content gives the same bytes.

    Raises:
        InputError: the answered mail has no usable sender, or our own addresses or the Message-ID are not usable.
    """
    recipient = reply_recipient(content.answered)
    if recipient is None:
        raise InputError("The e-mail has no address that a reply can go to.", hint="Answer it in another way.")
    sender = _ascii_domain(content.sender)
    mail_from = _ascii_domain(Address(name="", address=content.mail_from))
    reply_to = _ascii_domain(Address(name="", address=content.reply_to)) if content.reply_to else sender
    if sender is None or mail_from is None or reply_to is None:
        raise InputError("The mailbox's own address cannot be used.", hint="Correct the addresses of the mailbox.")
    if _ID.fullmatch(content.message_id) is None:
        raise InputError(f"{content.message_id!r} is not a Message-ID.", hint="Make it with make_message_id.")
    return OutgoingEmail(
        message_id=content.message_id,
        mail_from=mail_from.address,
        recipient=recipient,
        content=_id_lines(content) + _message_bytes(content, sender, recipient, reply_to),
    )


def reply_recipient(answered: Email) -> Address | None:
    """Return where a reply to `answered` goes, its domain in ASCII, or None when no address is usable."""
    if answered.from_address is None:
        return None
    origin = _ascii_domain(answered.from_address)
    if origin is None:
        return None
    for address in answered.reply_to[:1]:
        wanted = _ascii_domain(address)
        if wanted is not None and domain_of(wanted.address) == domain_of(origin.address):
            return Address(name=wanted.name or origin.name, address=wanted.address)
    return origin


def reply_subject(subject: str) -> str:
    """Return `Re: ` and `subject` without the reply marks it already has, on one line, of bounded length."""
    bare = _one_line(without_reply_marks(subject[:2_000]))[:MAX_SUBJECT_CHARS].strip()
    return f"Re: {bare}" if bare else "Re:"


def _message_bytes(content: ReplyContent, sender: Address, recipient: Address, reply_to: Address) -> bytes:
    policy = SMTP if (recipient.address + sender.address + reply_to.address).isascii() else SMTPUTF8
    message = EmailMessage(policy=policy)
    message["From"] = _header_address(sender)
    message["To"] = _header_address(recipient)
    if content.reply_to:
        message["Reply-To"] = _header_address(reply_to)
    message["Subject"] = reply_subject(content.answered.subject)
    message["Date"] = format_datetime(content.date)
    if content.automatic:
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    text = _plain_text(content)
    encoding = "base64" if len(text.encode()) > len(text) * 1.5 else "quoted-printable"
    message.set_content(text, charset="utf-8", cte=encoding)
    message.add_alternative(_page(text), subtype="html", charset="utf-8", cte=encoding)
    message.set_boundary("postroom-" + hashlib.sha256(content.message_id.encode()).hexdigest()[:40])
    return message.as_bytes(policy=policy)


def _plain_text(content: ReplyContent) -> str:
    signature = f"{_SIGNATURE_LINE}\n{content.signature.strip()}" if content.signature.strip() else ""
    parts = (content.text.rstrip(), signature, "\n".join(content.disclosure))
    text = "\n\n".join(part for part in parts if part.strip())
    return _CONTROLS.sub("", clean(text.replace("\r\n", "\n").replace("\r", "\n"))) + "\n"


def _page(text: str) -> str:
    paragraphs = [html.escape(paragraph.strip()) for paragraph in text.split("\n\n") if paragraph.strip()]
    body = "\n".join("<p>" + paragraph.replace("\n", "<br>\n") + "</p>" for paragraph in paragraphs)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{body}\n</body></html>\n'


def _id_lines(content: ReplyContent) -> bytes:
    """Return the headers that hold ids: the standard library would encode long ones, and no program could read them."""
    answered = content.answered
    parent = answered.message_id or ""
    lines = [f"Message-ID: {content.message_id}", f"{OWN_REPLY}: {content.message_id}"]
    if _ID.fullmatch(parent):
        lines.append(f"In-Reply-To: {parent}")
    earlier = answered.references or ((answered.in_reply_to,) if answered.in_reply_to else ())
    chain = list(dict.fromkeys(name for name in (*earlier, parent) if _ID.fullmatch(name)))
    if chain:
        lines.append("References: " + "\r\n ".join(_bounded(chain)))
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def _bounded(chain: list[str]) -> list[str]:
    """Return the first id and as many of the last as fit; RFC 5322 section 3.6.4 wants both ends of a thread."""
    kept: list[str] = []
    size = len(chain[0])
    for name in reversed(chain[1:]):
        size += len(name) + 3
        if size > MAX_REFERENCES_BYTES:
            break
        kept.append(name)
    return [chain[0], *reversed(kept)]


def _header_address(address: Address) -> HeaderAddress:
    local, _, domain = address.address.rpartition("@")
    return HeaderAddress(display_name=_one_line(address.name)[:MAX_NAME_CHARS].strip(), username=local, domain=domain)


def _ascii_domain(address: Address) -> Address | None:
    """Return `address` with its domain in ASCII (IDNA), or None when no mail can be sent to it."""
    if not is_usable(address):
        return None
    local, _, domain = address.address.rpartition("@")
    try:
        ascii_domain = domain.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return None
    if re.fullmatch(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", ascii_domain) is None:
        return None
    return Address(name=_one_line(address.name), address=f"{local}@{ascii_domain}")


def _one_line(text: str) -> str:
    # An encoded word that stands in text would be decoded again by whoever reads it, line breaks and all.
    return strip_controls(_CONTROLS.sub(" ", text)).replace("=?", "= ?").replace("?=", "? =")
