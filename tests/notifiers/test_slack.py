import json
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from contracts.notifier_contract import (
    NOTIFICATION,
    LoopbackServer,
    NotifierContract,
    NotifierTrial,
    WebNotifierContract,
    WebTrial,
    channels_of,
    loopback_server,
)
from postroom.interfaces.notifier import Notifier
from postroom.notifiers.post import open_client
from postroom.notifiers.slack import PLUGIN, SECTION_LENGTH, escaped


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as opened:
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    async with loopback_server() as running:
        yield running


def notifier_to(server: LoopbackServer, client: httpx.AsyncClient) -> Notifier:
    url = f"http://127.0.0.1:{server.port}/services/T0/B0/very-secret"
    return PLUGIN.build({"url": url, "allow_private": True, "timeout_seconds": 0.5}, channels_of(client))


class TestSlackNotifier(NotifierContract, WebNotifierContract):
    @pytest.fixture
    def trial(self, server: LoopbackServer, client: httpx.AsyncClient) -> NotifierTrial:
        return NotifierTrial(
            notifier=notifier_to(server, client), told=lambda: [one.body.decode() for one in server.posted]
        )

    @pytest.fixture
    def web(self, server: LoopbackServer, client: httpx.AsyncClient) -> WebTrial:
        return WebTrial(notifier=notifier_to(server, client), server=server)


async def test_a_customer_cannot_call_the_whole_channel(server: LoopbackServer, client: httpx.AsyncClient) -> None:
    await notifier_to(server, client).notify(NOTIFICATION)
    section, context = json.loads(server.posted[0].body)["blocks"]
    assert "A customer &amp; &lt;!channel&gt; asks" in section["text"]["text"]
    assert "<!channel>" not in server.posted[0].body.decode()
    assert "execution-1" in context["elements"][0]["text"]


async def test_a_long_text_is_cut_to_what_slack_takes(server: LoopbackServer, client: httpx.AsyncClient) -> None:
    long = replace(NOTIFICATION, title="<" * 5000, text="&" * 50_000)
    await notifier_to(server, client).notify(long)
    section, _ = json.loads(server.posted[0].body)["blocks"]
    assert len(section["text"]["text"]) <= SECTION_LENGTH


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [("a<b", 10, "a&lt;b"), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a&b", 4, "a…"), ("&&", 7, "&amp;…")],
)
def test_an_entity_is_never_cut_in_two(text: str, limit: int, expected: str) -> None:
    assert escaped(text, limit=limit) == expected
