"""Sends over SMTP, and knows at each point whether a message can have left (RFC 5321, RFC 1047)."""

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiosmtplib

from postroom.errors import PluginError
from postroom.interfaces.provider import Claim, Delivery, Obstacle, SendResult
from postroom.model.reply import OutgoingEmail
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_circuit import BusyError, Circuit, UnopenedError
from postroom.providers.imap_smtp.smtp_config import Security, SmtpConfig
from postroom.providers.imap_smtp.smtp_connection import BROKEN, SmtpConnection, open_connection
from postroom.providers.imap_smtp.smtp_content import (
    NotBegunError,
    ask_to_begin,
    hand_over,
    made_transparent,
    with_crlf,
)
from postroom.providers.imap_smtp.smtp_login import Login
from postroom.providers.imap_smtp.smtp_pool import Pool
from postroom.providers.imap_smtp.smtp_words import (
    answer_words,
    is_about_account,
    is_about_server,
    is_closing,
    is_deferral,
    is_refusal,
)
from postroom.providers.imap_smtp.tls import client_context

# What may stand between the angle brackets of a path: a quoted or plain local part, and a domain.
_ADDRESS = re.compile(
    r'(?:"(?:[^"\\\x00-\x1f\x7f]|\\[ -~])*"|[^\s"(),:;<>@\[\]\\\x00-\x1f\x7f]+)@[^\s<>@\x00-\x1f\x7f]+'
)
MAIL_FROM = "MAIL FROM"
_SECURITY_WORDS = {Security.TLS: "TLS", Security.STARTTLS: "STARTTLS", Security.NONE: "not encrypted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Needs:
    """What a message asks of a server: its size as sent, and what goes beyond ASCII: head or addresses, or any byte."""

    size_bytes: int
    utf8: bool
    eight_bit: bool


class SmtpSender:
    """Hands messages to one SMTP account, over a few connections that are used again."""

    def __init__(
        self, config: SmtpConfig, surroundings: SendingSurroundings, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Read the settings; nothing is reached yet. `now` gives seconds that only grow.

        Raises:
            ConfigurationError: `ca_file` or the key of a service account cannot be used.
        """
        self._config = config
        self._filed = surroundings.filed
        self._context = None if config.security is Security.NONE else client_context(config.ca_file)
        self._login = Login(config, surroundings)
        circuit = Circuit(self._open, wait_seconds=config.wait_seconds, now=now)
        self._pool = Pool(circuit, config, now=now)

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        """Go as far as RCPT TO, ask `claim()`, then hand the message over with DATA.

        Until its content has begun, a failure of network, server or account is `DEFERRED` and a refusal of this message
        is `REFUSED`; from then on only the server's answer to the final dot is certain.
        """
        needs = _needs(message)
        if needs is None:
            return _refused("The recipient's or our own address cannot be written in SMTP.")
        for _ in range(2):
            try:
                async with self._pool.lend() as connection:
                    return await self._transact(connection, message, needs, claim)
            except UnopenedError as unopened:
                return _deferred_by_account(f"Not this message, but the account: {unopened}")
            except BusyError as busy:
                return SendResult(delivery=Delivery.DEFERRED, detail=str(busy), obstacle=Obstacle.BUSY)
            except _GoneError:
                # Nothing was claimed. The others have been idle for longer still.
                self._pool.drop_idle()
        return _deferred_by_account(f"{self._config.host} closes each connection again.")

    async def find(self, message_id: str) -> bool | None:
        """Return True where the provider filed `message_id` among the sent mail, else None."""
        try:
            return await self._filed(message_id) or None
        except PluginError:
            return None

    async def check(self) -> str:
        """Return what would be sent through, having connected and logged in; nothing is sent.

        Raises:
            TransientError, PluginError: it cannot be used, with a hint.
        """
        connection = await open_connection(self._config, self._context, self._login)
        limit = connection.size_limit
        parts = [self._config.place, _SECURITY_WORDS[self._config.security]]
        parts.append(f"logged in as {self._config.username}" if self._config.username else "without log-in")
        parts.append(f"SIZE {limit / 1_000_000:.0f} MB" if limit else "no SIZE limit")
        parts.append("SMTPUTF8" if connection.offers("smtputf8") else "no SMTPUTF8")
        await connection.leave()
        return ", ".join(parts)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.close()

    async def _open(self) -> SmtpConnection:
        return await open_connection(self._config, self._context, self._login)

    async def _transact(
        self, connection: SmtpConnection, message: OutgoingEmail, needs: _Needs, claim: Callable[[], Awaitable[Claim]]
    ) -> SendResult:
        refusal = self._misfit(connection, needs)
        if refusal is not None:
            connection.clean = True
            return refusal
        stopped = await self._envelope(connection, message, needs)
        if stopped is not None:
            return stopped
        transparent = made_transparent(message.content)
        answer = await claim()
        if answer is not Claim.GRANTED:
            connection.clean = await connection.is_alive()
            return SendResult(delivery=Delivery.NOT_CLAIMED, claim=answer)
        return await self._deliver(connection, transparent)

    def _misfit(self, connection: SmtpConnection, needs: _Needs) -> SendResult | None:
        """Return the refusal of a message that this server cannot take."""
        host, limit = self._config.host, connection.size_limit
        if limit is not None and needs.size_bytes > limit:
            return _refused(f"The message has {needs.size_bytes:,} bytes; {host} takes at most {limit:,}.")
        if needs.utf8 and not connection.offers("smtputf8"):
            return _refused(f"An address or header needs letters beyond ASCII, and {host} does not offer SMTPUTF8.")
        if needs.eight_bit and not connection.offers("8bitmime"):
            return _refused(f"The message holds 8-bit text, and {host} does not offer 8BITMIME.")
        return None

    async def _envelope(self, connection: SmtpConnection, message: OutgoingEmail, needs: _Needs) -> SendResult | None:
        """Send MAIL FROM and RCPT TO; return the result where that ends it.

        Raises:
            _GoneError: the server closed a connection that was used before; another one may do.
        """
        options = [f"SIZE={needs.size_bytes}".encode()] if connection.offers("size") else []
        options += [b"BODY=8BITMIME"] if needs.eight_bit else []
        options += [b"SMTPUTF8"] if needs.utf8 else []
        sender, recipient = message.mail_from.encode(), message.recipient.address.encode()
        try:
            answer = await connection.client.execute_command(b"MAIL", b"FROM:<%b>" % sender, *options)
        except BROKEN as error:
            if connection.rested_at is not None and not isinstance(error, TimeoutError):
                raise _GoneError from error
            return self._lost(error)
        if is_closing(answer) and connection.rested_at is not None:
            raise _GoneError
        if not _is_success(answer):
            return self._failed(MAIL_FROM, answer)
        try:
            answer = await connection.client.execute_command(b"RCPT", b"TO:<%b>" % recipient)
        except BROKEN as error:
            return self._lost(error)
        return None if _is_success(answer) else self._failed("RCPT TO", answer)

    async def _deliver(self, connection: SmtpConnection, transparent: bytes) -> SendResult:
        """Hand over what was claimed: no exception leaves here but a cancellation."""
        host = self._config.host
        try:
            answer = await ask_to_begin(connection.client)
        except BROKEN as error:
            return self._lost(error)
        if answer.code != aiosmtplib.SMTPStatus.start_input:
            return self._failed("DATA", answer)
        try:
            answer = await hand_over(connection.client, transparent, timeout_seconds=self._config.data_timeout_seconds)
        except NotBegunError:
            return _deferred_by_account(f"{host} closed the connection before the message.")
        except Exception as error:  # noqa: BLE001 -- whatever it is, the message may have left.
            return _uncertain(f"The message was given to {host}, which did not answer ({type(error).__name__}).")
        connection.clean = _is_success(answer)
        if connection.clean:
            return SendResult(delivery=Delivery.SENT, detail=answer_words(answer))
        if is_refusal(answer.code) or is_deferral(answer.code):
            return self._failed("the message", answer)
        return _uncertain(f"{host} answered the message with {answer_words(answer)}.")

    def _failed(self, step: str, answer: aiosmtplib.SMTPResponse) -> SendResult:
        """Return the certain result of a 4xx or 5xx, or of any unfit answer before the content."""
        said = f"{self._config.host} answered {step} with {answer_words(answer)}."
        if is_refusal(answer.code) and not is_about_account(answer):
            return _refused(said)
        if is_deferral(answer.code) and step != MAIL_FROM and not is_about_server(answer):
            return _deferred_by_recipient(said)
        return _deferred_by_account(said)

    def _lost(self, error: Exception) -> SendResult:
        host = self._config.host
        if isinstance(error, TimeoutError):
            return _deferred_by_account(f"{host} did not answer within {self._config.timeout_seconds:g} s.")
        return _deferred_by_account(f"The connection to {host} was lost before the message ({type(error).__name__}).")


class _GoneError(Exception):
    """A kept connection had been closed when it was used again, before anything was claimed."""


def _needs(message: OutgoingEmail) -> _Needs | None:
    """Return what `message` asks of a server, or None where an address cannot be written."""
    sender, recipient = message.mail_from, message.recipient.address
    if _ADDRESS.fullmatch(recipient) is None or (sender and _ADDRESS.fullmatch(sender) is None):
        return None
    content = with_crlf(message.content)
    head = content.partition(b"\r\n\r\n")[0]
    return _Needs(
        size_bytes=len(content),
        utf8=not (sender.isascii() and recipient.isascii() and head.isascii()),
        eight_bit=not content.isascii(),
    )


def _is_success(answer: aiosmtplib.SMTPResponse) -> bool:
    return 200 <= answer.code < 300


def _deferred_by_account(detail: str) -> SendResult:
    """Return that no message goes through now."""
    return SendResult(delivery=Delivery.DEFERRED, detail=detail, obstacle=Obstacle.SERVER)


def _deferred_by_recipient(detail: str) -> SendResult:
    """Return that this message does not go through now; others may."""
    return SendResult(delivery=Delivery.DEFERRED, detail=detail, obstacle=Obstacle.MESSAGE)


def _refused(detail: str) -> SendResult:
    return SendResult(delivery=Delivery.REFUSED, detail=detail)


def _uncertain(detail: str) -> SendResult:
    return SendResult(delivery=Delivery.UNCERTAIN, detail=detail)
