from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from contracts.receiver_contract import letter
from postroom.errors import PluginError, TransientError
from postroom.providers import OpenReceiver
from providers.imap_smtp.imap_mailbox import Mailboxes, mailboxes
from servers.dovecot import Dovecot, running_dovecot
from servers.scripted_imap import running_scripted_imap
from servers.token_endpoint import TokenEndpoint, token_endpoint

BARE = {
    "CAPABILITY": ("* CAPABILITY IMAP4rev1", "OK done"),
    "EXAMINE": ("* 0 EXISTS", "* OK [UIDVALIDITY 7] valid", "OK [READ-ONLY] opened"),
    "UID SEARCH": ("* SEARCH", "OK done"),
}


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with token_endpoint() as running:
        yield running


def by_token(endpoint: TokenEndpoint, **more: object) -> dict[str, object]:
    oauth = {"token_url": endpoint.url, "client_id": "postroom", "refresh_token": "consent", **more}
    return {"password": None, "oauth": oauth}


async def subjects_of(opened: OpenReceiver) -> list[bytes]:
    fetched = await opened.receiver.fetch(None, limit=5)
    return [email.content.split(b"\r\n")[1] for email, _ in fetched.emails]


async def problem_of(opened: OpenReceiver) -> PluginError:
    with pytest.raises(PluginError) as caught:
        await opened.receiver.fetch(None, limit=5)
    return caught.value


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_tls_is_spoken_under_an_authority_of_ones_own(dovecot: Dovecot, box: Mailboxes, security: str) -> None:
    box.append(letter(1))
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    opened = box.open(host=dovecot.tls_host, port=port, security=security, ca_file=dovecot.ca_file)
    assert await subjects_of(opened) == [b"Subject: Letter 1"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_of_an_unknown_authority_is_refused(
    dovecot: Dovecot, box: Mailboxes, security: str
) -> None:
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    problem = await problem_of(box.open(host=dovecot.tls_host, port=port, security=security))
    assert not isinstance(problem, TransientError)
    assert "unknown authority" in problem.message
    assert "ca_file" in problem.hint


async def test_a_certificate_for_another_name_is_refused(dovecot: Dovecot, box: Mailboxes) -> None:
    problem = await problem_of(box.open(port=dovecot.imaps_port, security="tls", ca_file=dovecot.ca_file))
    assert "is for another" in problem.message
    assert "host name" in problem.hint


async def test_tls_on_the_port_for_starttls_is_explained(dovecot: Dovecot, box: Mailboxes) -> None:
    problem = await problem_of(box.open(security="tls", ca_file=dovecot.ca_file))
    assert not isinstance(problem, TransientError)
    assert "starttls" in problem.hint


async def test_a_server_without_starttls_gets_no_password() -> None:
    with running_dovecot(extra="ssl = no") as server:
        async with mailboxes(server, "ann@example.org") as box:
            problem = await problem_of(box.open(security="starttls", ca_file=server.ca_file))
            assert "offers no STARTTLS" in problem.message
            assert "993" in problem.hint


async def test_a_server_that_wants_tls_first_says_so() -> None:
    # Dovecot takes a client at its own address for safe, so the client must use another one.
    with running_dovecot(extra="listen = 127.0.0.1, 127.0.0.2\nssl = required\ndisable_plaintext_auth = yes") as server:
        async with mailboxes(server, "ann@example.org") as box:
            problem = await problem_of(box.open(host="127.0.0.2"))
            assert not isinstance(problem, TransientError)
            assert "starttls" in problem.hint


async def test_a_wrong_password_is_explained(box: Mailboxes) -> None:
    problem = await problem_of(box.open(password="wrong"))
    assert not isinstance(problem, TransientError)
    assert "refused the log-in" in problem.message
    assert "app password" in problem.hint
    assert "wrong" not in problem.message


async def test_too_many_connections_are_a_matter_of_waiting() -> None:
    with running_dovecot(extra="mail_max_userip_connections = 1") as server:
        async with mailboxes(server, "ann@example.org") as box:
            await box.open().receiver.fetch(None, limit=1)
            assert isinstance(await problem_of(box.open()), TransientError)


async def test_a_server_of_the_bare_standard_gets_names_quoted(dovecot: Dovecot) -> None:
    with running_scripted_imap(BARE) as script:
        box = Mailboxes(server=dovecot, user='ann "the \\ first"')
        opened = box.open(port=script.port, password='pass "word"')
        assert await subjects_of(opened) == []
        await opened.receiver.close()
        assert 'LOGIN "ann \\"the \\\\ first\\"" "pass \\"word\\""' in script.asked
        accented = box.open(port=script.port, password="pässword")
        assert "ASCII" in (await problem_of(accented)).message
        await accented.receiver.close()


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_a_token_logs_in_by_either_mechanism(endpoint: TokenEndpoint, mechanism: str) -> None:
    with running_dovecot(extra=f"auth_mechanisms = {mechanism}") as server:
        async with mailboxes(server, "ann@example.org") as box:
            server.add_token("token-1", box.user)
            server.deliver(letter(1), box.user)
            box.settings = by_token(endpoint)
            assert len(await subjects_of(box.open())) == 1
            assert box.warnings == [None]


async def test_a_refresh_token_that_was_renewed_is_handed_on(endpoint: TokenEndpoint) -> None:
    endpoint.answers = [(200, {"access_token": "token-1", "expires_in": 3600, "refresh_token": "second"})]
    with running_dovecot(extra="auth_mechanisms = xoauth2") as server:
        async with mailboxes(server, "ann@example.org") as box:
            server.add_token("token-1", box.user)
            box.settings = by_token(endpoint)
            assert await subjects_of(box.open()) == []
            assert box.renewed == [("oauth.refresh_token", "second")]


async def test_a_token_that_is_refused_is_not_used_again(
    dovecot: Dovecot, box: Mailboxes, endpoint: TokenEndpoint
) -> None:
    box.settings = by_token(endpoint)
    opened = box.open()
    problem = await problem_of(opened)
    assert not isinstance(problem, TransientError)
    assert "consent" in problem.hint
    assert "token-1" not in problem.message
    dovecot.add_token("token-2", box.user)
    assert await subjects_of(opened) == []
    assert len(endpoint.asked) == 2


async def test_a_server_without_tokens_is_named(endpoint: TokenEndpoint) -> None:
    with running_dovecot(extra="auth_mechanisms = plain") as server:
        async with mailboxes(server, "ann@example.org") as box:
            box.settings = by_token(endpoint)
            problem = await problem_of(box.open())
            assert "neither OAUTHBEARER nor XOAUTH2" in problem.message


async def test_what_will_stop_working_is_told_to_people(
    dovecot: Dovecot, box: Mailboxes, endpoint: TokenEndpoint
) -> None:
    dovecot.add_token("token-1", box.user)
    box.settings = by_token(endpoint, credentials_expire_on=datetime.now(UTC).date())
    await subjects_of(box.open())
    (warning,) = box.warnings
    assert warning is not None
    assert "credentials end" in warning
