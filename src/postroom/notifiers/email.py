"""Tells it by e-mail, through one of the accounts that send replies."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

import structlog
from pydantic import BaseModel, ConfigDict, Field, field_validator

from postroom.discovery import configured
from postroom.errors import PluginError, TransientError
from postroom.interfaces.clock import Clock, SystemClock
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Delivery, Sender, SendResult, granted
from postroom.mime.caution import is_usable
from postroom.model.email import Address
from postroom.model.notification import Notification, Severity
from postroom.model.reply import OutgoingEmail
from postroom.notifiers import Channels, NotifierPlugin

log = structlog.get_logger()

MAX_SUBJECT_CHARS = 200
MAX_REMEMBERED = 1000
"""Of how many notices that some address did not take it is remembered which ones did."""


class EmailConfig(BaseModel):
    """The settings of notices by e-mail."""

    model_config = ConfigDict(extra="forbid")

    to: list[str] = Field(min_length=1, max_length=20, description="The addresses that are told, one message each.")
    from_address: str = Field(description="The address that notices come from; the sender must be allowed to use it.")
    sender: str | None = Field(default=None, description="The account that sends; None: the only one there is.")
    timeout_seconds: float = Field(
        default=45.0, gt=0, le=50, description="How long one message may take."
    )  # All go out at once, and the node that tells of urgent e-mails waits for 60 seconds.

    @field_validator("to")
    @classmethod
    def _all_usable(cls, addresses: list[str]) -> list[str]:
        return [_usable(address) for address in addresses]

    @field_validator("from_address")
    @classmethod
    def _one_usable(cls, address: str) -> str:
        return _usable(address)


class EmailNotifier:
    """Sends a small plain-text message to each address. The same notification always has the same Message-ID."""

    def __init__(self, config: EmailConfig, channels: Channels, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._channels = channels
        self._took: OrderedDict[str, set[str]] = OrderedDict()

    async def notify(self, notification: Notification) -> None:
        """Send the notice to all addresses at once; one that fails keeps no other from being told.

        Told again, it goes only to those that did not take it (as far as this process knows). An alarm is told as soon
        as one address took it; the others are logged.

        Raises:
            TransientError: an address could not be told now, or it is not certain.
            PluginError: an address was refused, or there is no such sender.
        """
        sender = self._sender()
        took = self._remembered(notification.key)
        waiting = [address for address in self._config.to if address not in took]

        async def tell(address: str) -> SendResult:
            result = await self._send(sender, self._composed(notification, address))
            if result.delivery is Delivery.SENT:
                # Noted at once: who tells may be cancelled before the last one has answered.
                took.add(address)
            return result

        results = await asyncio.gather(*(tell(address) for address in waiting))
        pairs = zip(waiting, results, strict=True)
        failed = [(address, result) for address, result in pairs if result.delivery is not Delivery.SENT]
        if failed and not (took and notification.severity is Severity.ALARM):
            raise _problem(failed)
        if failed:
            log.error(
                "not_everyone_told",
                key=notification.key,
                failed=len(failed),
                hint="Try the notifier: that says which address failed, and why.",
            )
        self._took.pop(notification.key, None)

    async def check(self) -> str:
        """Return who is told and through what, having tried to reach that; nothing is sent.

        Raises:
            TransientError, PluginError: it cannot be used, with a hint.
        """
        return f"E-mail to {', '.join(self._config.to)} through {await self._sender().check()}"

    async def _send(self, sender: Sender, message: OutgoingEmail) -> SendResult:
        try:
            async with asyncio.timeout(self._config.timeout_seconds):
                return await sender.send(message, granted)
        except TimeoutError:
            detail = f"no answer within {self._config.timeout_seconds:g} s"
            return SendResult(delivery=Delivery.UNCERTAIN, detail=detail)

    def _remembered(self, key: str) -> set[str]:
        """Return the addresses that took the notice, to be added to."""
        took = self._took.setdefault(key, set())
        self._took.move_to_end(key)
        while len(self._took) > MAX_REMEMBERED:
            self._took.popitem(last=False)
        return took

    def _sender(self) -> Sender:
        senders = self._channels.senders
        name = self._config.sender
        if name is None and len(senders) == 1:
            return next(iter(senders.values()))
        if name is not None and name in senders:
            return senders[name]
        known = ", ".join(sorted(senders)) or "none yet"
        raise PluginError(
            f"There is no sender {name!r}." if name else "It is not clear which account sends notices.",
            hint=f"Name one of these as sender: {known}.",
        )

    def _composed(self, notification: Notification, address: str) -> OutgoingEmail:
        origin = self._config.from_address
        policy = SMTP if (address + origin).isascii() else SMTPUTF8
        message = EmailMessage(policy=policy)
        message["From"] = origin
        message["To"] = address
        message["Date"] = format_datetime(self._clock.now())  # RFC 5322 section 3.6 demands it.
        message["Subject"] = f"[{notification.severity.value}] {_one_line(notification.title)}"[:MAX_SUBJECT_CHARS]
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine answers it.
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(_text(notification), charset="utf-8", cte="quoted-printable")
        message_id = self._channels.message_id(notification.key, origin.rpartition("@")[2])
        return OutgoingEmail(
            message_id=message_id,
            mail_from=origin,
            recipient=Address(name="", address=address),
            # Not as a header of the library: it would encode a long id.
            content=f"Message-ID: {message_id}\r\n".encode("ascii") + message.as_bytes(),
        )


def _problem(failed: Sequence[tuple[str, SendResult]]) -> PluginError:
    words = "; ".join(f"{address}: {result.detail}" for address, result in failed)
    if all(result.delivery is Delivery.REFUSED for _, result in failed):
        return PluginError(
            f"Notices cannot be sent: {words}", hint="Check the addresses of this notifier and its from_address."
        )
    return TransientError(
        f"Notices could not be sent: {words}", hint="It is tried again; check the sender if this lasts."
    )


def _text(notification: Notification) -> str:
    named = {"E-mail": notification.email_id, "Execution": notification.execution_id, "Key": notification.key}
    ids = "\n".join(f"{name}: {value}" for name, value in named.items() if value)
    return f"{notification.title}\n\n{notification.text}\n\n{ids}\n".encode("utf-8", "replace").decode()


def _one_line(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text.encode("utf-8", "replace").decode())
    return " ".join(shown.split())


def _usable(address: str) -> str:
    if not is_usable(Address(name="", address=address)):
        raise ValueError("it is not an address that mail can go to")
    return address


def _build(values: Mapping[str, object], channels: Channels) -> Notifier:
    return EmailNotifier(configured(EmailConfig, values, plugin="email"), channels, SystemClock())


PLUGIN = NotifierPlugin(name="email", title="E-mail", config=EmailConfig, build=_build)
