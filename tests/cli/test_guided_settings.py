from collections.abc import Mapping

import pytest
import typer
from pydantic import BaseModel, SecretStr
from typer.testing import CliRunner

from postroom.cli.guided_flags import AccountFlags
from postroom.cli.guided_settings import listed, nested, settings_given, takes_a_list, takes_oauth
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
        (AccountFlags(settings=["oauth=x"]), "no setting 'oauth'"),
        (AccountFlags(secret_env=["colour=NAME"]), "no setting 'colour'"),
        (AccountFlags(password_env="NO_SUCH_VARIABLE"), "is not set"),
        (AccountFlags(password_env="EMPTY_VARIABLE"), "is empty"),
    ],
)
def test_a_wrong_setting_is_told(flags: AccountFlags, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPTY_VARIABLE", "")
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


def test_a_list_is_written_with_commas_or_as_json() -> None:
    assert settings_given(LOFT, AccountFlags(settings=["doors=1, 2,"])) == {"doors": ["1", "2"]}
    assert settings_given(LOFT, AccountFlags(settings=["doors=7"])) == {"doors": ["7"]}
    assert settings_given(LOFT, AccountFlags(settings=["host=a,b"])) == {"host": "a,b"}
    assert listed(" a@b.example , ,c@d.example") == ["a@b.example", "c@d.example"]
    assert takes_a_list(list[str])
    assert takes_a_list(list[str] | None)
    assert not takes_a_list(str)


def test_a_whole_group_is_put_back_before_its_settings_are_given_anew() -> None:
    assert settings_given(LOFT, AccountFlags(unset=["oauth"])) == {"oauth": None}
    given = settings_given(LOFT, AccountFlags(unset=["oauth"], settings=["oauth.grant=x"]))
    assert list(given) == ["oauth", "oauth.grant"]
    assert nested(given) == {"oauth": {"grant": "x"}}


def test_an_empty_standard_input_gives_no_password() -> None:
    app = typer.Typer()

    @app.command()
    def read() -> None:
        settings_given(LOFT, AccountFlags(password_stdin=True))

    for typed in ("", "\n"):
        refused = CliRunner().invoke(app, [], input=typed).exception
        assert isinstance(refused, InputError)
        assert "gives no password" in refused.message
