import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest

from contracts.sender_contract import Fence
from postroom.interfaces.provider import Delivery, Obstacle
from postroom.providers.imap_smtp.smtp_circuit import UNREACHABLE_SECONDS
from postroom.providers.imap_smtp.smtp_pool import FRESH_SECONDS
from providers.imap_smtp.smtp_account import Stopwatch, granted, mail, sender_at, trial_at
from servers.smtp import DROP, SILENCE, Fault, Phase, SmtpServer, smtp_server


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


async def test_five_hundred_messages_share_four_connections(server: SmtpServer) -> None:
    sender = sender_at(server, {"connections": 4})
    results = await asyncio.gather(*(sender.send(mail(), granted) for _ in range(500)))
    assert {result.delivery for result in results} == {Delivery.SENT}
    assert len(server.accepted) == 500
    assert server.connections == 4
    assert len(Counter(one.connection for one in server.accepted)) == 4
    await sender.close()


async def test_a_connection_that_was_idle_for_too_long_is_not_used_again(server: SmtpServer) -> None:
    sender = sender_at(server, {"idle_seconds": 0})
    for _ in range(2):
        await sender.send(mail(), granted)
    assert server.connections == 2
    assert Phase.RSET not in server.commands
    await sender.close()


@pytest.mark.parametrize("act", ["421 4.4.2 idle for too long", "500 what", DROP, SILENCE])
async def test_a_connection_that_died_in_its_sleep_is_replaced_once(server: SmtpServer, act: str) -> None:
    watch = Stopwatch()
    sender = sender_at(server, {"timeout_seconds": 0.3}, now=watch.now)
    await sender.send(mail(), granted)
    watch.seconds += FRESH_SECONDS
    server.faults.append(Fault(phase=Phase.RSET, act=act))
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.connections == 2
    await sender.close()


async def test_only_a_connection_that_was_idle_for_a_while_is_asked_whether_it_lives(server: SmtpServer) -> None:
    watch = Stopwatch()
    sender = sender_at(server, now=watch.now)
    for _ in range(3):
        assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert Phase.RSET not in server.commands
    watch.seconds += FRESH_SECONDS
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.commands.count(Phase.RSET) == 1
    assert server.connections == 1
    await sender.close()


@pytest.mark.parametrize("act", ["421 4.7.0 too many messages on this connection", DROP])
async def test_a_fresh_connection_that_the_server_closes_is_replaced_before_the_claim(
    server: SmtpServer, act: str
) -> None:
    sender = sender_at(server)
    await asyncio.gather(*(sender.send(mail(), granted) for _ in range(4)))
    fence = Fence(trial=trial_at(server, sender))
    server.faults.append(Fault(phase=Phase.MAIL, act=act))
    assert (await sender.send(mail(), fence.claim)).delivery is Delivery.SENT
    assert fence.arrived_before == [4]
    assert server.connections == 5
    server.faults.append(Fault(phase=Phase.MAIL, act=act, times=2))
    assert (await sender.send(mail(), granted)).delivery is Delivery.DEFERRED
    await sender.close()


async def test_a_server_that_was_restarted_meanwhile_is_found_again(server: SmtpServer) -> None:
    watch = Stopwatch()
    sender = sender_at(server, now=watch.now)
    await asyncio.gather(*(sender.send(mail(), granted) for _ in range(4)))
    server.stop()
    assert (await sender.send(mail(), granted)).delivery is Delivery.DEFERRED
    server.start()
    watch.seconds += UNREACHABLE_SECONDS
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    await sender.close()


async def test_one_that_died_in_its_sleep_means_that_the_older_ones_are_not_tried(server: SmtpServer) -> None:
    watch = Stopwatch()
    sender = sender_at(server, {"timeout_seconds": 0.3}, now=watch.now)
    await asyncio.gather(*(sender.send(mail(), granted) for _ in range(4)))
    watch.seconds += FRESH_SECONDS
    server.faults.append(Fault(phase=Phase.RSET, act=SILENCE, times=4))
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.commands.count(Phase.RSET) == 1
    await sender.close()


async def test_a_message_waits_only_a_while_for_a_free_connection(server: SmtpServer) -> None:
    sender = sender_at(server, {"connections": 1, "wait_seconds": 0.1})
    server.faults.append(Fault(phase=Phase.FINAL, act=SILENCE))
    slow = asyncio.create_task(sender.send(mail(), granted))
    assert await asyncio.to_thread(server.silent.wait, 10)
    fence = Fence(trial=trial_at(server, sender))
    result = await sender.send(mail(), fence.claim)
    assert (result.delivery, result.obstacle) == (Delivery.DEFERRED, Obstacle.BUSY)
    assert "in use" in result.detail
    assert fence.arrived_before == []
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    await sender.close()


async def test_a_refused_recipient_ends_its_connection(server: SmtpServer) -> None:
    sender = sender_at(server)
    server.faults.append(Fault(phase=Phase.RCPT, act="550 5.1.1 unknown"))
    assert (await sender.send(mail(), granted)).delivery is Delivery.REFUSED
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert [one.connection for one in server.accepted] == [2]
    await sender.close()


async def test_closing_says_goodbye_and_keeps_nothing_open(server: SmtpServer) -> None:
    sender = sender_at(server)
    await asyncio.gather(*(sender.send(mail(), granted) for _ in range(3)))
    await sender.close()
    assert server.commands.count("quit") == server.connections
    await sender.send(mail(), granted)
    await sender.close()
    server.stop()
    assert server.open_now == 0
