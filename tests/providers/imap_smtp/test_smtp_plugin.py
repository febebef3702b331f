import pytest

from postroom.discovery import discover
from postroom.errors import ConfigurationError
from postroom.providers import SenderPlugin, SendingSurroundings
from postroom.providers.imap_smtp.smtp_plugin import SMTP


def test_it_is_found_under_its_name() -> None:
    assert discover("postroom.providers", SenderPlugin).named("smtp") is SMTP


def test_wrong_settings_are_told_without_their_values() -> None:
    with pytest.raises(ConfigurationError, match="host") as caught:
        SMTP.build({"password": "horse"}, SendingSurroundings())
    assert "horse" not in caught.value.message
