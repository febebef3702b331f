import inspect
from collections.abc import Iterator

import aiosmtplib
import pytest
from aiosmtplib.protocol import SMTPProtocol

from postroom.providers.imap_smtp.smtp_content import (
    NotBegunError,
    ask_to_begin,
    hand_over,
    made_transparent,
    with_crlf,
)
from servers.smtp import SmtpServer, smtp_server


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


async def opened(server: SmtpServer) -> aiosmtplib.SMTP:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=server.port, timeout=5, start_tls=False)
    await client.connect()
    await client.mail("a@example.com")
    await client.rcpt("b@example.com")
    return client


def test_the_library_still_has_the_parts_that_are_used() -> None:
    assert list(inspect.signature(SMTPProtocol.write).parameters) == ["self", "data"]
    assert list(inspect.signature(SMTPProtocol.read_response).parameters) == ["self", "timeout"]
    assert isinstance(inspect.getattr_static(SMTPProtocol, "is_connected"), property)
    assert aiosmtplib.SMTP().protocol is None


async def test_nothing_is_written_before_the_server_asked_for_it(server: SmtpServer) -> None:
    client = await opened(server)
    assert (await ask_to_begin(client)).code == 354
    assert server.accepted == []
    answer = await hand_over(client, made_transparent(b"Subject: a\r\n\r\n.b"), timeout_seconds=5)
    assert answer.code == 250
    assert [one.content for one in server.accepted] == [b"Subject: a\r\n\r\n.b\r\n"]
    client.close()


async def test_the_library_does_the_same_to_a_message(server: SmtpServer) -> None:
    content = b"Subject: a\n\n.b\r.\r\n..c\n."
    client = await opened(server)
    await client.data(content)
    await client.mail("a@example.com")
    await client.rcpt("b@example.com")
    await ask_to_begin(client)
    await hand_over(client, made_transparent(content), timeout_seconds=5)
    theirs, ours = server.accepted
    assert ours.content == theirs.content
    client.close()


async def test_a_connection_that_is_gone_has_certainly_taken_nothing(server: SmtpServer) -> None:
    client = await opened(server)
    client.close()
    with pytest.raises(NotBegunError):
        await hand_over(client, b"a\r\n.\r\n", timeout_seconds=5)


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b"a", b"a\r\n"),
        (b"a\r\n", b"a\r\n"),
        (b"a\nb\rc\r\n", b"a\r\nb\r\nc\r\n"),
        (b"a\r\r\n", b"a\r\n\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_every_line_ends_with_crlf(content: bytes, sent: bytes) -> None:
    assert with_crlf(content) == sent


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        (b".", b"..\r\n.\r\n"),
        (b"a\n.b", b"a\r\n..b\r\n.\r\n"),
        (b"a.\r\n", b"a.\r\n.\r\n"),
        (b"\n.\n", b"\r\n..\r\n.\r\n"),
    ],
)
def test_a_first_dot_is_doubled(content: bytes, sent: bytes) -> None:
    assert made_transparent(content) == sent
