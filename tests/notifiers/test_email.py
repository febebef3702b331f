import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import httpx
import pytest
from structlog.testing import capture_logs

from clocks import SetClock
from contracts.notifier_contract import NOTIFICATION, NotifierContract, NotifierTrial, channels_of
from nodes.stage import NOW
from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Claim, Delivery, Sender, SendResult
from postroom.model.notification import Severity
from postroom.model.reply import OutgoingEmail
from postroom.notifiers.email import MAX_REMEMBERED, PLUGIN, EmailConfig, EmailNotifier
from postroom.notifiers.post import open_client
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_plugin import SMTP
from servers.smtp import DROP, SILENCE, Fault, Phase, SmtpServer, smtp_server

SENT, DEFERRED, REFUSED = (
    SendResult(delivery=each, detail="said so") for each in (Delivery.SENT, Delivery.DEFERRED, Delivery.REFUSED)
)
SETTINGS = {"to": ["lead@example.com"], "from_address": "postroom@example.com"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with open_client() as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


@pytest.fixture
async def sender(server: SmtpServer) -> AsyncIterator[Sender]:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout_seconds": 5}
    opened = SMTP.build(values, SendingSurroundings())
    yield opened
    await opened.close()


@pytest.fixture
def notifier(client: httpx.AsyncClient, sender: Sender) -> Notifier:
    return PLUGIN.build(SETTINGS, channels_of(client, office=sender))


class TestEmailNotifier(NotifierContract):
    @pytest.fixture
    def trial(self, notifier: Notifier, server: SmtpServer) -> NotifierTrial:
        return NotifierTrial(notifier=notifier, told=lambda: [one.content.decode() for one in server.accepted])


async def test_a_notice_is_marked_so_that_no_machine_answers_it(notifier: Notifier, server: SmtpServer) -> None:
    await notifier.notify(NOTIFICATION)
    (arrived,) = server.accepted
    message = message_from_bytes(arrived.content, policy=default)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Subject"] == "[urgent] Urgent e-mail"
    assert message["From"] == arrived.mail_from == "postroom@example.com"
    assert arrived.message_id == "<urgent.execution-1@example.com>"
    assert message.get_content_type() == "text/plain"
    assert NOTIFICATION.text in message.get_content()


async def test_a_notice_says_when_it_was_sent(client: httpx.AsyncClient, sender: Sender, server: SmtpServer) -> None:
    config = EmailConfig.model_validate(SETTINGS)
    await EmailNotifier(config, channels_of(client, office=sender), SetClock(NOW)).notify(NOTIFICATION)
    message = message_from_bytes(server.accepted[0].content, policy=default)
    assert message.get_all("Date") == ["Tue, 06 Jan 2026 00:00:00 +0000"]


async def test_each_address_gets_a_message_of_its_own(
    client: httpx.AsyncClient, sender: Sender, server: SmtpServer
) -> None:
    values = {**SETTINGS, "to": ["lead@example.com", "night@example.com"]}
    await PLUGIN.build(values, channels_of(client, office=sender)).notify(NOTIFICATION)
    assert {one.recipients for one in server.accepted} == {("lead@example.com",), ("night@example.com",)}
    assert len({one.message_id for one in server.accepted}) == 1


class Office:
    """A sender that answers for each address as told, and hangs for those in `hanging`."""

    def __init__(self, **answers: SendResult) -> None:
        self.answers = answers
        self.hanging: set[str] = set()
        self.hangs = asyncio.Event()
        self.told: list[str] = []

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        name = message.recipient.address.partition("@")[0]
        if name in self.hanging:
            self.hangs.set()
            await asyncio.Event().wait()
        answer = self.answers.get(name, SENT)
        if answer.delivery is Delivery.SENT:
            self.told.append(name)
        return answer

    async def find(self, message_id: str) -> bool | None:
        return None

    async def check(self) -> str:
        return "office"

    async def close(self) -> None:
        return


def of_three(client: httpx.AsyncClient, office: Sender) -> Notifier:
    to = ["lead@example.com", "gone@example.com", "night@example.com"]
    return PLUGIN.build({**SETTINGS, "to": to, "timeout_seconds": 0.2}, channels_of(client, office=office))


@pytest.mark.parametrize(
    ("result", "again"), [(DEFERRED, True), (SendResult(delivery=Delivery.UNCERTAIN), True), (REFUSED, False)]
)
async def test_one_that_fails_keeps_no_other_from_being_told_and_a_retry_tells_only_the_rest(
    client: httpx.AsyncClient, result: SendResult, *, again: bool
) -> None:
    office = Office(gone=result)
    notifier = of_three(client, office)
    for _ in range(2):
        with pytest.raises(PluginError, match=r"gone@example\.com") as caught:
            await notifier.notify(NOTIFICATION)
        assert caught.value.retryable is again
        assert caught.value.hint
    assert sorted(office.told) == ["lead", "night"]
    office.answers.clear()
    await notifier.notify(NOTIFICATION)
    assert sorted(office.told) == ["gone", "lead", "night"]


async def test_another_notice_goes_to_everybody(client: httpx.AsyncClient) -> None:
    office = Office(gone=DEFERRED)
    notifier = of_three(client, office)
    for key in ("one", "two"):
        with pytest.raises(TransientError):
            await notifier.notify(replace(NOTIFICATION, key=key))
    assert sorted(office.told) == ["lead", "lead", "night", "night"]


async def test_an_address_that_hangs_keeps_no_other_from_being_told_and_ends_in_time(client: httpx.AsyncClient) -> None:
    office = Office()
    office.hanging = {"lead"}
    with pytest.raises(TransientError, match=r"lead@example\.com: no answer within 0\.2 s"):
        await of_three(client, office).notify(NOTIFICATION)
    assert sorted(office.told) == ["gone", "night"]


async def test_who_was_told_before_a_cancellation_is_not_told_again(client: httpx.AsyncClient) -> None:
    office = Office()
    office.hanging = {"night"}
    notifier = of_three(client, office)
    telling = asyncio.create_task(notifier.notify(NOTIFICATION))
    await office.hangs.wait()
    telling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await telling
    office.hanging.clear()
    await notifier.notify(NOTIFICATION)
    assert sorted(office.told) == ["gone", "lead", "night"]


async def test_an_alarm_is_told_once_one_address_took_it_and_the_rest_is_logged(client: httpx.AsyncClient) -> None:
    alarm = replace(NOTIFICATION, severity=Severity.ALARM)
    office = Office(gone=REFUSED)
    with capture_logs() as logged:
        await of_three(client, office).notify(alarm)
    (line,) = logged
    assert (line["log_level"], line["key"], line["failed"]) == ("error", alarm.key, 1)
    assert line["hint"]
    nobody = Office(lead=REFUSED, gone=DEFERRED, night=REFUSED)
    with pytest.raises(TransientError):
        await of_three(client, nobody).notify(alarm)


async def test_what_is_remembered_is_bounded(client: httpx.AsyncClient) -> None:
    office = Office(gone=DEFERRED)
    notifier = of_three(client, office)
    keys = [f"key-{number}" for number in range(MAX_REMEMBERED + 1)]
    for key in (*keys, keys[-1], keys[0]):
        with pytest.raises(TransientError):
            await notifier.notify(replace(NOTIFICATION, key=key))
    # The last one was remembered, the first one was not any more.
    assert office.told.count("lead") == len(keys) + 1


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Fault(phase=Phase.CONNECT, act="421 4.3.2 busy"), True),
        (Fault(phase=Phase.RCPT, act="450 4.2.1 later"), True),
        (Fault(phase=Phase.FINAL, act=DROP), True),
        (Fault(phase=Phase.FINAL, act=SILENCE), True),
        (Fault(phase=Phase.RCPT, act="550 5.1.1 unknown"), False),
    ],
)
async def test_what_the_server_does_says_whether_a_retry_helps(
    client: httpx.AsyncClient, sender: Sender, server: SmtpServer, fault: Fault, *, again: bool
) -> None:
    server.faults.append(fault)
    values = {**SETTINGS, "timeout_seconds": 0.5}
    with pytest.raises(PluginError, match=r"lead@example\.com") as caught:
        await PLUGIN.build(values, channels_of(client, office=sender)).notify(NOTIFICATION)
    assert caught.value.retryable is again
    assert caught.value.hint


