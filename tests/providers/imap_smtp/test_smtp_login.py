from collections.abc import Iterator

import pytest

from postroom.errors import PluginError, StoreError, TransientError
from postroom.interfaces.provider import Delivery
from postroom.providers import SendingSurroundings
from postroom.providers.imap_smtp.smtp_circuit import REFUSED_SECONDS
from providers.imap_smtp.smtp_account import Stopwatch, granted, mail, sender_at
from servers.smtp import PASSWORD, TOKEN, USERNAME, Fault, Phase, SmtpServer, smtp_server
from servers.token_endpoint import TokenEndpoint, token_endpoint

RIGHT = {"username": USERNAME, "password": PASSWORD}


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with smtp_server(mechanisms=("PLAIN", "LOGIN", "XOAUTH2")) as running:
        yield running


@pytest.fixture
def endpoint(server: SmtpServer) -> Iterator[TokenEndpoint]:
    server.tokens = {"token-1", "token-2"}
    with token_endpoint() as running:
        yield running


def by_token(endpoint: TokenEndpoint, **more: object) -> dict[str, object]:
    oauth = {"token_url": endpoint.url, "client_id": "postroom", "refresh_token": "1//consent", **more}
    return {"username": USERNAME, "oauth": oauth}


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
async def test_a_password_is_given_in_the_way_that_the_server_offers(server: SmtpServer, mechanism: str) -> None:
    server.mechanisms = (mechanism,)
    sender = sender_at(server, RIGHT)
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.logins == [(mechanism, USERNAME, True)]
    await sender.close()


async def test_a_wrong_password_is_tried_once_and_is_no_fault_of_the_mail(server: SmtpServer) -> None:
    sender = sender_at(server, {"username": USERNAME, "password": "wrong horse"})
    result = await sender.send(mail(), granted)
    assert result.delivery is Delivery.DEFERRED
    assert "refused the log-in" in result.detail
    assert "wrong horse" not in result.detail
    assert server.logins == [("PLAIN", USERNAME, False)]
    with pytest.raises(PluginError, match="535") as caught:
        await sender.check()
    assert "app password" in caught.value.hint


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", PluginError, "SMTP AUTH"),
        ("534 5.7.9 Application-specific password required", PluginError, "two-step"),
        ("454 4.7.0 Temporary authentication failure", TransientError, "tried again"),
    ],
)
async def test_what_providers_say_becomes_what_to_do(
    server: SmtpServer, answer: str, kind: type[PluginError], hint: str
) -> None:
    server.faults.append(Fault(phase=Phase.AUTH, act=answer))
    with pytest.raises(PluginError) as caught:
        await sender_at(server, RIGHT).check()
    assert caught.value.retryable == (kind is TransientError)
    assert hint in caught.value.hint


async def test_a_server_that_offers_no_log_in_says_why(server: SmtpServer) -> None:
    server.mechanisms = ()
    with pytest.raises(PluginError, match="offers no way to log in") as caught:
        await sender_at(server, RIGHT).check()
    assert "encryption" in caught.value.hint


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_a_token_is_asked_for_once_and_given_to_each_connection(
    server: SmtpServer, endpoint: TokenEndpoint, mechanism: str
) -> None:
    server.mechanisms = (mechanism,)
    sender = sender_at(server, {"idle_seconds": 0, **by_token(endpoint)})
    for _ in range(2):
        assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert server.logins == [(mechanism, USERNAME, True)] * 2
    assert len(endpoint.asked) == 1
    await sender.close()


async def test_a_token_that_the_server_does_not_take_is_asked_for_anew(
    server: SmtpServer, endpoint: TokenEndpoint
) -> None:
    server.tokens = {TOKEN, "token-2"}
    watch = Stopwatch()
    sender = sender_at(server, by_token(endpoint), now=watch.now)
    result = await sender.send(mail(), granted)
    assert result.delivery is Delivery.DEFERRED
    assert "token-1" not in result.detail
    watch.seconds += REFUSED_SECONDS
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    await sender.close()


async def test_a_consent_that_ended_is_no_fault_of_the_mail(server: SmtpServer, endpoint: TokenEndpoint) -> None:
    sender = sender_at(server, by_token(endpoint))
    endpoint.answers = [(400, {"error": "invalid_grant"})] * 2
    assert (await sender.send(mail(), granted)).delivery is Delivery.DEFERRED
    with pytest.raises(PluginError) as caught:
        await sender.check()
    assert "change the account" in caught.value.hint
    assert Phase.AUTH not in server.commands


async def test_what_will_stop_working_is_told_to_people(server: SmtpServer, endpoint: TokenEndpoint) -> None:
    told: list[str | None] = []

    async def warn(words: str | None) -> None:
        told.append(words)

    account = by_token(endpoint, credentials_expire_on="2020-02-01")
    sender = sender_at(server, account, SendingSurroundings(warn=warn))
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    (words,) = told
    assert "2020-02-01" in str(words)
    await sender.close()


async def test_a_refresh_token_that_was_renewed_is_handed_on_until_it_is_kept(
    server: SmtpServer, endpoint: TokenEndpoint
) -> None:
    kept: list[tuple[str, str]] = []
    failures: list[Exception] = [StoreError("The disk is full.")]

    async def renewed(path: str, secret: str) -> None:
        if failures:
            raise failures.pop()
        kept.append((path, secret))

    endpoint.answers = [(200, {"access_token": "token-1", "expires_in": 3600, "refresh_token": "1//second"})]
    sender = sender_at(server, by_token(endpoint), SendingSurroundings(renewed=renewed))
    with pytest.raises(StoreError):
        await sender.send(mail(), granted)
    assert (await sender.send(mail(), granted)).delivery is Delivery.SENT
    assert kept == [("oauth.refresh_token", "1//second")]
    assert len(endpoint.asked) == 1
    assert server.open_now == 1
    await sender.close()
