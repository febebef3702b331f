import pytest

from contracts.receiver_contract import MAILBOX, Memory, letter
from postroom.discovery import discover
from postroom.errors import ConfigurationError, PluginError
from postroom.providers import OpenReceiver, ReceiverPlugin, Surroundings
from postroom.providers.imap_smtp import IMAP
from providers.imap_smtp.imap_mailbox import Mailboxes
from servers.dovecot import Dovecot

SURROUNDINGS = Surroundings(mailbox_id=MAILBOX, known=Memory().known)


def test_the_plugin_is_discovered() -> None:
    assert discover("postroom.providers", ReceiverPlugin).named("imap") is IMAP


def test_wrong_settings_are_named_and_nothing_is_reached() -> None:
    with pytest.raises(ConfigurationError, match="username"):
        IMAP.build({"host": "imap.example.org"}, SURROUNDINGS)
    with pytest.raises(ConfigurationError, match="ca_file"):
        IMAP.build({"host": "h", "username": "u", "password": "p", "ca_file": "/nowhere.pem"}, SURROUNDINGS)


async def test_the_check_says_what_was_found(dovecot: Dovecot, box: Mailboxes) -> None:
    box.append(letter(1))
    opened = box.open()
    assert await IMAP.check(opened) == (
        f"127.0.0.1:{dovecot.imap_port}, folder 'INBOX': 1 messages, IDLE, CONDSTORE, MOVE, no folder for sent mail."
    )
    with dovecot.session(box.user) as client:
        client.create_folder("Gesendete Elemente")
    assert "sent mail in 'Gesendete Elemente'" in await IMAP.check(opened)


async def test_only_what_it_opened_can_be_checked(box: Mailboxes) -> None:
    class Other:
        fetch = wait = acknowledge = close = None

    with pytest.raises(PluginError, match="no IMAP mailbox"):
        await IMAP.check(OpenReceiver(receiver=Other()))  # type: ignore[arg-type]  # It is another kind on purpose.
