"""Posts to a web address that a person configured, safely: no redirects, no private addresses, one time-out for all."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.notifiers.public_address import Resolve, only_public, resolve

LATER = {408, 425, 429}  # With every 5xx: the receiver asks to try again.


class GoneError(PluginError):
    """The other side answered 410: the address is gone for good, and wants nothing any more."""


@asynccontextmanager
async def open_client() -> AsyncIterator[httpx.AsyncClient]:
    """Open the HTTP client that notifiers share, and close it in the end.

    Proxies of the environment are not used: they would resolve names a second time, after the check of the address.
    """
    async with httpx.AsyncClient(follow_redirects=False, trust_env=False) as client:
        yield client


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a post may go: whether into the own network, how long it may take, and who resolves names."""

    private_allowed: bool = False
    timeout_seconds: float = 10.0
    resolve: Resolve = resolve


class Poster:
    """One configured web address. Its path and query may be secret, so messages name its origin only."""

    def __init__(self, url: str, client: httpx.AsyncClient, reach: Reach) -> None:
        """Keep the address.

        Raises:
            ConfigurationError: `url` is no https address (http only where private addresses are allowed).
        """
        self._url = _web_address(url, reach)
        self._host = self._url.raw_host.decode("ascii")
        self._client = client
        self._reach = reach

    @property
    def origin(self) -> str:
        """The scheme, host and port of the address."""
        return f"{self._url.scheme}://{self._url.netloc.decode('ascii')}"

    async def post(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Post `body` and return once the other side took it.

        Raises:
            TransientError: no connection, no answer in time, 408, 425, 429 or 5xx.
            PluginError: any other answer (410: GoneError), or an address that may not be reached.
        """
        try:
            async with asyncio.timeout(self._reach.timeout_seconds):
                status = await self._status(body, headers)
        except TimeoutError as error:
            seconds = self._reach.timeout_seconds
            raise TransientError(
                f"{self.origin} did not answer within {seconds:g} s.",
                hint="It is tried again; check the address and the network if this lasts.",
            ) from error
        except httpx.HTTPError as error:
            # The exception itself names the whole address, which may be secret.
            failure = type(error).__name__
        else:
            self._judge(status)
            return
        raise TransientError(f"{self.origin} cannot be reached ({failure}).", hint="Check the address and the network.")

    async def reachable(self) -> None:
        """Return if the address may be reached; posts nothing.

        Raises:
            TransientError: its name cannot be resolved now.
            PluginError: it lies inside the network.
        """
        try:
            async with asyncio.timeout(self._reach.timeout_seconds):
                await self._address()
        except TimeoutError as error:
            raise TransientError(
                f"The name of {self.origin} was not resolved in time.", hint="Check the name and the DNS."
            ) from error

    async def _address(self) -> str:
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        addresses = await self._reach.resolve(self._host, port)
        if not addresses:
            raise TransientError(f"The host {self._host!r} has no address.", hint="Check the name and the DNS.")
        if not self._reach.private_allowed:
            only_public(self._host, addresses)
        return addresses[0]

    async def _status(self, body: bytes, headers: Mapping[str, str]) -> int:
        # The checked address itself is connected to: a second look-up could give another one (DNS rebinding).
        target = self._url.copy_with(host=await self._address())
        # A kept connection is found again by its numeric address, though its certificate was checked for one name.
        named = {**headers, "Host": self._url.netloc.decode("ascii"), "Connection": "close"}
        request = self._client.build_request("POST", target, content=body, headers=named, timeout=None)
        request.extensions["sni_hostname"] = self._host
        answer = await self._client.send(request, stream=True, follow_redirects=False)
        # The body is not read: it could be endless, and its words are not ours to log.
        await answer.aclose()
        return answer.status_code

    def _judge(self, status: int) -> None:
        if 200 <= status < 300:
            return
        if status in LATER or status >= 500:
            raise TransientError(
                f"{self.origin} answered {status}.", hint="It is tried again; the other side is busy or broken."
            )
        if 300 <= status < 400:
            raise PluginError(f"{self.origin} answered {status}, a redirect.", hint="Configure the final address.")
        refusal = GoneError if status == HTTPStatus.GONE else PluginError
        raise refusal(
            f"{self.origin} refused the notification ({status}).",
            hint="Check the address and its secret; the webhook may have been removed on the other side.",
        )


def _web_address(url: str, reach: Reach) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    schemes = {"https", "http"} if reach.private_allowed else {"https"}
    if parsed.scheme not in schemes or not parsed.host or parsed.userinfo:
        raise ConfigurationError(
            "The address of a webhook is not usable.",
            hint="Write https://host/path without a user name; http only with the setting allow_private.",
        )
    return parsed
