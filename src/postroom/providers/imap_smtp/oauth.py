"""Access tokens for mailboxes that want OAuth 2.0 in place of a password, renewed before they run out (RFC 6749)."""

import base64
import json
import threading
from collections import deque
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from postroom.errors import PluginError
from postroom.interfaces.clock import Clock
from postroom.providers import Renewed, Warn
from postroom.providers.imap_smtp.oauth_endpoint import GoogleAccount, Token, ask
from postroom.providers.imap_smtp.tls import is_loopback

REFRESH_TOKEN_PATH = "oauth.refresh_token"  # noqa: S105 -- the name of the setting, in IMAP and SMTP accounts alike
RENEW_BEFORE = timedelta(minutes=5)
RETRY_AFTER = timedelta(seconds=30)
ANNOUNCE_BEFORE = timedelta(days=14)
GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 -- an address, not a secret


class Grant(StrEnum):
    """How a token is asked for: with a person's consent, in the application's own name, or as a Google account."""

    REFRESH_TOKEN = "refresh_token"  # noqa: S105 -- the name that RFC 6749 gives it
    CLIENT_CREDENTIALS = "client_credentials"
    GOOGLE_SERVICE_ACCOUNT = "google_service_account"


class OAuthConfig(BaseModel):
    """The settings of OAuth 2.0, the same for every provider."""

    model_config = ConfigDict(extra="forbid")

    grant: Grant = Field(default=Grant.REFRESH_TOKEN, description="How tokens are asked for.")
    token_url: str = Field(default="", description="The provider's token endpoint, https://…")
    client_id: str = Field(default="", description="The application's id at the provider.")
    client_secret: SecretStr | None = Field(default=None, description="The application's secret, if it has one.")
    refresh_token: SecretStr | None = Field(default=None, description="What a person's consent gave.")
    scope: str = Field(default="", description="What is asked for, words separated by spaces.")
    service_account_json: SecretStr | None = Field(default=None, description="The key file of a Google account.")
    subject: str = Field(default="", description="The mailbox that a Google service account speaks for.")
    credentials_expire_on: date | None = Field(
        default=None, description="The day on which the secret runs out; it is announced 14 days before."
    )
    timeout_seconds: float = Field(default=30.0, gt=0, le=120, description="How long one question may take.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed: dict[str, object] = {"token_url": self.token_url, "client_id": self.client_id}
        match self.grant:
            case Grant.REFRESH_TOKEN:
                needed["refresh_token"] = self.refresh_token
            case Grant.CLIENT_CREDENTIALS:
                needed["client_secret"] = self.client_secret
            case Grant.GOOGLE_SERVICE_ACCOUNT:
                needed = {"service_account_json": self.service_account_json, "scope": self.scope}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise ValueError(f"the grant {self.grant.value} needs {', '.join(missing)}")
        if self.token_url and not _is_safe(self.token_url):
            raise ValueError("token_url must begin with https://")
        return self


class TokenNews:
    """What a `TokenSource` has to tell, on its way from the thread that asked for a token to asyncio."""

    def __init__(self) -> None:
        self.warnings: deque[str | None] = deque()
        self.refresh_tokens: deque[str] = deque()

    async def pass_on(self, *, warn: Warn, renewed: Renewed) -> None:
        """Tell it; a refresh token that cannot be kept now is told again next time."""
        while self.refresh_tokens:
            token = self.refresh_tokens.popleft()
            try:
                await renewed(REFRESH_TOKEN_PATH, token)
            except BaseException:
                if not self.refresh_tokens:
                    self.refresh_tokens.append(token)
                raise
        while self.warnings:
            await warn(self.warnings.popleft())


class TokenSource:
    """Gives an access token that is good for some minutes yet. Blocking, and safe to use from several threads.

    `told` hears, from the thread that asked, that tokens cannot be renewed while the present one still lives, or that
    the credentials run out soon; and None where nothing is wrong (any more): changes, and the first state. It hears of
    each refresh token that the endpoint gave in place of the last one. A crash after the endpoint's answer, before that
    token is stored, loses it: where the endpoint has ended the old one, a person must consent anew.
    """

    def __init__(self, config: OAuthConfig, *, told: TokenNews, clock: Clock) -> None:
        """Read the settings; nothing is asked yet.

        Raises:
            ConfigurationError: the key of a service account cannot be used.
        """
        self._config = config
        self._said = told
        self._clock = clock
        self._lock = threading.Lock()
        self._google = _google_account(config) if config.grant is Grant.GOOGLE_SERVICE_ACCOUNT else None
        self._refresh_token = config.refresh_token.get_secret_value() if config.refresh_token else ""
        self._text = ""
        self._renew_at: datetime | None = None
        self._ends_at: datetime | None = None
        self._failure: PluginError | None = None
        self._told: tuple[str | None, ...] = ()

    def token(self) -> str:
        """Return a token, asked for anew where the last one has little time left.

        Raises:
            TransientError: none lives, and the endpoint cannot be reached now.
            PluginError: none lives, and the endpoint refuses for good; the hint says what to do.
        """
        with self._lock:
            now = self._clock.now()
            if self._renew_at is None or now >= self._renew_at:
                self._renew(now)
            self._tell(self._failure_words() or self._expiry_words(now))
            return self._text

    def forget(self) -> None:
        """Ask for a new token next time: the server did not take this one."""
        with self._lock:
            self._renew_at = self._ends_at = None

    def _renew(self, now: datetime) -> None:
        try:
            token = self._ask()
        except PluginError as error:
            if self._ends_at is None or now >= self._ends_at:
                raise
            self._failure, self._renew_at = error, now + RETRY_AFTER
            return
        lifetime = timedelta(seconds=token.lifetime_seconds)
        self._failure, self._text, self._ends_at = None, token.text, now + lifetime
        # Tokens that live for minutes only are not asked for at every use.
        self._renew_at = self._ends_at - min(RENEW_BEFORE, lifetime / 2)
        if token.refresh_token and token.refresh_token != self._refresh_token:
            self._refresh_token = token.refresh_token
            self._said.refresh_tokens.append(token.refresh_token)

    def _ask(self) -> Token:
        config = self._config
        if self._google is not None:
            return self._google.ask(timeout_seconds=config.timeout_seconds)
        form = {"grant_type": config.grant.value, "client_id": config.client_id}
        if config.client_secret:
            form["client_secret"] = config.client_secret.get_secret_value()
        if config.grant is Grant.REFRESH_TOKEN:
            form["refresh_token"] = self._refresh_token
        if config.scope:
            form["scope"] = config.scope
        return ask(config.token_url, form, timeout_seconds=config.timeout_seconds)

    def _failure_words(self) -> str | None:
        if self._failure is None or self._ends_at is None:
            return None
        failure = self._failure
        return f"{failure.message} The present access ends at {self._ends_at:%Y-%m-%d %H:%M} UTC. {failure.hint}"

    def _expiry_words(self, now: datetime) -> str | None:
        last = self._config.credentials_expire_on
        if last is None or now.date() < last - ANNOUNCE_BEFORE:
            return None
        return f"The credentials end on {last:%Y-%m-%d}. Make new ones and enter them in the account."

    def _tell(self, words: str | None) -> None:
        if self._told != (words,):
            self._said.warnings.append(words)
            self._told = (words,)


def oauthbearer_response(username: str, token: str, *, host: str, port: int) -> bytes:
    """Return the initial client response of OAUTHBEARER in base64 (RFC 7628 section 3.1)."""
    name = username.replace("=", "=3D").replace(",", "=2C")
    response = f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01"
    return base64.b64encode(response.encode())


def _google_account(config: OAuthConfig) -> GoogleAccount:
    assert config.service_account_json is not None
    try:
        found = json.loads(config.service_account_json.get_secret_value())
    except ValueError:
        found = None
    info: dict[str, object] = found if isinstance(found, dict) else {}
    url = config.token_url or info.get("token_uri")
    usable = isinstance(url, str) and _is_safe(url)
    return GoogleAccount(
        {**info, "token_uri": url if usable else GOOGLE_TOKEN_URL}, scope=config.scope, subject=config.subject
    )


def _is_safe(url: str) -> bool:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return bool(parsed.host) and (parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(parsed.host)))
