"""The declaration of sending over SMTP."""

from collections.abc import Mapping

from postroom.discovery import configured
from postroom.interfaces.provider import Sender
from postroom.providers import SenderPlugin, SendingSurroundings
from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.smtp_sender import SmtpSender


def _build(values: Mapping[str, object], surroundings: SendingSurroundings) -> Sender:
    return SmtpSender(configured(SmtpConfig, values, plugin="smtp"), surroundings)


SMTP = SenderPlugin(name="smtp", title="SMTP", config=SmtpConfig, build=_build)
