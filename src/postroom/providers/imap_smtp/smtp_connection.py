"""One connection to an SMTP server: opened, encrypted and logged in."""

import asyncio
import contextlib
import ssl

import aiosmtplib

from postroom.errors import PluginError
from postroom.providers.imap_smtp.smtp_config import Security, SmtpConfig
from postroom.providers.imap_smtp.smtp_login import Login
from postroom.providers.imap_smtp.smtp_words import connection_problem

BROKEN = (aiosmtplib.SMTPException, OSError)
"""What a connection that fails raises."""

FAREWELL_SECONDS = 2.0


class SmtpConnection:
    """A connection that is logged in. `clean` says that it may be used again: no error, and no open transaction.

    `rested_at` is when it was used last, by the clock of its pool; None as long as it was not used.
    """

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self.client = client
        self.clean = True
        self.rested_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether neither side has closed it, as far as is known without asking."""
        return self.client.is_connected

    @property
    def size_limit(self) -> int | None:
        """The largest message in bytes (RFC 1870); None where the server announces none."""
        announced = self.client.esmtp_extensions.get("size", "")
        return int(announced) if announced.isascii() and announced.isdigit() and int(announced) > 0 else None

    def offers(self, extension: str) -> bool:
        """Return whether the server announced `extension`."""
        return self.client.supports_extension(extension)

    async def is_alive(self) -> bool:
        """Ask the server to forget any open transaction; False where it does not answer with 2xx (421, gone)."""
        try:
            answer = await self.client.execute_command(b"RSET")
        except BROKEN:
            return False
        return 200 <= answer.code < 300

    async def leave(self) -> None:
        """Say goodbye and close."""
        with contextlib.suppress(*BROKEN):
            await self.client.execute_command(b"QUIT", timeout=FAREWELL_SECONDS)
        # Not the library's own way: it would leave a TLS connection open until the server says goodbye once more.
        self.drop()
        await asyncio.sleep(0)  # The event loop closes the socket in its next turn.

    def drop(self) -> None:
        """Close at once; what was not written yet stays unwritten."""
        transport = self.client.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        self.client.close()


async def open_connection(config: SmtpConfig, context: ssl.SSLContext | None, login: Login) -> SmtpConnection:
    """Return a new connection, encrypted as the settings want and logged in.

    Raises:
        TransientError: not now (no answer, 4xx).
        PluginError: not with these settings (certificate, log-in, no STARTTLS); the hint says what to do.
    """
    client = aiosmtplib.SMTP(
        hostname=config.host,
        port=config.effective_port,
        timeout=config.timeout_seconds,
        local_hostname=config.local_hostname,
        use_tls=config.security is Security.TLS,
        start_tls=False,
        tls_context=context,
    )
    try:
        await client.connect()
        await client.ehlo()
        if config.security is Security.STARTTLS:
            await _encrypt(client, config)
        await login.log_in(client)
    except BaseException as error:
        SmtpConnection(client).drop()
        if isinstance(error, (*BROKEN, ValueError)):
            raise connection_problem(error, config) from error
        raise
    return SmtpConnection(client)


async def _encrypt(client: aiosmtplib.SMTP, config: SmtpConfig) -> None:
    if not client.supports_extension("starttls"):
        raise PluginError(
            f"{config.place} does not offer STARTTLS.",
            hint="Set security to tls with the port for it (465); none would show the password to the network.",
        )
    await client.starttls()
    await client.ehlo()
