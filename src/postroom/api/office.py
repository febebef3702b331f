"""The office: everything that endpoints may use, made once by bootstrap."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from postroom.actions.accounts import Setup
from postroom.actions.deliverability import Resolver
from postroom.actions.deliverability_dns import DnsResolver
from postroom.actions.desk import Desk
from postroom.actions.guarantee import Places
from postroom.actions.guarantee_shown import GuaranteeState, ModelDial
from postroom.actions.latest import Latest
from postroom.actions.models import Workshop
from postroom.actions.passwords import PASSWORDS, Passwords
from postroom.api.caller import Caller
from postroom.api.live.feed import Feed
from postroom.errors import ConfigurationError
from postroom.interfaces.clock import Clock
from postroom.interfaces.node import NodeType
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.language_models.budget import Purse, SpentToday, spent_today
from postroom.model.account import Account
from postroom.model.judgement import Decider
from postroom.model.mailbox import Mailbox
from postroom.model.preferences import Preferences, PreferencesInForce, in_force
from postroom.model.workflow import WorkflowSlug
from postroom.notifiers.post import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """What tries accounts that may not be stored yet; each returns one line, or raises a `PostroomError`."""

    receiver: Callable[[Mailbox, Account], Awaitable[str]]
    sender: Callable[[Account], Awaitable[str]]
    notifier: Callable[[Account], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeStanding:
    """What this process knows of itself: its open mailboxes, and what cannot be opened."""

    mailboxes: Mapping[str, Mailbox]
    failures: Mapping[str, str]


async def _no_workshop(desk: Desk) -> Workshop:
    raise ConfigurationError(
        f"No model can be put in use here by {desk.by!r}.", hint="Use the command line where Postroom runs."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsHere:
    """The models of this process: the names of those in use, as classifications carry them (`linear@1a2b3c4d`).

    `deciders` are these with who drafts, first what decides where nothing fails. `workshop` gives what acts on models
    need, for who acts. `places` are the mailboxes that something may be promised of. What was told of the promise
    is kept: it takes seconds where much was reviewed.
    """

    in_use: Callable[[], Sequence[str]] = tuple
    deciders: Callable[[], Sequence[Decider]] = tuple
    workshop: Callable[[Desk], Awaitable[Workshop]] = _no_workshop
    places: Callable[[], Places] = Places
    told: Latest[GuaranteeState] = field(default_factory=Latest)
    dialled: Latest[tuple[ModelDial, ...]] = field(default_factory=Latest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request may ask: bytes of a JSON body and of an uploaded message, seconds to send it in.

    Past mail has bounds of its own: its bytes go to the disk as they come, and `body_seconds` bound a silence.
    For `linger_seconds` what is left of a refused body is still taken, so that its sender gets to read the answer.
    """

    body_bytes: int = 1024 * 1024
    upload_bytes: int = 25 * 1024 * 1024
    body_seconds: float = 30.0
    past_mail_bytes: int = 200 * 1024 * 1024
    past_mail_seconds: float = 3600.0
    linger_seconds: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The stores and what works on them. `wake` tells the engine of this process that there is work.

    `setup` gives what acts on accounts need, for who acts. `standing` is asked anew each time. `shelf` gives the
    articles that are answered from now. `preferences` are those of the settings: what people set goes before them.
    `purse` is the language model's, None where none is asked. `public_url` is where browsers reach the API, without a
    slash at its end.
    """

    stores: Stores
    clock: Clock
    node_types: Mapping[str, NodeType[BaseModel]]
    setup: Callable[[Desk], Setup]
    trials: Trials
    standing: Callable[[], OfficeStanding]
    shelf: Callable[[], ArticleShelf]
    feed: Feed
    wake: Callable[[], None]
    preferences: Preferences
    reach: Reach
    secret: bytes
    workflow: WorkflowSlug
    models: ModelsHere = field(default_factory=ModelsHere)
    purse: Purse | None = None
    public_url: str = "http://127.0.0.1:8025"
    limits: Limits = Limits()
    passwords: Passwords = PASSWORDS
    resolver: Resolver = field(default_factory=DnsResolver)

    def desk(self, caller: Caller) -> Desk:
        """Return the desk at which `caller` acts."""
        return Desk(stores=self.stores, clock=self.clock, by=caller.name)

    async def preferences_in_force(self) -> PreferencesInForce:
        """Return what counts now: what people set, else what the settings say."""
        return in_force(await self.stores.preferences.get(), self.preferences)

    async def spent_today(self) -> SpentToday | None:
        """Return what the language model has cost today; None where none is asked."""
        return await spent_today(self.stores.spending, self.clock, self.purse) if self.purse else None

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by https, so that cookies may be kept from plain http."""
        return self.public_url.startswith("https://")


def office_of(connection: HTTPConnection) -> Office:
    """Return the office of the application that serves a request."""
    office: object = connection.app.state.office
    assert isinstance(office, Office)
    return office


OfficeHere = Annotated[Office, Depends(office_of)]
