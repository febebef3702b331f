import imaplib
import socket
import ssl

import pytest
from imapclient.exceptions import LoginError, ProtocolError

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_failure import failure, is_passing, lost, refuses_for_now

CONFIG = ImapConfig.model_validate({"host": "imap.example.org", "username": "ann@example.org", "password": "s"})


@pytest.mark.parametrize(
    "error",
    [
        socket.gaierror(-2, "Name or service not known"),
        ConnectionRefusedError(111, "Connection refused"),
        ConnectionResetError(104, "Connection reset by peer"),
        TimeoutError("timed out"),
        imaplib.IMAP4.abort("socket error: EOF"),
        imaplib.IMAP4.error("search failed: Server unavailable. 15"),
        ssl.SSLEOFError(8, "EOF occurred in violation of protocol"),
        LoginError("[UNAVAILABLE] Temporary authentication failure."),
        LoginError("[ALERT] Too many simultaneous connections. (Failure)"),
        LoginError("b'[INUSE] Mailbox is locked'"),
    ],
)
def test_what_waiting_may_mend_is_transient(error: Exception) -> None:
    found = failure(error, CONFIG)
    assert isinstance(found, TransientError)
    assert "imap.example.org" in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (LoginError("[AUTHENTICATIONFAILED] Invalid credentials (Failure)"), "app password"),
        (LoginError("[PRIVACYREQUIRED] Plaintext authentication disallowed"), "starttls"),
    ],
)
def test_what_a_person_must_mend_is_not(error: Exception, hint: str) -> None:
    found = failure(error, CONFIG)
    assert not isinstance(found, TransientError)
    assert hint in found.hint


def test_an_error_of_ours_stays_what_it_is() -> None:
    ours = PluginError("no such folder", hint="make it")
    assert failure(ours, CONFIG) is ours


def test_what_a_server_says_is_kept_short_and_on_one_line() -> None:
    found = failure(imaplib.IMAP4.error(b"broken\r\n" + b"x" * 1000), CONFIG)
    assert "broken xxx" in found.message
    assert len(found.message) < 400


def test_only_a_broken_connection_counts_as_lost() -> None:
    assert lost(imaplib.IMAP4.abort("EOF"))
    assert lost(ConnectionResetError())
    assert not lost(imaplib.IMAP4.error("NO"))


MAIL = "Dear shop, my card is 4711"


@pytest.mark.parametrize(
    "error",
    [
        imaplib.IMAP4.abort(f"unexpected response: b'{MAIL}'"),
        imaplib.IMAP4.abort(f"command: FETCH => unexpected response: b'{MAIL}'"),
        imaplib.IMAP4.error(f"Unexpected IDLE response: {MAIL}"),
        ProtocolError(f"FETCH failed: {MAIL}"),
        ValueError(f"invalid literal for int() with base 10: b'{MAIL}'"),
    ],
)
def test_what_may_be_mail_is_never_told(error: Exception) -> None:
    found = failure(error, CONFIG)
    assert isinstance(found, TransientError)
    assert "4711" not in found.message + found.hint


@pytest.mark.parametrize(
    "error",
    [
        imaplib.IMAP4.error("FETCH failed: [SERVERBUG] Internal error occurred.\nmore"),
        imaplib.IMAP4.error("UID command error: BAD [b'[SERVERBUG] Internal error occurred.']"),
        imaplib.IMAP4.error(b"[SERVERBUG] Internal error occurred."),
        LoginError("b'[SERVERBUG] Internal error occurred.'"),
    ],
)
def test_the_words_of_a_refusal_are_told(error: Exception) -> None:
    assert failure(error, CONFIG).message.endswith(": [SERVERBUG] Internal error occurred.")


def test_a_bug_of_the_servers_is_no_reason_to_wait_for_a_message() -> None:
    bug, away = (imaplib.IMAP4.error(f"fetch failed: [{word}] x") for word in ("SERVERBUG", "UNAVAILABLE"))
    assert (is_passing(bug), is_passing(away)) == (True, True)
    assert (refuses_for_now(bug), refuses_for_now(away)) == (False, True)
    assert not is_passing(imaplib.IMAP4.error("Unexpected IDLE response: try again"))
