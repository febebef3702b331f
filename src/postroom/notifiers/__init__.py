"""How people are told at once: one module is one notifier, found by `discovery` through its declaration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx
from pydantic import BaseModel

from postroom.interfaces.notifier import Notifier


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierPlugin:
    """A way to tell people: its name, its title for people, its settings, and what makes it.

    `build` validates the settings and raises ConfigurationError; it reaches nothing outside. The client (see
    `post.open_client`) belongs to the caller, who closes it.
    """

    name: str
    title: str
    config: type[BaseModel]
    build: Callable[[Mapping[str, object], httpx.AsyncClient], Notifier]
