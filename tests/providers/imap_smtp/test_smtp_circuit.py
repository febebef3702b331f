"""A server or account that gives no connection is left alone for a while, and found again afterwards."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.sender_contract import Fence
from postroom.errors import PluginError
from postroom.interfaces.provider import Delivery, Obstacle
from postroom.providers.imap_smtp.smtp_circuit import REFUSED_SECONDS, UNREACHABLE_SECONDS
from providers.imap_smtp.smtp_account import Stopwatch, granted, mail, sender_at, trial_at
from servers.certificates import certificates
from servers.smtp import DROP, PASSWORD, SILENCE, USERNAME, Fault, Phase, SmtpServer, smtp_server

WRONG = {"username": USERNAME, "password": "wrong horse"}


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


@pytest.fixture
def guarded() -> Iterator[SmtpServer]:
    with smtp_server(mechanisms=("PLAIN",)) as running:
        yield running


@pytest.mark.parametrize("act", [SILENCE, DROP, "421 4.3.2 too busy", "554 5.7.1 blocked"])
async def test_a_dead_server_is_asked_once_for_forty_replies(server: SmtpServer, act: str) -> None:
    sender = sender_at(server, {"timeout_seconds": 0.3})
    server.faults.append(Fault(phase=Phase.CONNECT, act=act, times=100))
    fence = Fence(trial=trial_at(server, sender))
    results = await asyncio.gather(*(sender.send(mail(), fence.claim) for _ in range(40)))
    (words,) = {result.detail for result in results}
    assert "account" in words
    assert {(result.delivery, result.obstacle) for result in results} == {(Delivery.DEFERRED, Obstacle.SERVER)}
    assert (server.connections, fence.arrived_before) == (1, [])


async def test_a_wrong_password_is_tried_once_in_five_minutes(guarded: SmtpServer) -> None:
    watch = Stopwatch()
    sender = sender_at(guarded, WRONG, now=watch.now)
    for seconds, log_ins in ((0.0, 1), (REFUSED_SECONDS - 1, 1), (1.0, 2), (1.0, 2)):
        watch.seconds += seconds
        results = await asyncio.gather(*(sender.send(mail(), granted) for _ in range(20)))
        assert {result.delivery for result in results} == {Delivery.DEFERRED}
        assert len({result.detail for result in results}) == 1
        assert len(guarded.logins) == log_ins


async def test_a_certificate_that_is_not_accepted_is_looked_at_again_after_a_minute(tmp_path: Path) -> None:
    made = certificates(tmp_path, names=("localhost",))
    watch = Stopwatch()
    with smtp_server(certificates=made) as server:
        sender = sender_at(server, {"security": "starttls"}, now=watch.now)
        for seconds, connections in ((0.0, 1), (UNREACHABLE_SECONDS - 1, 1), (1.0, 2)):
            watch.seconds += seconds
            assert "unknown authority" in (await sender.send(mail(), granted)).detail
            assert server.connections == connections


async def test_after_the_pause_one_tries_while_the_others_get_the_words_at_once(server: SmtpServer) -> None:
    watch = Stopwatch()
    sender = sender_at(server, {"timeout_seconds": 5}, now=watch.now)
    server.faults.append(Fault(phase=Phase.CONNECT, act=DROP))
    first = await sender.send(mail(), granted)
    watch.seconds += UNREACHABLE_SECONDS
    server.faults.append(Fault(phase=Phase.CONNECT, act=SILENCE))
    probe = asyncio.create_task(sender.send(mail(), granted))
    assert await asyncio.to_thread(server.silent.wait, 10)
    assert await sender.send(mail(), granted) == first
    assert not probe.done()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    await sender.close()


async def test_a_success_ends_it(server: SmtpServer) -> None:
    watch = Stopwatch()
    sender = sender_at(server, {"idle_seconds": 0}, now=watch.now)
    server.faults.append(Fault(phase=Phase.CONNECT, act=DROP))
    assert (await sender.send(mail(), granted)).delivery is Delivery.DEFERRED
    watch.seconds += UNREACHABLE_SECONDS
    results = await asyncio.gather(*(sender.send(mail(), granted) for _ in range(4)))
    assert Delivery.SENT in {result.delivery for result in results}
    results = await asyncio.gather(*(sender.send(mail(), granted) for _ in range(4)))
    assert {result.delivery for result in results} == {Delivery.SENT}
    await sender.close()


async def test_a_check_always_tries_and_leaves_the_pause_as_it_is(guarded: SmtpServer) -> None:
    sender = sender_at(guarded, WRONG)
    await sender.send(mail(), granted)
    for _ in range(2):
        with pytest.raises(PluginError, match="refused the log-in"):
            await sender.check()
    await sender.send(mail(), granted)
    assert len(guarded.logins) == 3


async def test_who_waits_for_a_connection_being_opened_waits_only_a_while(server: SmtpServer) -> None:
    sender = sender_at(server, {"wait_seconds": 0.1})
    server.faults.append(Fault(phase=Phase.CONNECT, act=SILENCE))
    opening = asyncio.create_task(sender.send(mail(), granted))
    assert await asyncio.to_thread(server.silent.wait, 10)
    result = await sender.send(mail(), granted)
    assert (result.delivery, result.obstacle) == (Delivery.DEFERRED, Obstacle.SERVER)
    assert "within 0.1 s" in result.detail
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening


async def test_a_working_account_is_not_slowed_down_by_one_answer_about_a_recipient(guarded: SmtpServer) -> None:
    sender = sender_at(guarded, {"username": USERNAME, "password": PASSWORD})
    guarded.faults.append(Fault(phase=Phase.RCPT, act="450 4.2.0 greylisted"))
    assert (await sender.send(mail(), granted)).delivery is Delivery.DEFERRED
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    await sender.close()
