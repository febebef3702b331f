import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from contracts.sender_contract import Fence, SenderContract, SenderTrial
from postroom.errors import TransientError
from postroom.interfaces.provider import Claim, Delivery, Obstacle, SendResult
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_circuit import UNREACHABLE_SECONDS
from postroom.providers.imap_smtp.smtp_sender import SmtpSender
from providers.imap_smtp.smtp_account import Stopwatch, granted, mail, sender_at, trial_at
from servers.smtp import DROP, SILENCE, SIZE_LIMIT, Fault, Phase, SmtpServer, smtp_server

QUICK = 0.2


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


@pytest.fixture
async def sender(server: SmtpServer) -> AsyncIterator[SmtpSender]:
    opened = sender_at(server)
    yield opened
    await opened.close()


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
async def hasty(server: SmtpServer, watch: Stopwatch) -> AsyncIterator[SmtpSender]:
    opened = sender_at(server, {"timeout_seconds": QUICK, "data_timeout_seconds": QUICK}, now=watch.now)
    yield opened
    await opened.close()


class TestSmtpSender(SenderContract):
    @pytest.fixture
    def trial(self, server: SmtpServer, sender: SmtpSender) -> SenderTrial:
        return trial_at(server, sender)


SURE_OF_NOTHING = Delivery.UNCERTAIN
BEFORE_THE_CLAIM = [Phase.CONNECT, Phase.EHLO, Phase.MAIL, Phase.RCPT]
# What is certain for each point at which a server misbehaves, and in each way it may.
TABLE = {
    Phase.CONNECT: dict.fromkeys(("450 4.0.0 no", "550 5.0.0 no", "421 4.0.0 bye", DROP, SILENCE), Delivery.DEFERRED),
    Phase.EHLO: dict.fromkeys(("450 4.0.0 no", "550 5.0.0 no", "421 4.0.0 bye", DROP, SILENCE), Delivery.DEFERRED),
    **{
        phase: {
            "450 4.0.0 no": Delivery.DEFERRED,
            "421 4.0.0 bye": Delivery.DEFERRED,
            "550 5.0.0 no": Delivery.REFUSED,
            "530 5.7.0 log in first": Delivery.DEFERRED,
            DROP: Delivery.DEFERRED,
            SILENCE: Delivery.DEFERRED,
            "nonsense": Delivery.DEFERRED,
        }
        for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA)
    },
    Phase.CONTENT: {
        "450 4.0.0 no": Delivery.DEFERRED,
        "550 5.0.0 no": Delivery.REFUSED,
        DROP: SURE_OF_NOTHING,
        SILENCE: SURE_OF_NOTHING,
    },
    Phase.FINAL: {
        "450 4.0.0 no": Delivery.DEFERRED,
        "421 4.0.0 bye": Delivery.DEFERRED,
        "550 5.0.0 no": Delivery.REFUSED,
        DROP: SURE_OF_NOTHING,
        SILENCE: SURE_OF_NOTHING,
        "nonsense": SURE_OF_NOTHING,
        "354 go on": SURE_OF_NOTHING,
    },
    Phase.ACCEPTED: {DROP: SURE_OF_NOTHING, SILENCE: SURE_OF_NOTHING, "nonsense": SURE_OF_NOTHING},
}


@pytest.mark.parametrize(
    ("phase", "act", "delivery"),
    [(phase, act, delivery) for phase, acts in TABLE.items() for act, delivery in acts.items()],
)
async def test_each_fault_at_each_point_tells_what_is_certain(
    server: SmtpServer, hasty: SmtpSender, watch: Stopwatch, phase: Phase, act: str, delivery: Delivery
) -> None:
    server.faults.append(Fault(phase=phase, act=act))
    fence = Fence(trial=trial_at(server, hasty))
    result = await hasty.send(mail(), fence.claim)
    assert result.delivery is delivery
    assert result.detail
    assert "Hello" not in result.detail
    assert len(fence.arrived_before) == (0 if phase in BEFORE_THE_CLAIM else 1)
    assert len(server.accepted) == (1 if phase is Phase.ACCEPTED else 0)
    # The next message goes through: nothing that went wrong is used again.
    watch.seconds += UNREACHABLE_SECONDS if phase in {Phase.CONNECT, Phase.EHLO} else 0
    assert (await hasty.send(mail(), granted)).delivery is Delivery.SENT