@pytest.mark.parametrize(("wanted", "said"), [(None, "not clear"), ("missing", "'missing'")])
async def test_the_sender_must_be_clear(
    client: httpx.AsyncClient, sender: Sender, wanted: str | None, said: str
) -> None:
    channels = channels_of(client, office=sender, shop=sender)
    notifier = PLUGIN.build({**SETTINGS, "sender": wanted}, channels)
    for use in (notifier.check, lambda: notifier.notify(NOTIFICATION)):
        with pytest.raises(PluginError, match=said) as caught:
            await use()
        assert "office, shop" in caught.value.hint
        assert not caught.value.retryable


async def test_a_sender_is_found_by_its_name(client: httpx.AsyncClient, sender: Sender, server: SmtpServer) -> None:
    channels = channels_of(client, office=sender, shop=sender)
    assert "lead@example.com" in await PLUGIN.build({**SETTINGS, "sender": "shop"}, channels).check()


async def test_a_check_fails_where_the_account_cannot_be_used(notifier: Notifier, server: SmtpServer) -> None:
    server.stop()
    with pytest.raises(TransientError):
        await notifier.check()


async def test_odd_words_cannot_add_headers(notifier: Notifier, server: SmtpServer) -> None:
    odd = replace(NOTIFICATION, title="a\r\nBcc: eve@example.com\x00\udcff" + "x" * 300, text="\r\n.\r\nb\udcff")
    await notifier.notify(odd)
    message = message_from_bytes(server.accepted[0].content, policy=default)
    assert message["Bcc"] is None
    assert "Bcc: eve@example.com" in message["Subject"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": []},
        {"to": ["nobody"]},
        {"to": ["a@example.com\nb@example.com"]},
        {"from_address": ""},
        {"cc": ["a@b.c"]},
        {"timeout_seconds": 60},
    ],
)
async def test_wrong_settings_are_refused(client: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        PLUGIN.build({**SETTINGS, **wrong}, channels_of(client))
