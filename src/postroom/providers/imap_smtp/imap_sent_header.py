"""The header of a message in the Sent folder: what it answers, whom it goes to, and who made it."""

from dataclasses import dataclass

from postroom.mime.addresses import parse_addresses
from postroom.mime.compose import OWN_REPLY
from postroom.mime.headers import split_headers
from postroom.mime.identification import read_ids, read_message_id

SENT_FIELDS = ("MESSAGE-ID", "IN-REPLY-TO", "REFERENCES", "TO", "CC", "BCC", "AUTO-SUBMITTED", OWN_REPLY.upper())
MAX_RECIPIENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SentHeader:
    """What the header of a sent message says; `message_id` is empty where there is none.

    `refers_to` are nearest first, each once: those of In-Reply-To, then those of References from its end (RFC 5322
    section 3.6.4). `recipients` are bare addresses in lower case, at most `MAX_RECIPIENTS`. `automatic` where no person
    wrote it (RFC 3834 section 5). `own_ids` are those that would be Postroom's own if they carry its mark.
    """

    message_id: str
    refers_to: tuple[str, ...]
    recipients: tuple[str, ...]
    automatic: bool
    own_ids: tuple[str, ...]


def read_sent_header(header: bytes) -> SentHeader:
    """Return what a header says, however badly it is written."""
    headers, _, _ = split_headers(header, 0, len(header))
    message_id = read_message_id(headers)[0] or ""
    nearest = (*read_ids(headers, "in-reply-to"), *reversed(read_ids(headers, "references")))
    addresses, _ = parse_addresses([value for name in ("to", "cc", "bcc") for value in headers.every(name)])
    recipients = dict.fromkeys(one.address.casefold() for one in addresses)
    kind = headers.first("auto-submitted").strip().casefold()
    return SentHeader(
        message_id=message_id,
        refers_to=tuple(dict.fromkeys(nearest)),
        recipients=tuple(recipients)[:MAX_RECIPIENTS],
        automatic=kind.startswith("auto"),
        own_ids=(*([message_id] if message_id else []), *read_ids(headers, OWN_REPLY.lower())),
    )
