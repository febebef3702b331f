import pytest

from postroom.discovery import configured
from postroom.errors import ConfigurationError
from postroom.providers.imap_smtp.imap_config import ImapConfig

USUAL: dict[str, object] = {"host": "imap.example.org", "username": "support@example.org", "password": "secret"}


def test_the_usual_settings_are_few_and_safe() -> None:
    config = configured(ImapConfig, USUAL, plugin="imap")
    assert (config.port, config.security, config.folder) == (993, "tls", "INBOX")
    assert "secret" not in repr(config)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"security": "none"}, "choose tls or starttls"),
        ({"password": None}, "either password or oauth"),
        ({"oauth": {"token_url": "https://x.example", "client_id": "1", "refresh_token": "2"}}, "not both"),
        ({"folder": "INBOX\r\na1 LOGOUT"}, "control characters"),
        ({"username": "a\nb"}, "control characters"),
        ({"move_to": "INBOX"}, "another folder"),
        ({"colour": "red"}, "colour"),
        ({"port": 0}, "port"),
        ({"timeout_seconds": 0}, "timeout_seconds"),
    ],
)
def test_settings_that_cannot_be_right_are_refused(change: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        configured(ImapConfig, USUAL | change, plugin="imap")
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("change", [{"host": "localhost"}, {"allow_plain": True}])
def test_no_tls_is_allowed_on_this_machine_or_where_somebody_insists(change: dict[str, object]) -> None:
    assert configured(ImapConfig, USUAL | {"security": "none"} | change, plugin="imap").security == "none"


def test_every_setting_is_described() -> None:
    assert [name for name, field in ImapConfig.model_fields.items() if not field.description] == []
