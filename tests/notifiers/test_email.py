from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import httpx
import pytest

from contracts.notifier_contract import NOTIFICATION, NotifierContract, NotifierTrial, channels_of
from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Sender
from postroom.notifiers.email import PLUGIN
from postroom.notifiers.post import open_client
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_plugin import SMTP
from servers.smtp import DROP, SILENCE, Fault, Phase, SmtpServer, smtp_server

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


async def test_each_address_gets_a_message_of_its_own(
    client: httpx.AsyncClient, sender: Sender, server: SmtpServer
) -> None:
    values = {**SETTINGS, "to": ["lead@example.com", "night@example.com"]}
    await PLUGIN.build(values, channels_of(client, office=sender)).notify(NOTIFICATION)
    assert [one.recipients for one in server.accepted] == [("lead@example.com",), ("night@example.com",)]


@pytest.mark.parametrize(
    ("fault", "final"),
    [
        (Fault(phase=Phase.CONNECT, act="421 4.3.2 busy"), "again"),
        (Fault(phase=Phase.RCPT, act="450 4.2.1 later"), "again"),
        (Fault(phase=Phase.FINAL, act=DROP), "again"),
        (Fault(phase=Phase.FINAL, act=SILENCE), "again"),
        (Fault(phase=Phase.RCPT, act="550 5.1.1 unknown"), "never"),
    ],
)
async def test_one_that_fails_keeps_no_other_from_being_told(
    client: httpx.AsyncClient, sender: Sender, server: SmtpServer, fault: Fault, final: str
) -> None:
    server.faults.append(fault)
    values = {**SETTINGS, "to": ["gone@example.com", "night@example.com"], "timeout_seconds": 0.5}
    with pytest.raises(PluginError, match=r"gone@example\.com") as caught:
        await PLUGIN.build(values, channels_of(client, office=sender)).notify(NOTIFICATION)
    assert caught.value.retryable == (final == "again")
    assert caught.value.hint
    assert [one.recipients for one in server.accepted] == [("night@example.com",)]


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
    [{"to": []}, {"to": ["nobody"]}, {"to": ["a@example.com\nb@example.com"]}, {"from_address": ""}, {"cc": ["a@b.c"]}],
)
async def test_wrong_settings_are_refused(client: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        PLUGIN.build({**SETTINGS, **wrong}, channels_of(client))
