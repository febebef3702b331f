from collections.abc import AsyncIterator

import httpx2
import pytest

from postroom.language_models.transport import GuardedTransport, TooLargeError


class Wire(httpx2.AsyncBaseTransport):
    """Answers with a body and keeps what was sent."""

    def __init__(self, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.body, self.headers = body, headers or {}
        self.sent: list[httpx2.Request] = []
        self.closed = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        return httpx2.Response(200, content=self._parts(), headers=self.headers)

    async def _parts(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self.body), 4):
            yield self.body[at : at + 4]

    async def aclose(self) -> None:
        self.closed = True


async def get(wire: Wire, most_bytes: int = 10) -> httpx2.Response:
    transport = GuardedTransport(wire, headers={"authorization": "Bearer ours"}, most_bytes=most_bytes)
    async with httpx2.AsyncClient(transport=transport) as client:
        return await client.get("https://x.example/", headers={"authorization": "Bearer theirs", "x-spy": "1"})


async def test_only_our_headers_are_sent() -> None:
    wire = Wire(b"ok")
    assert (await get(wire)).content == b"ok"
    (sent,) = wire.sent
    assert sent.headers["authorization"] == "Bearer ours"
    assert sent.headers["accept-encoding"] == "identity"
    assert "x-spy" not in sent.headers
    assert wire.closed


async def test_an_answer_that_just_fits_is_read() -> None:
    assert len((await get(Wire(b"x" * 10))).content) == 10


@pytest.mark.parametrize("size", [11, 100_000])
async def test_an_answer_ends_where_it_is_too_big(size: int) -> None:
    with pytest.raises(TooLargeError):
        await get(Wire(b"x" * size))


async def test_a_packed_answer_is_refused() -> None:
    with pytest.raises(TooLargeError):
        await get(Wire(b"x", {"content-encoding": "br"}))
