"""What a delivery report says (RFC 3464 in the frame of RFC 6522; RFC 6533), or a bounce as Exim writes it.

Nothing here is trusted: anybody can write such a mail. Whether it is about a mail of ours is decided elsewhere.
"""

import re

from postroom.mime.addresses import parse_addresses
from postroom.mime.body import MailBody
from postroom.mime.headers import Headers, decode_words, split_headers
from postroom.mime.identification import read_ids
from postroom.model.email import DeliveryReport, FailedRecipient

MAX_RECIPIENTS = 100
MAX_STATUS_BYTES = 1_000_000
MAX_DETAIL_CHARS = 500
MAX_RETURNED_BYTES = 1_000_000
MAX_TEXT_CHARS = 200_000

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_RETURNED_TYPES = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*+\r?\n")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_STATUS_WITHIN = re.compile(r"(?<![0-9.])[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_ACTION = re.compile(r"[a-z-]{1,30}")
_ADDRESS = re.compile(r"[^\s<>]{1,320}")


def read_report(body: MailBody, headers: Headers, text: str) -> DeliveryReport | None:
    """Return what the report in `body` says (its text is `text`), None when the mail is none that can be read.

    A recipient is named by the address that the mail was sent to (Original-Recipient) where the report tells it, else
    by its last one. `message_id` is None when the report returns no mail, or mails with different ids.
    """
    # Some servers put words into the first such part and the fields into a second.
    status = [file.content for file in body.files if file.attachment.content_type in _STATUS_TYPES]
    failed = _failed_addresses(headers)
    if status:
        recipients = _recipients(b"\n\n".join(status)[:MAX_STATUS_BYTES]) or _without_status(failed)
        return DeliveryReport(message_id=_returned_id(body), recipients=recipients)
    return _exim_report(body, failed, text) if failed else None


def _recipients(content: bytes) -> tuple[FailedRecipient, ...]:
    found: dict[str, FailedRecipient] = {}
    # The first fields are about the whole report; some servers leave them out.
    for block in _BLANK_LINE.split(content, maxsplit=MAX_RECIPIENTS + 1)[: MAX_RECIPIENTS + 1]:
        fields, _, _ = split_headers(block.lstrip(b"\r\n"), 0, len(block.lstrip(b"\r\n")))
        address = _typed_address(fields.first("original-recipient")) or _typed_address(fields.first("final-recipient"))
        if address:
            found.setdefault(address, _recipient(address, fields))
    return tuple(found.values())[:MAX_RECIPIENTS]


def _recipient(address: str, fields: Headers) -> FailedRecipient:
    action = _ACTION.match(fields.first("action").strip().lower())
    status = _STATUS.match(fields.first("status").strip())
    kind, _, words = fields.first("diagnostic-code")[: 4 * MAX_DETAIL_CHARS].partition(";")
    detail = decode_words(words or kind)[0]
    return FailedRecipient(
        address=address,
        action=action[0] if action else "",
        status=status[0] if status else "",
        detail=" ".join(detail.split())[:MAX_DETAIL_CHARS],
    )


def _typed_address(value: str) -> str:
    """Return the address in `rfc822; jane@example.org`, empty when it is none."""
    kind, _, written = value[:2_000].partition(";")
    addresses, _ = parse_addresses([written or kind])
    address = addresses[0].address if len(addresses) == 1 else ""
    return address if "@" in address and _ADDRESS.fullmatch(address) else ""


def _returned_id(body: MailBody) -> str | None:
    """Return the Message-ID of the mail that the report returns; of two different ones none can be believed."""
    ids: set[str] = set()
    for file in body.files:
        if file.attachment.content_type in _RETURNED_TYPES:
            content = file.content[:MAX_RETURNED_BYTES].lstrip(b"\r\n")
            ids.update(read_ids(split_headers(content, 0, len(content))[0], "message-id"))
    return ids.pop() if len(ids) == 1 else None


def _failed_addresses(headers: Headers) -> tuple[str, ...]:
    addresses, _ = parse_addresses([value[:20_000] for value in headers.every("x-failed-recipients")[:MAX_RECIPIENTS]])
    usable = (address.address for address in addresses if "@" in address.address)
    return tuple(dict.fromkeys(address for address in usable if _ADDRESS.fullmatch(address)))[:MAX_RECIPIENTS]


def _without_status(addresses: tuple[str, ...]) -> tuple[FailedRecipient, ...]:
    return tuple(FailedRecipient(address=address, action="failed", status="") for address in addresses)


def _exim_report(body: MailBody, failed: tuple[str, ...], text: str) -> DeliveryReport:
    """Read a bounce in plain text: what was said of each address stands below it, the mail below a line of dashes."""
    lines = text[:MAX_TEXT_CHARS].split("\n")
    returned = next((index for index, line in enumerate(lines) if _announces_copy(line)), len(lines))
    copy = "\n".join(lines[returned + 1 :]).lstrip("\n").encode("utf-8", "replace")
    ids = read_ids(split_headers(copy, 0, len(copy))[0], "message-id") or ()
    said = _said_of(lines[:returned])
    return DeliveryReport(
        message_id=ids[0] if len(ids) == 1 else _returned_id(body),
        recipients=tuple(_exim_recipient(address, said.get(address, "")) for address in failed),
    )


def _announces_copy(line: str) -> bool:
    text = line[:200].strip()
    bare = text.strip("- ").lower()
    return text.startswith("---") and bare.startswith("this is a copy of ") and "headers" in bare


def _said_of(lines: list[str]) -> dict[str, str]:
    """Return, by the address that stands alone on a line, the deeper lines below it as one."""
    said: dict[str, list[str]] = {}
    below: list[str] | None = None
    for line in lines:
        word = line[:400].strip()
        if "@" in word and " " not in word:
            below = said.setdefault(word, [])
        elif not word:
            below = None
        elif below is not None and line[:3].isspace():
            below.append(word)
    return {address: " ".join(words)[:MAX_DETAIL_CHARS] for address, words in said.items()}


def _exim_recipient(address: str, detail: str) -> FailedRecipient:
    status = _STATUS_WITHIN.search(detail)
    return FailedRecipient(address=address, action="failed", status=status[0] if status else "", detail=detail)