@pytest.mark.parametrize(
    ("phase", "act", "obstacle"),
    [
        (Phase.CONNECT, "421 4.3.2 too busy", Obstacle.SERVER),
        (Phase.MAIL, "451 4.7.1 later", Obstacle.SERVER),
        (Phase.MAIL, "530 5.7.0 log in first", Obstacle.SERVER),
        (Phase.RCPT, "452 4.2.2 mailbox full", Obstacle.MESSAGE),
        (Phase.RCPT, "450 4.7.1 greylisted", Obstacle.MESSAGE),
        (Phase.RCPT, "421 4.7.0 bye", Obstacle.SERVER),
        (Phase.RCPT, "452 4.3.1 disk full", Obstacle.SERVER),
        (Phase.RCPT, DROP, Obstacle.SERVER),
        (Phase.RCPT, "nonsense", Obstacle.SERVER),
        (Phase.DATA, "451 4.7.1 later", Obstacle.MESSAGE),
        (Phase.DATA, "535 5.7.8 log in again", Obstacle.SERVER),
        (Phase.FINAL, "451 4.2.0 later", Obstacle.MESSAGE),
        (Phase.FINAL, "421 4.3.0 bye", Obstacle.SERVER),
    ],
)
async def test_a_deferral_says_whether_the_account_or_the_message_is_in_the_way(
    server: SmtpServer, hasty: SmtpSender, phase: Phase, act: str, obstacle: Obstacle
) -> None:
    server.faults.append(Fault(phase=phase, act=act))
    result = await hasty.send(mail(), granted)
    assert (result.delivery, result.obstacle) == (Delivery.DEFERRED, obstacle)


async def test_a_slow_final_answer_is_waited_for_longer_than_any_other(server: SmtpServer) -> None:
    sender = sender_at(server, {"timeout_seconds": QUICK, "data_timeout_seconds": 10})
    server.faults.append(Fault(phase=Phase.ACCEPTED, pause_seconds=2 * QUICK))
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    await sender.close()


async def test_a_server_that_is_away_is_for_later(server: SmtpServer, sender: SmtpSender) -> None:
    server.stop()
    fence = Fence(trial=trial_at(server, sender))
    result = await sender.send(mail(), fence.claim)
    assert result.delivery is Delivery.DEFERRED
    assert "account" in result.detail
    assert fence.arrived_before == []


@pytest.mark.parametrize("phase", [Phase.DATA, Phase.FINAL])
async def test_a_cancellation_after_the_claim_passes_through_and_claims_no_outcome(
    server: SmtpServer, sender: SmtpSender, phase: Phase
) -> None:
    server.faults.append(Fault(phase=phase, act=SILENCE))
    sending = asyncio.create_task(sender.send(mail(), granted))
    assert await asyncio.to_thread(server.silent.wait, 10)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.connections == 2


@pytest.mark.parametrize("answer", [Claim.HALTED, Claim.STALE, Claim.TAKEN])
async def test_without_the_claim_the_connection_is_kept(server: SmtpServer, sender: SmtpSender, answer: Claim) -> None:
    await sender.send(mail(), Fence(trial=trial_at(server, sender), answer=answer).claim)
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.connections == 1
    assert Phase.DATA not in server.commands[: server.commands.index(Phase.RSET)]


@pytest.mark.parametrize(
    "body",
    [
        b".\r\n..\r\n.a\r\n",
        b"a\r\n.\r\nMAIL FROM:<eve@example.com>\r\n",
        b"\r\n.\r\n",
        b"a\r\n\r\n.",
    ],
)
async def test_a_dot_never_ends_the_message_early(server: SmtpServer, sender: SmtpSender, body: bytes) -> None:
    assert (await sender.send(mail(body=body), granted)).delivery is Delivery.SENT
    (arrived,) = server.accepted
    assert arrived.content == mail(body=body.removesuffix(b"\r\n") + b"\r\n").content


