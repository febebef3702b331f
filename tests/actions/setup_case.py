"""A setup with plug-ins of the tests' own, so that acts on accounts need no real servers."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, SecretStr

from contracts.store_nouns import SUPPORT
from postroom.actions.accounts import Setup
from postroom.actions.desk import Desk
from postroom.discovery import Discovered
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Claim, Delivery, Sender, SendResult
from postroom.model.email import Address, MailboxId
from postroom.model.mailbox import Mailbox
from postroom.model.reply import OutgoingEmail
from postroom.notifiers import Channels, NotifierPlugin
from postroom.providers import OpenReceiver, ReceiverPlugin, SenderPlugin, SendingSurroundings, Surroundings
from postroom.sealing import Seal

PluginT = TypeVar("PluginT", ReceiverPlugin, SenderPlugin, NotifierPlugin)


class Consent(BaseModel):
    client_id: str
    client_secret: SecretStr
    scope: str = "mail"


class Pigeonry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str
    port: int = 993
    username: str = ""
    folder: str = "INBOX"
    password: SecretStr | None = None
    oauth: Consent | None = None
    sender: str = ""


def hello(name: str) -> Mailbox:
    """Return a mailbox at a shop of its own."""
    return Mailbox(
        id=MailboxId(name), address=Address(name="Shop", address=f"help@{name}.example.com"), workflow=SUPPORT
    )


class Recorder:
    """A sender that keeps what it is given and says what became of it as it was told to."""

    def __init__(self, result: SendResult) -> None:
        self.sent: list[OutgoingEmail] = []
        self.closed = 0
        self._result = result

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        assert await claim() is Claim.GRANTED
        self.sent.append(message)
        return self._result

    async def find(self, message_id: str) -> bool | None:
        return None

    async def check(self) -> str:
        return "a recorder"

    async def close(self) -> None:
        self.closed += 1


def setup_of(desk: Desk, *, sender: Sender | None = None) -> Setup:
    """Return a setup with the kind `pigeon` in each family."""
    used = sender or Recorder(SendResult(delivery=Delivery.SENT))

    def receiver(values: Mapping[str, object], surroundings: Surroundings) -> OpenReceiver:
        raise NotImplementedError

    async def looked_at(opened: OpenReceiver) -> str:
        raise NotImplementedError

    def notifier(values: Mapping[str, object], channels: Channels) -> Notifier:
        raise NotImplementedError

    def built(values: Mapping[str, object], surroundings: SendingSurroundings) -> Sender:
        Pigeonry.model_validate(values)
        return used

    return Setup(
        desk=desk,
        seal=Seal(b"s" * 32),
        receivers=_one(
            ReceiverPlugin(name="pigeon", title="Pigeons", config=Pigeonry, build=receiver, check=looked_at)
        ),
        senders=_one(SenderPlugin(name="pigeon", title="Pigeons", config=Pigeonry, build=built)),
        notifiers=_one(NotifierPlugin(name="pigeon", title="Pigeons", config=Pigeonry, build=notifier)),
    )


def _one(plugin: PluginT) -> Discovered[PluginT]:
    return Discovered(plugins=MappingProxyType({plugin.name: plugin}))
