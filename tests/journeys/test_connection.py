"""Mail is received again after whatever happens to the connection that waits for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from engine.house import eventually
from journeys.shop import MAILBOX, Shop, shop_mailbox
from postroom.bootstrap import Postroom, open_postroom
from postroom.intake.receive import Reception, receive_forever
from postroom.interfaces.provider import Fetched, Receiver
from postroom.model.email import RawEmail
from postroom.model.mailbox import Mode
from servers.proxy import Proxy, running_proxy

LEFT_AFTER_SECONDS = 0.5


@dataclass(frozen=True)
class Impatient:
    """A receiver that ends its wait soon, so that a dead connection is not waited for in a test."""

    inner: Receiver

    async def fetch(self, cursor: str | None, *, limit: int) -> Fetched:
        return await self.inner.fetch(cursor, limit=limit)

    async def wait(self, *, timeout_seconds: float) -> None:
        await self.inner.wait(timeout_seconds=min(timeout_seconds, LEFT_AFTER_SECONDS))

    async def acknowledge(self, email: RawEmail) -> None:
        await self.inner.acknowledge(email)

    async def close(self) -> None:
        await self.inner.close()


@dataclass
class Line:
    """A way to the mailbox that can be cut, and what came through it; `failed` is set when a failure was noticed."""

    shop: Shop
    proxy: Proxy
    failed: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, seconds: float) -> None:
        """Note a failure in place of the long wait after it."""
        self.failed.set()
        await asyncio.sleep(min(seconds, 0.05))

    @asynccontextmanager
    async def received(self, *, impatient: bool) -> AsyncIterator[Postroom]:
        """Receive through the proxy; no execution begins, because no engine is there."""
        async with open_postroom(self.shop.settings) as postroom:
            reception = self._reception(postroom, impatient=impatient)
            receiving = asyncio.create_task(receive_forever(reception))
            try:
                yield postroom
            finally:
                receiving.cancel()
                await asyncio.gather(receiving, return_exceptions=True)

    def _reception(self, postroom: Postroom, *, impatient: bool) -> Reception:
        one = postroom.directory.open[MAILBOX]
        reception = replace(postroom.reception(postroom.engine(), one), pause=self.pause)
        return replace(reception, receiver=Impatient(reception.receiver)) if impatient else reception


@pytest.fixture
def proxy(lone_shop: Shop) -> Iterator[Proxy]:
    with running_proxy(lone_shop.dovecot.imap_port) as running:
        yield running


async def test_the_next_mail_is_received_after_a_reset_a_black_hole_and_a_restart(
    lone_shop: Shop, proxy: Proxy
) -> None:
    shop, line = lone_shop, Line(lone_shop, proxy)
    settings: dict[str, object] = {"port": proxy.port, "idle": True, "poll_seconds": 60.0, "timeout_seconds": 1.0}
    await shop.open_mailbox(shop_mailbox(Mode.OBSERVE), imap=settings)

    async def arrives(postroom: Postroom, count: int) -> None:
        async def there() -> bool:
            return len((await postroom.stores.ledger.entries(MAILBOX)).rows) == count

        await eventually(there)

    async with line.received(impatient=False) as postroom:
        await asyncio.to_thread(proxy.wait_for, b"IDLE")
        shop.deliver()
        await arrives(postroom, 1)
        await asyncio.to_thread(proxy.reset)
        shop.deliver()
        await arrives(postroom, 2)
        await asyncio.to_thread(proxy.wait_for, b"IDLE")
        await asyncio.to_thread(shop.dovecot.restart)
        shop.deliver()
        await arrives(postroom, 3)
    async with line.received(impatient=True) as postroom:
        await asyncio.to_thread(proxy.wait_for, b"IDLE")
        line.failed.clear()
        proxy.swallow()
        shop.deliver()
        await line.failed.wait()
        proxy.forward()
        await arrives(postroom, 4)
