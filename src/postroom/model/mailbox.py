"""A mailbox: an address the company reads, and how far Postroom may go with its mail."""

from dataclasses import dataclass
from enum import StrEnum

from postroom.model.email import Address, MailboxId


class Mode(StrEnum):
    """How far Postroom may go: only look, let a person approve every reply, or answer what it is sure of."""

    OBSERVE = "observe"
    REVIEW = "review"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox, the address its replies come from, the workflow its e-mails run through, and its mode."""

    id: MailboxId
    address: Address
    workflow: str
    mode: Mode = Mode.REVIEW
    aliases: tuple[str, ...] = ()
