"""Mail over STARTTLS with log-ins by XOAUTH2, whose tokens are renewed, and a refusal that is told in time."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.house import eventually
from journeys.letters import URGENT
from journeys.shop import MAILBOX, Shop, new_shop, shop_mailbox
from servers.certificates import certificates
from servers.dovecot import running_dovecot
from servers.proxy import Proxy, running_proxy
from servers.smtp import USERNAME, smtp_server
from servers.token_endpoint import TokenEndpoint, token_endpoint

TOKENS = [f"token-{number}" for number in range(1, 50)]
# A token is renewed after half of it; for the other half a refusal can be told before the token dies.
LIFETIME = timedelta(seconds=10)
REFUSED: tuple[int, dict[str, object]] = (400, {"error": "invalid_grant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A shop whose servers want encryption and tokens, the way to its mailbox, and who gives tokens."""

    shop: Shop
    proxy: Proxy
    endpoint: TokenEndpoint

    async def opened(self) -> None:
        """Add mailbox and sender with log-ins by token."""
        ca_file, oauth = str(self.shop.folder / "tls" / "ca.pem"), self.oauth()
        secure = {"security": "starttls", "ca_file": ca_file, "oauth": oauth}
        await self.shop.open_sender(**secure, username=USERNAME)
        imap: dict[str, object] = {**secure, "port": self.proxy.port, "password": None}
        imap["ca_file"] = str(self.shop.dovecot.ca_file)
        await self.shop.open_mailbox(shop_mailbox(), imap=imap)

    def oauth(self) -> dict[str, object]:
        """Return the settings of the log-in."""
        return {"token_url": self.endpoint.url, "client_id": "postroom", "refresh_token": "a person's consent"}

    def mechanisms(self) -> set[str]:
        """Return what Dovecot saw of the ways to log in, and how they were protected."""
        lines = [line for line in self.shop.dovecot.log().splitlines() if "Login: user=" in line]
        return {word for line in lines for word in line.split(", ") if word.startswith(("method=", "TLS"))}


@pytest.fixture
def guarded(tmp_path: Path, models: Path) -> Iterator[Guarded]:
    (tmp_path / "tls").mkdir()
    made = certificates(tmp_path / "tls", names=("localhost",))
    with (
        running_dovecot(extra="auth_mechanisms = plain xoauth2") as dovecot,
        smtp_server(certificates=made, mechanisms=("XOAUTH2",)) as smtp,
        token_endpoint() as endpoint,
        running_proxy(dovecot.imap_port) as proxy,
    ):
        shop = new_shop(tmp_path, models, dovecot, smtp)
        for token in TOKENS:
            dovecot.add_token(token, shop.user)
        smtp.tokens = set(TOKENS)
        yield Guarded(shop=shop, proxy=proxy, endpoint=endpoint)


async def test_tokens_are_renewed_and_a_refused_renewal_is_told_before_the_token_dies(guarded: Guarded) -> None:
    shop, endpoint = guarded.shop, guarded.endpoint
    await guarded.opened()
    async with shop.working() as work:
        shop.deliver()
        await work.settled(1)
        (sent,) = shop.sent()
        assert sent.encrypted
        assert shop.smtp.logins == [("XOAUTH2", USERNAME, True)]
        # Dovecot takes the token no more: a new one is asked for at the next log-in.
        given = len(endpoint.asked)
        shop.dovecot.tokens.clear()
        shop.dovecot.tokens |= dict.fromkeys(TOKENS[given:], shop.user)
        endpoint.lifetime_seconds = LIFETIME.seconds
        await asyncio.to_thread(guarded.proxy.reset)
        shop.deliver(text=URGENT)
        await work.settled(2)
        assert len(endpoint.asked) > given
        given_at = datetime.now(UTC)
        endpoint.answers.extend([REFUSED] * 100)

        async def due() -> bool:
            return datetime.now(UTC) >= given_at + LIFETIME / 2

        async def told() -> bool:
            return f"credentials/receiver/{MAILBOX}" in await work.alarms()

        await eventually(due)
        assert not await told()
        await asyncio.to_thread(guarded.proxy.reset)
        await eventually(told)
        # The server takes the present token still.
        shop.deliver(text=URGENT, sender="Bob <bob@customer.example>")
        await work.settled(3)
        (alarm,) = [one for one in (await work.stores.alarms.open()).rows if one.key.startswith("credentials/")]
        assert "The present access ends at" in alarm.text
    assert {"method=XOAUTH2", "TLS"} <= guarded.mechanisms()
    assert all(asked["refresh_token"] == "a person's consent" for asked in endpoint.asked)
