from collections.abc import Mapping

import pytest
import typer
from pydantic import BaseModel, SecretStr
from typer.testing import CliRunner

from postroom.cli.guided_flags import AccountFlags
from postroom.cli.guided_settings import ask_settings, nested, settings_given, takes_oauth
from postroom.errors import InputError
from postroom.notifiers import Channels, NotifierPlugin


class Consent(BaseModel):
    grant: str = "refresh_token"
    client_secret: SecretStr | None = None
    timeout_seconds: float = 1


class Loft(BaseModel):
    host: str
    port: int = 993
    doors: list[int] = []
    password: SecretStr | None = None
    oauth: Consent | None = None
    timeout_seconds: float = 1


def unbuilt(values: Mapping[str, object], channels: Channels) -> None:
    raise NotImplementedError


LOFT = NotifierPlugin(name="loft", title="A loft", config=Loft, build=unbuilt)  # type: ignore[arg-type] # Never built.


def asked(typed: str, before: Mapping[str, object], *, oauth: bool) -> tuple[dict[str, object], str]:
    """Return the settings that were typed, and what was shown meanwhile."""
    app = typer.Typer()
    found: dict[str, object] = {}

    @app.command()
    def ask() -> None:
        found.update(ask_settings(LOFT, before, oauth=oauth))

    result = CliRunner().invoke(app, [], input=typed)
    assert result.exit_code == 0
    return found, result.output


def test_settings_are_read_by_dotted_path_and_checked() -> None:
    flags = AccountFlags(settings=["host=loft=1", "oauth.grant=x", "doors=[1, 2]"], unset=["port"])
    given = settings_given(LOFT, flags)
    assert given == {"host": "loft=1", "oauth.grant": "x", "doors": [1, 2], "port": None}
    assert nested(given) == {"host": "loft=1", "oauth": {"grant": "x"}, "doors": [1, 2]}
    assert takes_oauth(LOFT)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (AccountFlags(settings=["colour=red"]), "no setting 'colour'"),
        (AccountFlags(settings=["host"]), "has no value"),
        (AccountFlags(settings=["oauth.client_secret=hush"]), "is a secret"),
        (AccountFlags(unset=["colour"]), "no setting 'colour'"),
        (AccountFlags(secret_env=["colour=NAME"]), "no setting 'colour'"),
        (AccountFlags(password_env="NO_SUCH_VARIABLE"), "is empty"),
    ],
)
def test_a_wrong_setting_is_told(flags: AccountFlags, words: str) -> None:
    with pytest.raises(InputError, match=words):
        settings_given(LOFT, flags)


def test_a_password_comes_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOFT_PASSWORD", "hush")
    monkeypatch.setenv("LOFT_SECRET", "hush hush")
    flags = AccountFlags(password_env="LOFT_PASSWORD", secret_env=["oauth.client_secret=LOFT_SECRET"])
    assert settings_given(LOFT, flags) == {"password": "hush", "oauth.client_secret": "hush hush"}


def test_a_password_comes_from_standard_input() -> None:
    app = typer.Typer()
    found: dict[str, object] = {}

    @app.command()
    def read() -> None:
        found.update(settings_given(LOFT, AccountFlags(password_stdin=True)))

    CliRunner().invoke(app, [], input=" hush \nmore\n")
    assert found == {"password": " hush "}


def test_only_what_is_needed_is_asked_for_and_the_password_is_hidden() -> None:
    found, shown = asked("\nloft\n\nhush\n", {}, oauth=False)
    assert found == {"host": "loft", "port": "993", "password": "hush"}
    assert "hush" not in shown
    assert "timeout" not in shown


def test_enter_keeps_what_was_there() -> None:
    before = {"host": "loft", "port": "143", "password": "hush"}
    assert asked("\n\n\n", before, oauth=False)[0] == before


def test_with_oauth_its_settings_are_asked_for_in_place_of_the_password() -> None:
    found, _ = asked("loft\n\nclient_credentials\nhush\n", {}, oauth=True)
    assert found == {
        "host": "loft", "port": "993", "oauth.grant": "client_credentials", "oauth.client_secret": "hush"
    }  # fmt: skip


def test_what_was_typed_for_another_kind_or_log_in_is_forgotten() -> None:
    before = {"host": "loft", "port": "1", "password": "hush", "oauth.client_secret": "hush", "path": "/tmp"}
    assert set(asked("\n\n\n", before, oauth=False)[0]) == {"host", "port", "password"}
    assert set(asked("\n\n\n\n", before, oauth=True)[0]) == {"host", "port", "oauth.grant", "oauth.client_secret"}
