"""Where mail comes from and goes to: one module is one provider, found by `discovery` through its declaration."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from postroom.interfaces.provider import TRUNCATED_FLAG as TRUNCATED_FLAG
from postroom.interfaces.provider import Lookout, Receiver, Sender, SentFolder
from postroom.model.email import MailboxId

Known = Callable[[str, Sequence[str]], Awaitable[frozenset[str]]]
"""Asks the ledger, for one mailbox, which uids of a `uid_validity` it already has."""

Filed = Callable[[str], Awaitable[bool | None]]
"""Asks whether a provider that files sent mail itself has a Message-ID; None: it cannot be told."""


Warn = Callable[[str | None], Awaitable[None]]


async def _ignore(warning: str | None) -> None:
    del warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a receiver gets from its surroundings: the mailbox it reads, and the ledger's memory of it.

    Mail that arrived before `connected_at` is wanted only where the settings say so (None: all mail is wanted).
    `is_own` says whether a Message-ID is one of ours. `warn` tells people what will stop working (None: it is mended).
    """

    mailbox_id: MailboxId
    known: Known
    connected_at: datetime | None = None
    is_own: Callable[[str], bool] = lambda _: False
    warn: Warn = _ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReceiver:
    """An opened mailbox: what receives, and, where the kind has them, what sees answers of people and files copies.

    Closing the receiver closes all of it.
    """

    receiver: Receiver
    lookout: Lookout | None = None
    sent_folder: SentFolder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverPlugin:
    """A kind of mailbox: its name, its title for people, its settings, and what opens it.

    `build` validates the settings and raises ConfigurationError; it reaches nothing outside. Settings that are
    `SecretStr` are kept sealed. `check` tries an opened one and returns one line that says what was found there, or
    raises PluginError or TransientError with what to do.
    """

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], Surroundings], OpenReceiver]
    check: Callable[[OpenReceiver], Awaitable[str]]


async def _cannot_tell(message_id: str) -> bool | None:
    del message_id
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSurroundings:
    """What a sender gets: `filed` asks whether the provider itself filed a Message-ID; `warn` as for a receiver."""

    filed: Filed = _cannot_tell
    warn: Warn = _ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPlugin:
    """A way to send: its name, its title for people, its settings, and what opens it (as for a receiver)."""

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], SendingSurroundings], Sender]
