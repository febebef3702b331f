"""Where mail comes from and goes to: one module is one provider, found by `discovery` through its declaration."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from postroom.interfaces.provider import TRUNCATED_FLAG as TRUNCATED_FLAG
from postroom.interfaces.provider import Receiver, Sender
from postroom.model.email import MailboxId

Known = Callable[[str, Sequence[str]], Awaitable[frozenset[str]]]
"""Asks the ledger, for one mailbox, which uids of a `uid_validity` it already has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a receiver gets from its surroundings: the mailbox it reads, and the ledger's memory of it."""

    mailbox_id: MailboxId
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverPlugin:
    """A kind of mailbox: its name, its title for people, its settings, and what opens it.

    `build` validates the settings and raises ConfigurationError; it reaches nothing outside.
    """

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], Surroundings], Receiver]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPlugin:
    """A way to send: its name, its title for people, its settings, and what opens it (as for a receiver)."""

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object]], Sender]
