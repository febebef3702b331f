"""The way to the server: only headers that we chose leave, and an answer that is too big is cut off while it comes.

The library adds headers of its own and of its environment (OPENAI_CUSTOM_HEADERS, OPENAI_ORG_ID, the kind of this
machine …); nobody asked for those.
"""

import ssl
from collections.abc import AsyncIterator, Mapping

import httpx2
import openai

MOST_BYTES = 256 * 1024  # An answer of 2,000 tokens has about 10 KB, with what servers add.
MOST_CONNECTIONS = 20
_KEPT = frozenset({"host", "accept", "content-type", "content-length", "connection"})


class TooLargeError(openai.OpenAIError):
    """The answer was bigger than it may be, or packed so that its size cannot be told; the library lets it through."""


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Sends with `headers` and what HTTP itself needs; reads at most `most_bytes` of an answer."""

    def __init__(
        self, inner: httpx2.AsyncBaseTransport, *, headers: Mapping[str, str], most_bytes: int = MOST_BYTES
    ) -> None:
        self._inner = inner
        # A packed answer could grow a thousandfold after it was measured.
        self._headers = {"accept-encoding": "identity", **headers}
        self._most_bytes = most_bytes

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request` and return the answer, whose body ends with `TooLargeError` where it is too big."""
        kept = [(name, value) for name, value in request.headers.multi_items() if name.lower() in _KEPT]
        # Another request: the library looks at its own once more when the answer is there.
        sent = httpx2.Request(
            request.method,
            request.url,
            headers=[*kept, *self._headers.items()],
            stream=request.stream,
            extensions=request.extensions,
        )
        response = await self._inner.handle_async_request(sent)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise TooLargeError("The answer is packed, though that was not asked for.")
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(stream, self._most_bytes)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, most_bytes: int) -> None:
        self._stream = stream
        self._most_bytes = most_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._stream:
            read += len(part)
            if read > self._most_bytes:
                raise TooLargeError(f"The answer has more than {self._most_bytes} bytes.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def guarded_client(headers: Mapping[str, str], *, timeout_seconds: float) -> httpx2.AsyncClient:
    """Return an HTTP client without proxies, redirects, cookies or other surprises; close it in the end.

    Certificates are checked against those that this machine trusts.
    """
    wire = httpx2.AsyncHTTPTransport(
        verify=ssl.create_default_context(),
        trust_env=False,
        limits=httpx2.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_CONNECTIONS),
    )
    return httpx2.AsyncClient(
        transport=GuardedTransport(wire, headers=headers),
        timeout=httpx2.Timeout(timeout_seconds),
        follow_redirects=False,
        trust_env=False,
    )
