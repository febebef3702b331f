"""The header fields that servers add, and ids; the receiving side is the shop's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from postroom.providers.mock.dice import Dice
from postroom.providers.mock.wire import date_header

_HEX = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Where a message comes from and goes to; `return_path` is empty for reports."""

    return_path: str
    domain: str
    recipient: str
    sent_at: datetime
    received_at: datetime


def server_headers(envelope: Envelope, dice: Dice) -> list[tuple[str, str]]:
    """Return Return-Path, Authentication-Results and two Received fields, newest first."""
    shop = envelope.recipient.partition("@")[2]
    host = f"mx{dice.between(1, 9)}.{envelope.domain}"
    arrived = date_header(envelope.received_at.replace(microsecond=0))
    handed_in = date_header(envelope.sent_at + timedelta(seconds=1))
    address = f"203.0.113.{dice.between(1, 254)}"
    return [
        ("Return-Path", f"<{envelope.return_path}>"),
        (
            "Received",
            f"from {host} ({host} [{address}])\r\n\tby mx1.{shop} (Postfix) with ESMTPS id {hexadecimal(dice, 11)}"
            f"\r\n\tfor <{envelope.recipient}>; {arrived}",
        ),
        (
            "Authentication-Results",
            f"mx1.{shop};\r\n\tdkim=pass header.d={envelope.domain};\r\n\tspf=pass smtp.mailfrom={envelope.domain};"
            f"\r\n\tdmarc=pass header.from={envelope.domain}",
        ),
        (
            "Received",
            f"from [192.168.{dice.between(0, 9)}.{dice.between(2, 250)}] by {host} with ESMTPSA id"
            f"\r\n\t{hexadecimal(dice, 14)}; {handed_in}",
        ),
    ]


def hexadecimal(dice: Dice, length: int) -> str:
    """Return `length` hexadecimal digits."""
    return "".join([dice.pick(_HEX) for _ in range(length)])


def message_id(seed: int, index: int, domain: str) -> str:
    """Return the id of mail `index`; other mails can name it without knowing the mail."""
    dice = Dice(f"{seed}/{index}/message-id")
    return f"<{hexadecimal(dice, 12)}.{index}.{hexadecimal(dice, 6)}@{domain}>"
