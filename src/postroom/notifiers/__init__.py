"""How people are told at once: one module is one notifier, found by `discovery` through its declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from pydantic import BaseModel

from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """What notifiers speak through: a client for HTTP (see `post.open_client`), and the senders of mail by name.

    `message_id` makes a Message-ID of ours from a key and a domain, so that we know our own notices again.
    """

    client: httpx.AsyncClient
    senders: Mapping[str, Sender]
    message_id: Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierPlugin:
    """A way to tell people: its name, its title for people, its settings, and what makes it.

    `build` validates the settings and raises ConfigurationError; it reaches nothing outside. What it speaks through
    belongs to the caller, who closes it. Where the settings have an `allow_private`, it says whether addresses inside
    the own network may be reached; over HTTP it is refused where the process does not allow that.
    """

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], Channels], Notifier]
