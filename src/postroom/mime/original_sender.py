"""Who really wrote a mail that a mailing list or a colleague passed on, as far as the mail says; only to be shown.

Lists put their own address into From, so that DMARC holds, and the writer into Reply-To (RFC 6377, Mailman) or
X-Original-From (Google Groups). People forward in three ways: untouched (Resent-From, RFC 5322 section 3.6.6), as an
attached message, or as text with a block of header lines in front.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from postroom.mime.addresses import parse_addresses
from postroom.mime.body import File
from postroom.mime.forwarded_block import forwarded_from
from postroom.mime.headers import Headers, split_headers
from postroom.model.email import Address

MAX_VALUE_CHARS = 5_000
MAX_ATTACHED_BYTES = 1_000_000

_VIA = re.compile(r"(.{1,200}?)\s(?:via|vía|über|tramite|a través de|par l'intermédiaire de)\s.", re.IGNORECASE)
_QUOTES = "'\"‘’“” "
_LIST_HEADERS = ("list-id", "list-post", "mailing-list", "x-beenthere", "x-mailman-version", "x-google-group-id")


class PassedOn(StrEnum):
    """How a mail was passed on."""

    NOT = "not"
    BY_LIST = "by_list"
    RESENT = "resent"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """How a mail was passed on, and its writer where that is told."""

    how: PassedOn = PassedOn.NOT
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderClues:
    """What tells who wrote a mail: its headers, From and Reply-To, subject, text and files.

    `files` are left empty for a report: what that returns was not forwarded.
    """

    headers: Headers
    sender: Address | None
    reply_to: tuple[Address, ...]
    subject: str
    text: str
    files: tuple[File, ...]


def read_original(passage: SenderClues) -> Original:
    """Return who wrote the mail; what the headers say goes before what a message inside or the text says."""
    return _by_list(passage) or _resent(passage) or _attached(passage.files) or _in_text(passage) or Original()


def _by_list(passage: SenderClues) -> Original | None:
    sender = passage.sender
    if sender is None:
        return None
    written, _ = parse_addresses([passage.headers.first("x-original-from")[:MAX_VALUE_CHARS]])
    original = _other_than(sender, written)
    via = _VIA.match(sender.name[:300])
    if original is None and via is None:
        return None
    replies = _other_than(sender, passage.reply_to)
    if original is None and replies is None and not any(name in passage.headers for name in _LIST_HEADERS):
        return None
    found = original or replies
    if found is not None and not found.name and via is not None:
        found = Address(name=via[1].strip(_QUOTES), address=found.address)
    return Original(how=PassedOn.BY_LIST, address=found)


def _other_than(sender: Address, addresses: tuple[Address, ...]) -> Address | None:
    own = sender.address.lower()
    return next((other for other in addresses if "@" in other.address and other.address.lower() != own), None)


def _resent(passage: SenderClues) -> Original | None:
    if passage.sender is None:
        return None
    passed_on, _ = parse_addresses([passage.headers.first("resent-from")[:MAX_VALUE_CHARS]])
    if _other_than(passage.sender, passed_on) is None:
        return None
    return Original(how=PassedOn.RESENT, address=passage.sender)


def _attached(files: tuple[File, ...]) -> Original | None:
    messages = [file for file in files if file.attachment.content_type == "message/rfc822"]
    if len(messages) != 1:
        return None
    content = messages[0].content[:MAX_ATTACHED_BYTES].lstrip(b"\r\n")
    headers, _, _ = split_headers(content, 0, len(content))
    written, _ = parse_addresses([headers.first("from")[:MAX_VALUE_CHARS]])
    return Original(how=PassedOn.FORWARDED, address=written[0]) if written and "@" in written[0].address else None


def _in_text(passage: SenderClues) -> Original | None:
    found = forwarded_from(passage.text, passage.subject)
    return None if found is None else Original(how=PassedOn.FORWARDED, address=found)
