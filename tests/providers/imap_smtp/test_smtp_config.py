import pytest
from pydantic import ValidationError

from postroom.providers.imap_smtp.smtp_config import SmtpConfig

OAUTH = {"token_url": "https://login.example.com/token", "client_id": "a", "refresh_token": "b"}


@pytest.mark.parametrize(
    ("values", "port"),
    [({}, 587), ({"security": "tls"}, 465), ({"security": "none", "allow_plain": True}, 25), ({"port": 2525}, 2525)],
)
def test_the_port_follows_the_security_unless_it_is_given(values: dict[str, object], port: int) -> None:
    config = SmtpConfig.model_validate({"host": "smtp.example.com", **values})
    assert config.place == f"smtp.example.com:{port}"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_this_machine_may_be_spoken_to_in_clear(host: str) -> None:
    assert SmtpConfig.model_validate({"host": host, "security": "none"}).host == host


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "none"},
        {"username": "a"},
        {"password": "b"},
        {"oauth": OAUTH},
        {"username": "a", "password": "b", "oauth": OAUTH},
        {"host": ""},
        {"host": "a b"},
        {"port": 70000},
        {"timeout_seconds": 0},
        {"connections": 0},
        {"data_timeout_seconds": 601},
        {"wait_seconds": 31},
        {"local_hostname": "a b"},
        {"passwort": "b"},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SmtpConfig.model_validate({"host": "smtp.example.com", **wrong})


def test_secrets_are_not_shown() -> None:
    config = SmtpConfig.model_validate({"host": "smtp.example.com", "username": "a", "password": "horse"})
    assert "horse" not in repr(config)
