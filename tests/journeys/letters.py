"""Letters of customers as bytes, with questions that the starter articles answer surely and some that need a person."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count

HELP = "help@shop.example"
ANN = "Ann Weber <ann@customer.example>"

RETURN = "Hello,\nI want to send something back. Where do I find the return label?\nKind regards\nAnn"
DELIVERY = "Hello,\nhow long does delivery take and what does it cost?\nThanks\nAnn"
GERMAN = "Guten Tag,\nwie lange dauert die Lieferung und was kostet der Versand?\nViele Grüße\nAnn"
URGENT = "Somebody hacked my account and orders things in my name right now. Block it immediately!"

# The standard library encodes ids that are longer than a line, and no program could read them.
_POLICY = SMTP.clone(max_line_length=998)
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a customer wrote; `answers` are the Message-IDs it refers to, the one it answers last (RFC 5322)."""

    text: str = RETURN
    subject: str = "A question"
    sender: str = ANN
    to: str = HELP
    message_id: str = ""
    answers: tuple[str, ...] = ()
    date: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


def letter(**written: object) -> tuple[bytes, str]:
    """Return a letter's bytes and its Message-ID, which no other letter has; `written` are fields of `Letter`."""
    made = Letter(**written)  # type: ignore[arg-type]  # Each test names fields as they are.
    message_id = made.message_id or f"<letter-{next(_numbers)}@customer.example>"
    message = EmailMessage(policy=_POLICY)
    message["From"] = made.sender
    message["To"] = made.to
    message["Subject"] = made.subject
    message["Date"] = format_datetime(made.date or datetime.now(UTC))
    message["Message-ID"] = message_id
    if made.answers:
        message["In-Reply-To"] = made.answers[-1]
        message["References"] = " ".join(made.answers)
    for name, value in made.headers:
        message[name] = value
    message.set_content(made.text)
    return message.as_bytes(), message_id
