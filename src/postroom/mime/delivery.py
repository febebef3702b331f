"""What the servers that delivered a mail wrote on it: when they handed it over, and to which address."""

from datetime import datetime

from postroom.mime.addresses import parse_addresses
from postroom.mime.dates import parse_date
from postroom.mime.headers import Headers, decode_words

MAX_DELIVERED_TO = 50
MAX_VALUE_CHARS = 2_000

_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to")


def handed_over_at(headers: Headers) -> datetime | None:
    """Return the UTC time of the topmost Received field (RFC 5321 section 4.4), None when there is none to read."""
    before, _, date = headers.first("received").rpartition(";")
    return parse_date(decode_words(date)[0]) if before else None


def delivered_to(headers: Headers) -> tuple[str, ...]:
    """Return the addresses of Delivered-To, X-Original-To and Envelope-To, each once, at most `MAX_DELIVERED_TO`."""
    found: dict[str, None] = {}
    for name in _DELIVERED_TO:
        for value in headers.every(name)[:MAX_DELIVERED_TO]:
            addresses, _ = parse_addresses([value[:MAX_VALUE_CHARS]])
            found.update(dict.fromkeys(address.address for address in addresses if "@" in address.address))
    return tuple(found)[:MAX_DELIVERED_TO]
