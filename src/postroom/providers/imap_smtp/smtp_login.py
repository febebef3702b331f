"""Logging in to an SMTP server: with the first mechanism that fits, and once; more tries could lock the account."""

import asyncio

import aiosmtplib

from postroom.errors import PluginError
from postroom.interfaces.clock import SystemClock
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.oauth import TokenNews, TokenSource, oauthbearer_response
from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.smtp_words import login_problem


class LogInRefusedError(PluginError):
    """The account was refused, by the server or by its token endpoint: trying again at once only does harm."""


class Login:
    """Logs connections of one account in."""

    def __init__(self, config: SmtpConfig, surroundings: SendingSurroundings) -> None:
        self._config = config
        self._surroundings = surroundings
        self._said = TokenNews()
        self._tokens = TokenSource(config.oauth, told=self._said, clock=SystemClock()) if config.oauth else None

    async def log_in(self, client: aiosmtplib.SMTP) -> None:
        """Log `client` in after its EHLO; does nothing for an account without a user name.

        Raises:
            TransientError: not now (4xx, the token endpoint cannot be reached).
            LogInRefusedError: refused, or the server offers no mechanism that fits; the hint says what to do.
            aiosmtplib.SMTPException, OSError: the connection failed.
        """
        try:
            if self._config.password is not None:
                await self._with_password(client, self._config.password.get_secret_value())
            elif self._tokens is not None:
                await self._with_token(client, self._tokens)
        except PluginError as error:
            if error.retryable:
                raise
            raise LogInRefusedError(error.message, hint=error.hint) from error

    async def _with_password(self, client: aiosmtplib.SMTP, password: str) -> None:
        ways = {"plain": client.auth_plain, "login": client.auth_login}
        chosen = next((way for name, way in ways.items() if name in client.server_auth_methods), None)
        if chosen is None:
            raise self._nothing_fits(client)
        try:
            await chosen(self._config.username, password)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise login_problem(aiosmtplib.SMTPResponse(error.code, error.message), self._config) from error

    async def _with_token(self, client: aiosmtplib.SMTP, tokens: TokenSource) -> None:
        if not {"xoauth2", "oauthbearer"} & set(client.server_auth_methods):
            raise self._nothing_fits(client)
        try:
            token = await asyncio.to_thread(tokens.token)
        finally:
            await self._said.pass_on(warn=self._surroundings.warn, renewed=self._surroundings.renewed)
        answer = await self._present(client, token)
        if answer.code != aiosmtplib.SMTPStatus.auth_successful:
            await asyncio.to_thread(tokens.forget)
            raise login_problem(answer, self._config)

    async def _present(self, client: aiosmtplib.SMTP, token: str) -> aiosmtplib.SMTPResponse:
        if "xoauth2" in client.server_auth_methods:
            try:
                return await client.auth_xoauth2(self._config.username, token)
            except aiosmtplib.SMTPAuthenticationError as error:
                return aiosmtplib.SMTPResponse(error.code, error.message)
        response = oauthbearer_response(
            self._config.username, token, host=self._config.host, port=self._config.effective_port
        )
        answer = await client.execute_command(b"AUTH", b"OAUTHBEARER", response)
        if answer.code == aiosmtplib.SMTPStatus.auth_continue:
            # RFC 7628 section 3.2.3: the client answers the server's error with a single %x01.
            answer = await client.execute_command(b"AQ==")
        return answer

    def _nothing_fits(self, client: aiosmtplib.SMTP) -> PluginError:
        offered = ", ".join(client.server_auth_methods) or "none"
        return PluginError(
            f"{self._config.place} offers no way to log in that fits (it offers: {offered}).",
            hint="Log-in is often offered only after encryption: set security to starttls or tls. With oauth the server"
            " must offer XOAUTH2.",
        )