@pytest.mark.parametrize("ending", [b"\n", b"\r"])
async def test_lone_line_ends_cannot_smuggle_a_second_message(
    server: SmtpServer, sender: SmtpSender, ending: bytes
) -> None:
    # "SMTP smuggling": a dot between line ends that only some servers take for one.
    body = ending.join([b"a", b".", b"MAIL FROM:<eve@example.com>", b""])
    assert (await sender.send(mail(body=body), granted)).delivery is Delivery.SENT
    (arrived,) = server.accepted
    assert arrived.content == mail(body=b"a\r\n.\r\nMAIL FROM:<eve@example.com>\r\n").content


async def test_the_envelope_is_the_bounce_address_and_one_recipient(server: SmtpServer, sender: SmtpSender) -> None:
    await sender.send(mail(), granted)
    (arrived,) = server.accepted
    assert (arrived.mail_from, arrived.recipients) == ("bounces@postroom.example", ("ann@example.com",))
    assert arrived.options == (f"SIZE={len(mail().content)}",)


async def test_a_message_larger_than_the_server_takes_is_refused_before_the_claim(
    server: SmtpServer, sender: SmtpSender
) -> None:
    fence = Fence(trial=trial_at(server, sender))
    lines = b"x" * 98 + b"\r\n"
    result = await sender.send(mail(body=lines * (SIZE_LIMIT // 100)), fence.claim)
    assert result.delivery is Delivery.REFUSED
    assert "2,000,000" in result.detail
    assert fence.arrived_before == []
    fits = lines * (SIZE_LIMIT // 100 - 1)
    assert (await sender.send(mail(body=fits), granted)).delivery is Delivery.SENT
    assert server.connections == 1


@pytest.mark.parametrize("recipient", ["änn@example.com", "ann@exämple.com"])
async def test_letters_beyond_ascii_are_sent_where_the_server_offers_it(
    server: SmtpServer, sender: SmtpSender, recipient: str
) -> None:
    assert (await sender.send(mail(recipient=recipient), granted)).delivery is Delivery.SENT
    (arrived,) = server.accepted
    assert arrived.recipients == (recipient,)
    assert "SMTPUTF8" in arrived.options


async def test_eight_bit_text_is_announced(server: SmtpServer, sender: SmtpSender) -> None:
    await sender.send(mail(body="Grüße\r\n".encode()), granted)
    (arrived,) = server.accepted
    assert "BODY=8BITMIME" in arrived.options
    assert "SMTPUTF8" not in arrived.options


async def test_letters_beyond_ascii_are_refused_where_the_server_does_not_take_them(
    server: SmtpServer, sender: SmtpSender
) -> None:
    server.utf8 = False
    fence = Fence(trial=trial_at(server, sender))
    result = await sender.send(mail(recipient="änn@example.com"), fence.claim)
    assert result.delivery is Delivery.REFUSED
    assert "SMTPUTF8" in result.detail
    assert fence.arrived_before == []
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT


@pytest.mark.parametrize(
    "recipient",
    ["ann@example.com> NOTIFY=NEVER", "ann@example.com\r\nRCPT TO:<eve@example.com>", "ann", "", "ann(x)@example.com"],
)
async def test_an_address_cannot_bend_a_command(server: SmtpServer, sender: SmtpSender, recipient: str) -> None:
    result = await sender.send(mail(recipient=recipient), granted)
    assert result.delivery is Delivery.REFUSED
    assert server.commands == []


async def test_only_the_providers_own_records_can_find_a_message(server: SmtpServer) -> None:
    filed = {"<sent@postroom.example>": True, "<unsent@postroom.example>": False}

    async def ask(message_id: str) -> bool | None:
        return filed.get(message_id)

    sender = sender_at(server, surroundings=SendingSurroundings(filed=ask))
    assert await sender.find("<sent@postroom.example>") is True
    assert await sender.find("<unsent@postroom.example>") is None
    assert await sender.find("<unknown@postroom.example>") is None


async def test_records_that_cannot_be_reached_prove_nothing(server: SmtpServer) -> None:
    async def ask(message_id: str) -> bool | None:
        raise TransientError("The mailbox cannot be reached.")

    assert await sender_at(server, surroundings=SendingSurroundings(filed=ask)).find("<1@postroom.example>") is None


async def test_the_servers_last_answer_is_kept(sender: SmtpSender) -> None:
    assert await sender.send(mail(), granted) == SendResult(delivery=Delivery.SENT, detail="250 2.0.0 accepted")
