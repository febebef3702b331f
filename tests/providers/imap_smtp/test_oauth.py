import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from clocks import SetClock
from postroom.errors import ConfigurationError, PluginError, StoreError, TransientError
from postroom.providers.imap_smtp.oauth import OAuthConfig, TokenNews, TokenSource, oauthbearer_response
from servers.token_endpoint import TokenEndpoint, new_private_key, token_endpoint

STARTED_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def endpoint() -> Iterator[TokenEndpoint]:
    with token_endpoint() as running:
        yield running


@pytest.fixture
def clock() -> SetClock:
    return SetClock(STARTED_AT)


@pytest.fixture
def said() -> TokenNews:
    return TokenNews()


def settings(endpoint: TokenEndpoint, **more: object) -> OAuthConfig:
    usual = {"token_url": endpoint.url, "client_id": "postroom", "refresh_token": "1//consent", "scope": "mail"}
    return OAuthConfig.model_validate({**usual, **more})


@pytest.fixture
def source(endpoint: TokenEndpoint, clock: SetClock, said: TokenNews) -> TokenSource:
    return TokenSource(settings(endpoint), told=said, clock=clock)


def test_a_token_is_asked_for_once_and_again_shortly_before_it_ends(
    endpoint: TokenEndpoint, clock: SetClock, source: TokenSource, said: TokenNews
) -> None:
    assert [source.token(), source.token()] == ["token-1", "token-1"]
    clock.at = STARTED_AT + timedelta(minutes=54)
    assert source.token() == "token-1"
    clock.at = STARTED_AT + timedelta(minutes=56)
    assert source.token() == "token-2"
    assert list(said.warnings) == [None]
    assert endpoint.asked[0] == {
        "grant_type": "refresh_token",
        "client_id": "postroom",
        "refresh_token": "1//consent",
        "scope": "mail",
    }


def test_many_threads_at_once_ask_once(endpoint: TokenEndpoint, source: TokenSource) -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait(10)
        return source.token()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {"token-1"}
    assert len(endpoint.asked) == 1


def test_the_application_asks_in_its_own_name(endpoint: TokenEndpoint, clock: SetClock) -> None:
    config = settings(endpoint, grant="client_credentials", client_secret="s3cret", refresh_token=None)
    assert TokenSource(config, told=TokenNews(), clock=clock).token() == "token-1"
    assert endpoint.asked == [
        {"grant_type": "client_credentials", "client_id": "postroom", "client_secret": "s3cret", "scope": "mail"}
    ]


def test_a_google_account_asks_with_its_key(endpoint: TokenEndpoint, clock: SetClock) -> None:
    key = {"client_email": "robot@project.example", "private_key": new_private_key()}
    config = OAuthConfig.model_validate(
        {
            "grant": "google_service_account",
            "token_url": endpoint.url,
            "scope": "https://mail.google.com/",
            "subject": "support@example.com",
            "service_account_json": json.dumps(key),
        }
    )
    source = TokenSource(config, told=TokenNews(), clock=clock)
    assert [source.token(), source.token()] == ["token-1", "token-1"]
    (form,) = endpoint.asked
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"


def test_a_new_refresh_token_takes_the_place_of_the_old_one(
    endpoint: TokenEndpoint, source: TokenSource, said: TokenNews
) -> None:
    given = {"access_token": "a", "expires_in": 3600, "refresh_token": "1//second"}
    endpoint.answers = [(200, given), (200, given)]
    for _ in range(3):
        source.token()
        source.forget()
    assert [form["refresh_token"] for form in endpoint.asked] == ["1//consent", "1//second", "1//second"]
    assert list(said.refresh_tokens) == ["1//second"]


async def test_what_was_said_is_passed_on_once_and_a_token_that_could_not_be_kept_again(said: TokenNews) -> None:
    kept: list[str] = []
    warned: list[str | None] = []
    failures: list[Exception] = [StoreError("The disk is full.")]

    async def renewed(path: str, secret: str) -> None:
        if failures:
            raise failures.pop()
        kept.append(f"{path}={secret}")

    async def warn(words: str | None) -> None:
        warned.append(words)

    said.refresh_tokens.append("1//second")
    said.warnings.append(None)
    with pytest.raises(StoreError):
        await said.pass_on(warn=warn, renewed=renewed)
    for _ in range(2):
        await said.pass_on(warn=warn, renewed=renewed)
    assert (kept, warned) == (["oauth.refresh_token=1//second"], [None])


