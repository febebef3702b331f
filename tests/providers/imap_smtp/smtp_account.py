"""An SMTP account at a server of the tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from contracts.sender_contract import SenderTrial
from postroom.interfaces.provider import Claim
from postroom.model.email import Address
from postroom.model.reply import OutgoingEmail
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.smtp_sender import SmtpSender
from servers.smtp import SmtpServer


@dataclass
class Stopwatch:
    """Seconds that the test moves on."""

    seconds: float = 0.0

    def now(self) -> float:
        return self.seconds


def sender_at(
    server: SmtpServer,
    settings: Mapping[str, object] | None = None,
    surroundings: SendingSurroundings | None = None,
    now: Callable[[], float] = monotonic,
) -> SmtpSender:
    """Return a sender for `server`, in clear unless `settings` say more, with time-outs well above what it takes."""
    usual: dict[str, object] = {"host": "localhost", "port": server.port, "security": "none", "timeout_seconds": 5}
    config = SmtpConfig.model_validate(usual | {"wait_seconds": 30} | dict(settings or {}))
    return SmtpSender(config, surroundings or SendingSurroundings(), now=now)


def trial_at(server: SmtpServer, sender: SmtpSender) -> SenderTrial:
    """Return the trial of the contract for `sender`."""
    return SenderTrial(sender=sender, arrived=lambda: [one.content for one in server.accepted])


async def granted() -> Claim:
    """Claim it."""
    return Claim.GRANTED


def mail(
    *, body: bytes = b"Hello\r\n", recipient: str = "ann@example.com", mail_from: str = "bounces@postroom.example"
) -> OutgoingEmail:
    """Return a message with the body as given."""
    return OutgoingEmail(
        message_id="<1@postroom.example>",
        mail_from=mail_from,
        recipient=Address(name="", address=recipient),
        content=b"Message-ID: <1@postroom.example>\r\nSubject: Re\r\n\r\n" + body,
    )
