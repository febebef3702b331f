"""What went wrong with an IMAP server, in words for a support lead."""

import imaplib
import re
import socket
import ssl

from imapclient.exceptions import LoginError, ProtocolError

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.tls import tls_problem

LATER = "It is tried again by itself. If it lasts, look whether the mail server runs and can be reached."
# Response codes of RFC 5530 that say that waiting helps, and what servers say in their own words.
PASSING = ("[unavailable]", "[inuse]", "[limit]", "[serverbug]", "too many", "try again", "temporar", "rate limit")
FOR_ONE_MESSAGE = "[serverbug]"
SAID_CHARACTERS = 200
# How imaplib and IMAPClient wrap the text of a tagged NO or BAD. All else that they raise may quote mail.
TAGGED = re.compile(r"[\w ]+ (?:failed: |command error: (?:NO|BAD) )(.*)")


def lost(error: BaseException) -> bool:
    """Return whether the connection broke, so that a new one may do what the old one could not."""
    return isinstance(error, imaplib.IMAP4.abort | OSError | EOFError)


def failure(error: Exception, config: ImapConfig) -> PluginError:
    """Return the error to raise for what happened on a connection: `TransientError` where waiting may help."""
    if isinstance(error, PluginError):
        return error
    server = f"{config.host}:{config.port}"
    # An end in the middle of TLS is a broken connection; whatever else TLS complains of, a person must mend.
    ended = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError)
    problem = tls_problem(error, host=server) if isinstance(error, ssl.SSLError) and not ended else None
    if problem is not None:
        return PluginError(problem.message, hint=problem.hint)
    match error:
        case LoginError() if not _cut_off(error):
            return _refused_login(error, config)
        case socket.gaierror():
            message = f"The IMAP server {config.host!r} has no address."
            return TransientError(message, hint="Check its name. If that is right, the DNS may be out of order.")
        case ConnectionRefusedError():
            hint = f"Nothing listens on port {config.port} there: check host and port. {LATER}"
            return TransientError(f"The IMAP server {server} refused the connection.", hint=hint)
        case TimeoutError():
            message = f"The IMAP server {server} said nothing for {config.timeout_seconds:g} s."
            return TransientError(message, hint=LATER)
        case OSError() | EOFError() | imaplib.IMAP4.abort():
            return TransientError(f"The connection to {server} broke: {_said(error)}.", hint=LATER)
    return TransientError(f"The IMAP server {server} could not do it: {_said(error)}.", hint=LATER)


def is_passing(error: Exception) -> bool:
    """Return whether waiting helps: the connection ended amid the log-in, or the server's own words say so."""
    words = _refusal(error).lower()
    return _cut_off(error) or any(word in words for word in PASSING)


def refuses_for_now(error: Exception) -> bool:
    """Return whether a server that refuses to give messages says that waiting helps.

    A bug of the server's, as some call a message that they cannot read, is no reason to wait.
    """
    return is_passing(error) and FOR_ONE_MESSAGE not in _refusal(error).lower()


def _cut_off(error: BaseException) -> bool:
    # IMAPClient makes a refused log-in of a connection that ended amid it.
    return isinstance(error, LoginError) and isinstance(error.__context__, imaplib.IMAP4.abort)


def _refused_login(error: Exception, config: ImapConfig) -> PluginError:
    message = f"{config.host}:{config.port} refused the log-in of {config.username!r}: {_said(error)}."
    if is_passing(error):
        return TransientError(message, hint=LATER)
    if "privacyrequired" in str(error).lower() or "plaintext authentication" in str(error).lower():
        return PluginError(message, hint="Set security to tls or starttls.")
    if config.oauth is not None:
        hint = (
            "Give the application the right to read this mailbox over IMAP, or have the mailbox's owner consent anew."
        )
        return PluginError(message, hint=hint)
    hint = "Check user name and password. Gmail needs an app password or OAuth, Microsoft 365 needs OAuth."
    return PluginError(message, hint=hint)


def _said(error: BaseException) -> str:
    """Return the words with which the server refused, else what kind of error it is: never what may be mail."""
    refusal = _refusal(error)
    if refusal:
        return refusal
    if isinstance(error, imaplib.IMAP4.abort) or _cut_off(error):
        return "it ended, or something came that cannot be read"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def _refusal(error: BaseException) -> str:
    """Return the text of a tagged NO or BAD on one line, empty where there is none."""
    if not isinstance(error, imaplib.IMAP4.error) or isinstance(error, imaplib.IMAP4.abort | ProtocolError):
        return ""
    first = error.args[0] if error.args else ""
    words = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    wrapped = TAGGED.match(words)
    if wrapped is not None:
        words = wrapped[1]
    elif _cut_off(error) or not (isinstance(error, LoginError) or isinstance(first, bytes)):
        return ""
    words = words.removeprefix("[b").strip("'\"]") if words.startswith("[b") else words
    words = words.removeprefix("b'").removesuffix("'")
    return " ".join(words.split())[:SAID_CHARACTERS].rstrip(".")
