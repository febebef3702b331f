"""What went wrong with an IMAP server, in words for a support lead."""

import imaplib
import socket
import ssl

from imapclient.exceptions import LoginError

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.tls import tls_problem

LATER = "It is tried again by itself. If it lasts, look whether the mail server runs and can be reached."
# Response codes of RFC 5530 that say that waiting helps, and what servers say in their own words.
PASSING = ("[unavailable]", "[inuse]", "[limit]", "[serverbug]", "too many", "try again", "temporar", "rate limit")
SAID_CHARACTERS = 200


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
    words = str(error).lower()
    return _cut_off(error) or any(word in words for word in PASSING)


def _cut_off(error: Exception) -> bool:
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
    """Return the server's words on one line, without what Python wraps around them."""
    first = error.args[0] if error.args else error
    words = first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error)
    words = words.removeprefix("b'").removesuffix("'")
    return " ".join(words.split())[:SAID_CHARACTERS].rstrip(".") or type(error).__name__
