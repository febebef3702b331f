"""What providers of mail promise: receivers give it, senders take it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from postroom.model.answer import Answer, SentAnswer
from postroom.model.email import RawEmail
from postroom.model.reply import OutgoingEmail


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A batch of e-mails in the order they arrived, each with the cursor that is true once it is stored.

    `more` says that a further fetch would give something at once. `cursor` is to be stored after the batch where it
    says more than that of the last e-mail (a mailbox that was empty, or that was read anew).
    """

    emails: tuple[tuple[RawEmail, str], ...]
    more: bool
    cursor: str | None = None


TRUNCATED_FLAG = "$Truncated"
"""A flag of a `RawEmail` whose content was cut because it is larger than allowed: it belongs in quarantine."""

UNREADABLE_FLAG = "$Unreadable"
"""A flag of a `RawEmail` without content, which its server cannot give: it belongs in quarantine, for people to see."""


class Receiver(Protocol):
    """Reads one mailbox. It gives everything until told that it is stored: losing is worse than giving twice."""

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        """Return up to `limit` e-mails after `cursor` (None: from the beginning of what may be read).

        Raises:
            TransientError: the mailbox cannot be reached now.
            PluginError: the mailbox refuses for good (log-in, missing folder).
        """
        ...

    async def wait(self, *, timeout_seconds: float) -> None:
        """Return when there may be new mail, at the latest after `timeout_seconds`."""
        ...

    async def acknowledge(self, email: RawEmail) -> None:
        """Learn that `email` is safely stored: only now may flags or folders change."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Lookout(Protocol):
    """Sees that a person answered an e-mail with another program."""

    async def answers(self) -> tuple[Answer, ...]:
        """Return the signs that are new since the last call; the first call gives those of the last weeks.

        Several callers at once share one look, and each look begins after it was asked for.

        Raises:
            TransientError: the mailbox cannot be reached now. PluginError: it refuses for good.
        """
        ...


@runtime_checkable
class AnswerReader(Protocol):
    """A lookout that can also read what a person answered."""

    async def sent_bytes(self, answer: SentAnswer) -> bytes | None:
        """Return the beginning of a sent answer, None where it is gone.

        Raises:
            TransientError: the mailbox cannot be reached now. PluginError: it refuses for good.
        """
        ...


class SentFolder(Protocol):
    """The folder of a mailbox that holds what was sent."""

    async def file(self, content: bytes, *, message_id: str) -> None:
        """Append a copy, unless the folder holds `message_id` already.

        Raises:
            TransientError: the mailbox cannot be reached now. PluginError: there is no such folder, or it refuses.
        """
        ...

    async def holds(self, message_id: str) -> bool:
        """Return whether the folder holds a message with this Message-ID.

        Raises:
            TransientError, PluginError: as above.
        """
        ...


class Claim(StrEnum):
    """The answer of the outbox to a sender that is about to hand a message over."""

    GRANTED = "granted"
    HALTED = "halted"
    STALE = "stale"
    TAKEN = "taken"


async def granted() -> Claim:
    """Grant the claim of a message that stands in no outbox: a notice or a trial, which may be sent twice."""
    return Claim.GRANTED


class Delivery(StrEnum):
    """What became of a message. `DEFERRED` and `REFUSED` are certain: nothing was handed over."""

    SENT = "sent"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    NOT_CLAIMED = "not_claimed"


class Obstacle(StrEnum):
    """What is in the way of a deferred message.

    `SERVER`: the account or its server, so nothing else gets through either. `MESSAGE`: only this message or its
    recipient, as with greylisting or a full mailbox. `BUSY`: nothing is wrong, all connections are in use by others.
    """

    SERVER = "server"
    MESSAGE = "message"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """What became of a message and what the other side said; `claim` is the answer that stopped it, if one did.

    `obstacle` counts for `DEFERRED` alone.
    """

    delivery: Delivery
    detail: str = ""
    claim: Claim = Claim.GRANTED
    obstacle: Obstacle = Obstacle.SERVER


class Sender(Protocol):
    """Hands one message for one recipient to the world."""

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        """Prepare everything, ask `claim()` directly before the message itself is handed over, then hand it over.

        Anything but `GRANTED` ends it with `NOT_CLAIMED`. After `GRANTED` every doubt is `UNCERTAIN`, never an
        exception. A time-out surrounds each phase.
        """
        ...

    async def find(self, message_id: str) -> bool | None:
        """Return True where the provider's own records hold `message_id`, else None: absence is never proof."""
        ...

    async def check(self) -> str:
        """Return one line that says what would be sent through, having tried to reach it.

        Raises:
            PluginError: it cannot be used, with a hint.
        """
        ...

    async def close(self) -> None:
        """Let go of connections that nothing is being sent over; those in use are closed when they are done."""
        ...
