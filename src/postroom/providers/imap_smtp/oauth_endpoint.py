"""One question to a token endpoint: what it gives, or why it gives nothing and who can mend that (RFC 6749, 5)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

import google.auth.exceptions
import httpx
from google.auth.transport import Request, Response
from google.oauth2 import service_account

from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.clock import SystemClock
from postroom.providers.imap_smtp.tls import client_context, tls_problem

LATER = {408, 425, 429}  # With every 5xx: the endpoint asks to try again.
UNKNOWN_LIFETIME_SECONDS = 600.0  # Where the answer does not say it.
_CHANGE = "then enter it where it is used: change the account of the mailbox or the sender."
_HINTS = {
    "invalid_grant": f"The consent was withdrawn or has run out: log in again, {_CHANGE}",
    "invalid_client": f"The client secret is wrong or has run out: make a new one, {_CHANGE}",
    "unauthorized_client": f"Allow this grant for the application in the provider's console, {_CHANGE}",
    "invalid_scope": f"Allow the scope for the application in the provider's console or correct it, {_CHANGE}",
}
_MICROSOFT_CODE = re.compile(r"AADSTS\d{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token, how long it lives from now on, and the new refresh token where the endpoint gave one."""

    text: str = field(repr=False)
    lifetime_seconds: float
    refresh_token: str | None = field(default=None, repr=False)


def ask(url: str, form: Mapping[str, str], *, timeout_seconds: float) -> Token:
    """Post `form` to the token endpoint and return the token it gives.

    Raises:
        TransientError: no connection, no answer in time, 408, 425, 429 or 5xx.
        PluginError: refused (the hint says who mends it), or no token in the answer.
    """
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    body = str(httpx.QueryParams(dict(form))).encode("ascii")
    given = _object(_post(url, body, headers, timeout_seconds=timeout_seconds))
    refresh_token = given.get("refresh_token")
    return Token(
        text=str(given["access_token"]),
        lifetime_seconds=_lifetime(given.get("expires_in")),
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
    )


class GoogleAccount:
    """A service account of Google that may speak for `subject`; google-auth signs the question (RFC 7523)."""

    def __init__(self, info: Mapping[str, object], *, scope: str, subject: str) -> None:
        """Read the key.

        Raises:
            ConfigurationError: it is not the key of a service account.
        """
        try:
            self._credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
                dict(info), scopes=scope.split(), subject=subject or None
            )
        except ValueError:
            broken = True
        else:
            broken = False
        if broken:
            # Raised outside the handler: the cause could show the key.
            raise ConfigurationError(
                "service_account_json is not the key of a Google service account.",
                hint="Paste the whole JSON file that the Google Cloud console made.",
            )

    def ask(self, *, timeout_seconds: float) -> Token:
        """Return a new token.

        Raises:
            TransientError, PluginError: as for `ask`.
        """
        try:
            self._credentials.refresh(_HttpxRequest(timeout_seconds))
        except google.auth.exceptions.GoogleAuthError as error:
            raise PluginError(
                f"google-auth cannot use the service account ({type(error).__name__}).",
                hint=f"Make a new key, {_CHANGE}",
            ) from error
        expiry = self._credentials.expiry
        # google-auth reckons with the machine's clock, in UTC without saying so.
        now = SystemClock().now().replace(tzinfo=None)
        lifetime = (expiry - now).total_seconds() if expiry else UNKNOWN_LIFETIME_SECONDS
        return Token(text=str(self._credentials.token), lifetime_seconds=lifetime)


class _HttpxResponse(Response):
    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def status(self) -> int:
        return 200

    @property
    def headers(self) -> Mapping[str, str]:
        return {}

    @property
    def data(self) -> bytes:
        return self._content


class _HttpxRequest(Request):
    """The transport of google-auth. Anything but a token is raised here: google-auth itself would sleep and retry."""

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout_seconds = timeout_seconds

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: object,
    ) -> _HttpxResponse:
        del method, timeout
        return _HttpxResponse(_post(url, body or b"", headers or {}, timeout_seconds=self._timeout_seconds))


def _post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float) -> bytes:
    """Return the body of an answer that holds an access token."""
    host = httpx.URL(url).host
    try:
        # A proxy of the environment would see the secrets of plain http to this machine.
        with httpx.Client(timeout=timeout_seconds, trust_env=False, verify=client_context()) as client:
            answer = client.post(url, content=body, headers=dict(headers))
    except httpx.HTTPError as error:
        problem = tls_problem(error, host=host)
        message = (
            problem.message if problem else f"The token endpoint {host} cannot be reached ({type(error).__name__})."
        )
        hint = problem.hint if problem else "It is tried again; check the network and the firewall if this lasts."
        raise TransientError(message, hint=hint) from error
    if answer.status_code in LATER or answer.status_code >= 500:
        raise TransientError(
            f"The token endpoint {host} answered {answer.status_code}.",
            hint="It is tried again; the provider is busy or has an outage.",
        )
    if answer.status_code != 200:
        _refuse(host, answer.status_code, _object(answer.content))
    if not isinstance(_object(answer.content).get("access_token"), str):
        raise PluginError(f"{host} answered without an access token.", hint="Check token_url.")
    return answer.content


def _refuse(host: str, status: int, given: Mapping[str, object]) -> NoReturn:
    """Raise what the endpoint said. Its code is shown, its description is not: it may quote what was sent."""
    code = given.get("error")
    known = code if isinstance(code, str) and re.fullmatch(r"[a-z_]{1,40}", code) else str(status)
    microsoft = _MICROSOFT_CODE.search(str(given.get("error_description", "")))
    shown = f"{known}, {microsoft[0]}" if microsoft else known
    hint = _HINTS.get(
        known,
        "Check token_url, client_id, scope and secrets in the account of the mailbox or the sender.",
    )
    raise PluginError(f"The token endpoint {host} refused the log-in ({shown}).", hint=hint)


def _object(content: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _lifetime(value: object) -> float:
    """Return seconds; some endpoints write the number as text."""
    try:
        seconds = float(value) if isinstance(value, (int, float, str)) else UNKNOWN_LIFETIME_SECONDS
    except ValueError:
        return UNKNOWN_LIFETIME_SECONDS
    return seconds if 0 < seconds < 10**8 else UNKNOWN_LIFETIME_SECONDS
