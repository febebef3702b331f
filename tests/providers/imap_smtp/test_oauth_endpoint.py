from collections.abc import Iterator

import pytest
from google.auth import jwt

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.oauth_endpoint import UNKNOWN_LIFETIME_SECONDS, GoogleAccount, ask
from servers.token_endpoint import TokenEndpoint, new_private_key, token_endpoint


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with token_endpoint() as running:
        yield running


@pytest.fixture(scope="module")
def private_key() -> str:
    return new_private_key()


@pytest.fixture
def google(endpoint: TokenEndpoint, private_key: str) -> GoogleAccount:
    info = {
        "type": "service_account",
        "client_email": "robot@project.example",
        "private_key": private_key,
        "token_uri": endpoint.url,
    }
    return GoogleAccount(info, scope="https://mail.google.com/", subject="support@example.com")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(3600, 3600), ("7200", 7200), (None, UNKNOWN_LIFETIME_SECONDS), ("soon", UNKNOWN_LIFETIME_SECONDS), (-1, 600)],
)
def test_the_lifetime_is_read_however_it_is_written(endpoint: TokenEndpoint, given: object, seconds: float) -> None:
    endpoint.answers = [(200, {"access_token": "a", "expires_in": given})]
    token = ask(endpoint.url, {"grant_type": "x"}, timeout_seconds=5)
    assert (token.text, token.lifetime_seconds) == ("a", seconds)
    assert "'a'" not in repr(token)


@pytest.mark.parametrize(
    ("status", "fields", "said"),
    [
        (400, {"error": "invalid_grant"}, "invalid_grant"),
        (401, {"error": "invalid_client", "error_description": "AADSTS7000222: expired"}, "AADSTS7000222"),
        (403, {"error": {"odd": 1}}, "403"),
        (302, {}, "302"),
        (200, {"token": "a"}, "without an access token"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(
    endpoint: TokenEndpoint, google: GoogleAccount, status: int, fields: dict[str, object], said: str
) -> None:
    endpoint.answers = [(status, fields)] * 2
    with pytest.raises(PluginError, match=said) as plain:
        ask(endpoint.url, {}, timeout_seconds=5)
    with pytest.raises(PluginError, match=said) as signed:
        google.ask(timeout_seconds=5)
    assert not plain.value.retryable
    assert not signed.value.retryable
    assert plain.value.hint == signed.value.hint != ""


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_an_endpoint_that_is_busy_is_for_later_and_is_asked_once(
    endpoint: TokenEndpoint, google: GoogleAccount, status: int
) -> None:
    endpoint.answers = [(status, {})] * 2
    with pytest.raises(TransientError):
        ask(endpoint.url, {}, timeout_seconds=5)
    with pytest.raises(TransientError):
        google.ask(timeout_seconds=5)
    assert len(endpoint.asked) == 2


def test_google_gets_a_signed_question_in_the_name_of_the_mailbox(
    endpoint: TokenEndpoint, google: GoogleAccount
) -> None:
    token = google.ask(timeout_seconds=5)
    assert token.text == "token-1"
    assert token.lifetime_seconds == pytest.approx(3600, abs=60)
    claims = jwt.decode(endpoint.asked[0]["assertion"], verify=False)  # type: ignore[no-untyped-call]
    assert claims["iss"] == "robot@project.example"
    assert claims["sub"] == "support@example.com"
    assert claims["scope"] == "https://mail.google.com/"
