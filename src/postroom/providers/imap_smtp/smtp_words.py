"""Words for what goes wrong between us and an SMTP server: who can mend it, and does waiting help."""

import socket

import aiosmtplib

from postroom.errors import PluginError, TransientError
from postroom.providers.imap_smtp.smtp_config import SmtpConfig
from postroom.providers.imap_smtp.tls import tls_problem

MAX_ANSWER_CHARS = 300
_WRONG_LOGIN = "Check user name and password in the sender's account; many providers want an app password here."
_HINTS = {
    "5.7.139": "Microsoft has switched SMTP log-in off for this mailbox: switch on SMTP AUTH for it, or use oauth.",
    "5.7.9": "Google wants an app password (an account with two-step verification can make one), or oauth.",
    "5.7.8": _WRONG_LOGIN,
}


def answer_words(answer: aiosmtplib.SMTPResponse) -> str:
    """Return what a server said on one line of bounded length."""
    words = " ".join("".join(char if char.isprintable() else " " for char in answer.message).split())
    text = words.encode("utf-8", "replace").decode()
    return f"{answer.code} {text}"[:MAX_ANSWER_CHARS].rstrip()


def is_refusal(code: int) -> bool:
    """Return whether the server refuses for good (RFC 5321 section 4.2.1)."""
    return 500 <= code < 600


def is_deferral(code: int) -> bool:
    """Return whether the server asks to try again later."""
    return 400 <= code < 500


def is_closing(answer: aiosmtplib.SMTPResponse) -> bool:
    """Return whether the server closes the connection (RFC 5321 section 3.8)."""
    return answer.code == aiosmtplib.SMTPStatus.domain_unavailable


def is_about_account(answer: aiosmtplib.SMTPResponse) -> bool:
    """Return whether an answer is about the log-in, not the message (RFC 4954 section 6)."""
    return answer.code in {530, 534, 535, 538}


def is_about_server(answer: aiosmtplib.SMTPResponse) -> bool:
    """Return whether a 4xx is about the server as a whole, not the recipient (RFC 3463 section 3.4: X.3.X)."""
    return is_closing(answer) or answer.message.lstrip().startswith("4.3.")


def connection_problem(error: Exception, config: SmtpConfig) -> PluginError:
    """Return why there is no connection, as the error to raise."""
    problem = tls_problem(error, host=config.place)
    if problem is not None:
        return PluginError(problem.message, hint=problem.hint)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        kind = PluginError if is_refusal(error.code) else TransientError
        said = answer_words(aiosmtplib.SMTPResponse(error.code, error.message))
        hint = "The server may block this machine's address, or be too busy; ask its administrator if this lasts."
        return kind(f"{config.place} refused the connection ({said}).", hint=hint)
    if isinstance(error, TimeoutError):
        return TransientError(
            f"{config.place} did not answer within {config.timeout_seconds:g} s.", hint=_silence_hint(config)
        )
    if isinstance(_cause(error), socket.gaierror | UnicodeError):
        return TransientError(f"The name {config.host!r} cannot be resolved.", hint="Check the name and the DNS.")
    if isinstance(_cause(error), ConnectionRefusedError):
        return TransientError(
            f"Nothing accepts connections at {config.place}.", hint="Check host and port; usual are 587 and 465."
        )
    return TransientError(
        f"{config.place} closed the connection or cannot be reached ({type(_cause(error)).__name__}).",
        hint=_silence_hint(config),
    )


def login_problem(answer: aiosmtplib.SMTPResponse, config: SmtpConfig) -> PluginError:
    """Return why the log-in was refused, as the error to raise."""
    said = answer_words(answer)
    if is_deferral(answer.code):
        return TransientError(
            f"{config.place} cannot check the log-in of {config.username!r} now ({said}).",
            hint="It is tried again; too many log-ins in a short time can be the reason.",
        )
    hint = next((hint for code, hint in _HINTS.items() if code in said), _WRONG_LOGIN)
    if config.oauth is not None and "5.7.139" not in said:
        hint = "The token was made for another mailbox or scope; log in again, then change the sender's account."
    return PluginError(f"{config.place} refused the log-in of {config.username!r} ({said}).", hint=hint)


def _silence_hint(config: SmtpConfig) -> str:
    if config.effective_port == 25:
        return "Many networks block port 25: use 587 with starttls or 465 with tls."
    return "Check host, port and security (465 wants tls, 587 wants starttls), and the firewall."


def _cause(error: BaseException) -> BaseException:
    return _cause(error.__cause__) if error.__cause__ is not None else error
