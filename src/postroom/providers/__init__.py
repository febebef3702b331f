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


Stored = Callable[[], Awaitable[str | None]]
"""Gives the cursor of one mailbox that was stored last, or None."""

Warn = Callable[[str | None], Awaitable[None]]

Renewed = Callable[[str, str], Awaitable[None]]
"""Takes a secret that the other side put in place of an old one: the dotted path of its setting, and the new value."""


async def _nothing_stored() -> str | None:
    return None


async def _ignore(warning: str | None) -> None:
    del warning


async def _forget(path: str, secret: str) -> None:
    del path, secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a receiver gets from its surroundings: the mailbox it reads, and the ledger's memory of it.

    Mail that arrived before `connected_at` is wanted only where the settings say so (None: all mail is wanted).
    `is_own` says whether a Message-ID is one of ours. `warn` tells people what will stop working (None: it is mended).
    `renewed` keeps a secret that has changed by itself. `cursor` gives what the ledger has stored: whoever names places
    names them in its terms. `generation` changes when the mailbox becomes another place (server, user, folder, kind):
    places and cursors of different generations never mean the same (empty: there was only ever one).
    """

    mailbox_id: MailboxId
    known: Known
    connected_at: datetime | None = None
    is_own: Callable[[str], bool] = lambda _: False
    warn: Warn = _ignore
    renewed: Renewed = _forget
    cursor: Stored = _nothing_stored
    generation: str = ""


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
    raises PluginError or TransientError with what to do. `looks_out` where what is opened always has a lookout: an
    automatic reply then waits while the mailbox is not open.
    """

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], Surroundings], OpenReceiver]
    check: Callable[[OpenReceiver], Awaitable[str]]
    looks_out: bool = False


async def _cannot_tell(message_id: str) -> bool | None:
    del message_id
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingSurroundings:
    """What a sender gets: `filed` asks whether the provider itself filed a Message-ID; the rest as for a receiver."""

    filed: Filed = _cannot_tell
    warn: Warn = _ignore
    renewed: Renewed = _forget


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPlugin:
    """A way to send: its name, its title for people, its settings, and what opens it (as for a receiver)."""

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], SendingSurroundings], Sender]
