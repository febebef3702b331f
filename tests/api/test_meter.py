"""Requests are counted under the name of their operation."""

import httpx
import pytest
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from postroom.api.meter import Meter, Tally


async def breaks(request: Request) -> PlainTextResponse:
    raise RuntimeError("It broke.")


async def test_one_thatbreaks_counts_as_500_and_no_path_becomes_a_label() -> None:
    tally = Tally()
    meter = Meter(Starlette(routes=[Route("/{name}", breaks)]), tally)
    transport = httpx.ASGITransport(app=meter)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for number in range(20):
            with pytest.raises(RuntimeError):
                await client.get(f"/name-{number}")
    text = generate_latest(tally.registry).decode()
    assert 'postroom_http_requests_total{operation="breaks",status="500"} 20.0' in text
    assert "name-" not in text
