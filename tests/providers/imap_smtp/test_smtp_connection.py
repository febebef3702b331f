from collections.abc import Iterator
from pathlib import Path

import pytest

from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.provider import Delivery
from providers.imap_smtp.smtp_account import granted, mail, sender_at
from servers.certificates import Certificates, certificates
from servers.smtp import DROP, PASSWORD, SILENCE, USERNAME, Fault, Phase, SmtpServer, smtp_server

LOGIN = {"username": USERNAME, "password": PASSWORD}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"), names=("localhost",))


@pytest.fixture
def starttls(made: Certificates) -> Iterator[SmtpServer]:
    with smtp_server(certificates=made, mechanisms=("PLAIN",)) as running:
        yield running


@pytest.fixture
def implicit(made: Certificates) -> Iterator[SmtpServer]:
    with smtp_server(certificates=made, implicit_tls=True, mechanisms=("PLAIN",)) as running:
        yield running


@pytest.fixture
def plain() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


async def test_mail_goes_through_starttls(starttls: SmtpServer, made: Certificates) -> None:
    sender = sender_at(starttls, {"security": "starttls", "ca_file": made.ca_file, **LOGIN})
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert [one.encrypted for one in starttls.accepted] == [True]
    await sender.close()


async def test_mail_goes_through_tls(implicit: SmtpServer, made: Certificates) -> None:
    sender = sender_at(implicit, {"security": "tls", "ca_file": made.ca_file, **LOGIN})
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert [one.encrypted for one in implicit.accepted] == [True]
    await sender.close()


async def test_a_check_says_what_the_server_offers_and_sends_nothing(starttls: SmtpServer, made: Certificates) -> None:
    sender = sender_at(starttls, {"security": "starttls", "ca_file": made.ca_file, **LOGIN})
    expected = f"localhost:{starttls.port}, STARTTLS, logged in as {USERNAME}, SIZE 2 MB, SMTPUTF8"
    assert await sender.check() == expected
    assert Phase.MAIL not in starttls.commands
    assert starttls.commands[-1] == "quit"


async def test_a_check_of_a_plain_relay(plain: SmtpServer) -> None:
    plain.utf8, plain.size_limit = False, None
    expected = f"localhost:{plain.port}, not encrypted, without log-in, no SIZE limit, no SMTPUTF8"
    assert await sender_at(plain).check() == expected


async def test_an_unknown_authority_is_refused_before_the_password_is_shown(starttls: SmtpServer) -> None:
    sender = sender_at(starttls, {"security": "starttls", **LOGIN})
    with pytest.raises(PluginError, match="comes from an unknown authority") as caught:
        await sender.check()
    assert "ca_file" in caught.value.hint
    result = await sender.send(mail(), granted)
    assert result.delivery is Delivery.DEFERRED
    assert Phase.AUTH not in starttls.commands


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_for_another_name_is_refused(made: Certificates, security: str) -> None:
    with smtp_server(certificates=made, implicit_tls=security == "tls", mechanisms=("PLAIN",)) as server:
        sender = sender_at(server, {"host": "127.0.0.1", "security": security, "ca_file": made.ca_file, **LOGIN})
        with pytest.raises(PluginError, match="is for another address"):
            await sender.check()


async def test_a_port_without_tls_says_which_security_fits(plain: SmtpServer) -> None:
    with pytest.raises(PluginError, match="does not begin with TLS") as caught:
        await sender_at(plain, {"security": "tls"}).check()
    assert "starttls" in caught.value.hint


async def test_a_server_without_starttls_never_gets_the_password(plain: SmtpServer) -> None:
    sender = sender_at(plain, {"security": "starttls", **LOGIN})
    with pytest.raises(PluginError, match="does not offer STARTTLS"):
        await sender.check()
    assert Phase.AUTH not in plain.commands


async def test_a_port_for_tls_that_is_spoken_to_in_clear_is_for_later(implicit: SmtpServer) -> None:
    with pytest.raises(TransientError) as caught:
        await sender_at(implicit, {"timeout_seconds": 0.3}).check()
    assert "465 wants tls" in caught.value.hint


@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        ("554 5.7.1 your address is blocked", PluginError, "your address is blocked"),
        ("421 4.3.2 too busy", TransientError, "too busy"),
        (DROP, TransientError, "closed the connection"),
        (SILENCE, TransientError, "did not answer within 0.2 s"),
    ],
)
async def test_a_connection_that_fails_says_why(
    plain: SmtpServer, act: str, kind: type[PluginError], said: str
) -> None:
    plain.faults.append(Fault(phase=Phase.CONNECT, act=act))
    with pytest.raises(PluginError, match=said) as caught:
        await sender_at(plain, {"timeout_seconds": 0.2}).check()
    assert type(caught.value) is kind
    assert caught.value.hint


async def test_a_closed_port_and_an_unknown_name_are_for_later(plain: SmtpServer) -> None:
    plain.stop()
    with pytest.raises(TransientError, match="Nothing accepts connections"):
        await sender_at(plain).check()
    with pytest.raises(TransientError, match="cannot be resolved"):
        await sender_at(plain, {"host": "no-such-host.invalid", "allow_plain": True}).check()


async def test_a_file_without_certificates_is_told_when_the_account_is_built(plain: SmtpServer, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match="ca_file"):
        sender_at(plain, {"security": "tls", "ca_file": tmp_path / "ca.pem"})