@pytest.mark.parametrize("answer", [(503, {}), (400, {"error": "invalid_grant"})])
def test_a_renewal_that_fails_is_announced_while_the_token_still_lives(
    endpoint: TokenEndpoint,
    clock: SetClock,
    source: TokenSource,
    said: TokenNews,
    answer: tuple[int, dict[str, object]],
) -> None:
    source.token()
    endpoint.answers = [answer]
    clock.at = STARTED_AT + timedelta(minutes=57)
    assert [source.token(), source.token()] == ["token-1", "token-1"]
    first, words = said.warnings
    assert first is None
    assert words is not None
    assert "The present access ends at" in words
    assert len(endpoint.asked) == 2  # It is not asked again at once.
    clock.at = STARTED_AT + timedelta(minutes=58)
    assert source.token() == "token-3"
    assert list(said.warnings) == [None, words, None]


def test_without_a_living_token_a_refusal_says_what_to_do(
    endpoint: TokenEndpoint, clock: SetClock, source: TokenSource
) -> None:
    source.token()
    endpoint.answers = [(400, {"error": "invalid_grant", "error_description": "1//consent has expired"})]
    clock.at = STARTED_AT + timedelta(minutes=61)
    with pytest.raises(PluginError, match="invalid_grant") as caught:
        source.token()
    assert not caught.value.retryable
    assert "change the account" in caught.value.hint
    assert "1//consent" not in caught.value.message
    assert source.token() == "token-3"


def test_without_a_living_token_trouble_of_the_network_is_for_later(endpoint: TokenEndpoint, clock: SetClock) -> None:
    with token_endpoint() as closed:
        url = closed.url
    source = TokenSource(settings(endpoint, token_url=url), told=TokenNews(), clock=clock)
    with pytest.raises(TransientError, match="cannot be reached"):
        source.token()


@pytest.mark.parametrize(("days", "announced"), [(15, False), (14, True), (0, True), (-3, True)])
def test_credentials_that_end_soon_are_announced_by_their_date(
    endpoint: TokenEndpoint, clock: SetClock, said: TokenNews, days: int, *, announced: bool
) -> None:
    last = clock.now().date() + timedelta(days=days)
    source = TokenSource(settings(endpoint, credentials_expire_on=last), told=said, clock=clock)
    source.token()
    source.token()
    (words,) = said.warnings
    assert (str(last) in words if words else False) is announced


def test_a_short_life_does_not_mean_to_ask_each_time(
    endpoint: TokenEndpoint, clock: SetClock, source: TokenSource
) -> None:
    endpoint.lifetime_seconds = 240
    assert [source.token(), source.token()] == ["token-1", "token-1"]
    clock.at = STARTED_AT + timedelta(seconds=121)
    assert source.token() == "token-2"


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_url": "http://login.example.com/token"},
        {"token_url": "nonsense"},
        {"token_url": ""},
        {"client_id": ""},
        {"refresh_token": None},
        {"grant": "client_credentials"},
        {"grant": "google_service_account"},
        {"grant": "password"},
        {"user": "a"},
    ],
)
def test_settings_that_cannot_work_are_refused(endpoint: TokenEndpoint, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(endpoint, **wrong)


def test_secrets_are_not_shown(endpoint: TokenEndpoint) -> None:
    config = settings(endpoint, client_secret="s3cret", credentials_expire_on=date(2030, 1, 1))
    assert "s3cret" not in repr(config)
    assert "1//consent" not in repr(config)


@pytest.mark.parametrize("key", ["nonsense", "{}", '{"client_email": "a@b", "private_key": "horse"}', "[1]"])
def test_a_key_that_is_none_is_told_without_showing_it(clock: SetClock, key: str) -> None:
    config = OAuthConfig.model_validate(
        {"grant": "google_service_account", "service_account_json": key, "scope": "mail"}
    )
    with pytest.raises(ConfigurationError, match="service_account_json") as caught:
        TokenSource(config, told=TokenNews(), clock=clock)
    assert "horse" not in caught.value.message


def test_the_response_of_oauthbearer_is_as_in_rfc_7628() -> None:
    response = base64.b64decode(oauthbearer_response("us,er=@example.com", "tok", host="h.example", port=587))
    assert response == b"n,a=us=2Cer=3D@example.com,\x01host=h.example\x01port=587\x01auth=Bearer tok\x01\x01"
