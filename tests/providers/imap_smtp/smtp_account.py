"""An SMTP account at a server of the tests."""

from collections.abc import Mapping

from contracts.sender_contract import SenderTrial
from postroom.interfaces.provider import Claim
from postroom.model.email import Address
from postroom.model.reply import OutgoingEmail
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.smtp_sender import SmtpSender
from servers.smtp import SmtpServer


def sender_at(
    server: SmtpServer, settings: Mapping[str, object] | None = None, surroundings: SendingSurroundings | None = None
) -> SmtpSender:
    """Return a sender for `server`, in clear unless `settings` say more, with a time-out well above what it takes."""
    usual: dict[str, object] = {"host": "localhost", "port": server.port, "security": "none", "timeout_seconds": 5}
    return SmtpSender(SmtpConfig.model_validate(usual | dict(settings or {})), surroundings or SendingSurroundings())


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
