import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

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
from postroom.errors import ConfigurationError, PluginError
from postroom.interfaces.notifier import Notifier
from postroom.notifiers.post import open_client
from postroom.notifiers.webhook import PLUGIN

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as opened:
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[LoopbackServer]:
    async with loopback_server() as running:
        yield running


def notifier_to(server: LoopbackServer, client: httpx.AsyncClient, **settings: object) -> Notifier:
    url = f"http://127.0.0.1:{server.port}/hooks/very-secret"
    values = {"url": url, "secret": SECRET, "allow_private": True, "timeout_seconds": 0.5, **settings}
    return PLUGIN.build(values, channels_of(client))


class TestWebhookNotifier(NotifierContract, WebNotifierContract):
    @pytest.fixture
    def trial(self, server: LoopbackServer, client: httpx.AsyncClient) -> NotifierTrial:
        return NotifierTrial(
            notifier=notifier_to(server, client), told=lambda: [one.body.decode() for one in server.posted]
        )

    @pytest.fixture
    def web(self, server: LoopbackServer, client: httpx.AsyncClient) -> WebTrial:
        return WebTrial(notifier=notifier_to(server, client), server=server)


async def test_the_receiver_can_verify_it_and_fold_what_is_told_twice(
    server: LoopbackServer, client: httpx.AsyncClient
) -> None:
    server.script = [503]
    notifier = notifier_to(server, client)
    with pytest.raises(PluginError):
        await notifier.notify(NOTIFICATION)
    await notifier.notify(NOTIFICATION)
    first, second = server.posted
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    Webhook(SECRET).verify(second.body, dict(second.headers))
    told = json.loads(second.body)
    assert told["type"] == "notification.urgent"
    assert told["data"]["text"] == NOTIFICATION.text
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(second.body + b" ", dict(second.headers))
    sent_at = datetime.fromtimestamp(int(second.headers["webhook-timestamp"]), UTC)
    assert abs(datetime.now(UTC) - sent_at) < timedelta(minutes=5)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "2130706433"])
async def test_the_own_network_is_refused_unless_allowed(client: httpx.AsyncClient, host: str) -> None:
    values = {"url": f"https://{host}/x", "secret": SECRET}
    notifier = PLUGIN.build(values, channels_of(client))
    with pytest.raises(PluginError) as caught:
        await notifier.notify(NOTIFICATION)
    assert "POSTROOM_ALLOW_PRIVATE_WEBHOOKS" in caught.value.hint
    with pytest.raises(PluginError):
        await notifier.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": "whsec_short"},
        {"secret": "whsec_not base64 at all!!!!!!!!!!!!!!!!!!!!!!!!"},
        {"url": "http://example.com/x", "allow_private": False},
        {"url": "ftp://example.com/x"},
        {"url": "https://user:pw@example.com/x"},
        {"url": "nonsense"},
        {"timeout_seconds": 0},
    ],
)
async def test_wrong_settings_are_refused_without_showing_secrets(
    client: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PLUGIN.build({"url": "https://example.com/x", "secret": SECRET, **wrong}, channels_of(client))
    assert str(wrong.get("secret", SECRET)) not in caught.value.message
    assert "pw" not in caught.value.message
