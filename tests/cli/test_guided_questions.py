from collections.abc import Collection, Mapping
from enum import StrEnum

import typer
from pydantic import BaseModel, SecretStr
from typer.testing import CliRunner

from postroom.cli.guided_questions import ask_settings
from postroom.notifiers import Channels, NotifierPlugin


class Consent(BaseModel):
    grant: str = "refresh_token"
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    subject: str = ""
    timeout_seconds: float = 1


class Loft(BaseModel):
    host: str
    port: int = 993
    password: SecretStr | None = None
    oauth: Consent | None = None
    timeout_seconds: float = 1


class Security(StrEnum):
    TLS = "tls"
    STARTTLS = "starttls"


class Relay(BaseModel):
    host: str
    port: int = 0
    security: Security = Security.STARTTLS
    sent_folder: str | None = None


class Crier(BaseModel):
    to: list[str]
    sender: str | None = None


def unbuilt(values: Mapping[str, object], channels: Channels) -> None:
    raise NotImplementedError


def plugin(name: str, config: type[BaseModel]) -> NotifierPlugin:
    return NotifierPlugin(name=name, title=name, config=config, build=unbuilt)  # type: ignore[arg-type] # Never built.


LOFT, SMTP, CRIER = plugin("loft", Loft), plugin("smtp", Relay), plugin("crier", Crier)


def questioned(
    of: NotifierPlugin,
    typed: str,
    before: Mapping[str, object],
    *,
    oauth: bool = False,
    settled: Collection[str] = (),
    also: Collection[str] = (),
) -> tuple[dict[str, object], str]:
    """Return the settings that were typed, and what was shown meanwhile."""
    app = typer.Typer()
    found: dict[str, object] = {}

    @app.command()
    def ask() -> None:
        found.update(ask_settings(of, before, oauth=oauth, settled=settled, also=also))

    result = CliRunner().invoke(app, [], input=typed)
    assert result.exit_code == 0, result.output
    return found, result.output


def asked(typed: str, before: Mapping[str, object], *, oauth: bool) -> tuple[dict[str, object], str]:
    return questioned(LOFT, typed, before, oauth=oauth)


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
    assert set(asked("\n\n\n\n\n", before, oauth=True)[0]) == {"host", "port", "oauth.grant", "oauth.client_secret"}


def test_only_what_the_grant_needs_is_asked_for_and_kept() -> None:
    before = {"host": "loft", "oauth.refresh_token": "old", "oauth.subject": "old"}
    found, shown = asked("\n\ngoogle_service_account\nann\n", before, oauth=True)
    assert found == {"host": "loft", "port": "993", "oauth.grant": "google_service_account", "oauth.subject": "ann"}
    assert "refresh token" not in shown
    assert "client secret" not in shown


def test_what_is_settled_is_not_asked_for_and_kept() -> None:
    before = {"host": "loft", "oauth.grant": "client_credentials"}
    found, shown = questioned(LOFT, "\nhush\n", before, oauth=True, settled=("oauth.grant", "host"))
    assert found == {**before, "port": "993", "oauth.client_secret": "hush"}
    assert "grant" not in shown


def test_security_is_asked_for_first_and_its_usual_port_is_offered() -> None:
    assert questioned(SMTP, "relay\ntls\n\n", {})[0] == {"host": "relay", "security": "tls", "port": "465"}
    changed, shown = questioned(SMTP, "\nstarttls\n\n", {"host": "relay", "security": "tls", "port": 465})
    assert changed["port"] == "587"
    assert shown.index("security") < shown.index("port [587]")


def test_a_port_of_ones_own_is_kept() -> None:
    assert questioned(SMTP, "\n\n\n", {"host": "relay", "security": "tls", "port": 2465})[0]["port"] == "2465"


def test_a_list_is_typed_with_commas_and_offered_again() -> None:
    found, shown = questioned(CRIER, "\na@b.example, c@d.example\n\n", {})
    assert found == {"to": ["a@b.example", "c@d.example"]}
    assert "cannot be left out" in shown
    again, shown = questioned(CRIER, "\nout\n", found)
    assert again == {**found, "sender": "out"}
    assert "[a@b.example, c@d.example]" in shown


def test_more_can_be_asked_for_where_the_kind_has_it() -> None:
    assert questioned(SMTP, "relay\n\n\nSent\n", {}, also=("sent_folder",))[0]["sent_folder"] == "Sent"
    assert "sent" not in questioned(CRIER, "a@b.example\n\n", {}, also=("sent_folder",))[1]
