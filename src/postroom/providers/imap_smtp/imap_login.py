"""Opens an IMAP connection: the way there, TLS, and the log-in."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from postroom.errors import PluginError
from postroom.providers.imap_smtp.imap_config import ImapConfig
from postroom.providers.imap_smtp.imap_failure import is_passing
from postroom.providers.imap_smtp.oauth import TokenSource

# A connection that nobody answers on is noticed after two minutes of silence (RFC 1122 section 4.2.3.6).
KEEP_ALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
ATOM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&'+,-./:;<=>?@[]^_`|~")


def log_in(config: ImapConfig, context: ssl.SSLContext | None, tokens: TokenSource | None) -> IMAPClient:
    """Return a client that is logged in; every later operation on it ends after `timeout_seconds` of silence.

    Raises:
        PluginError: TLS is not offered, or the log-in is refused. Further errors are those of sockets, TLS and imaplib.
    """
    client = IMAPClient(
        config.host,
        config.port,
        ssl=config.security == "tls",
        ssl_context=context,
        timeout=config.timeout_seconds,
    )
    # IMAPClient has imaplib write every answer out for its log, mail included: four times the memory, for nobody.
    client._imap.debug = 0  # noqa: SLF001
    with _shut_on_failure(client):
        _keep_alive(client.socket())
        if config.security == "starttls":
            if not client.has_capability("STARTTLS"):
                raise PluginError(
                    f"{config.host}:{config.port} offers no STARTTLS.", hint="Set security to tls and the port to 993."
                )
            client.starttls(context)
        if config.password is not None:
            _with_password(client, config.username, config.password.get_secret_value())
        elif tokens is not None:
            _with_token(client, config.username, tokens)
        client.normalise_times = False
        if client.has_capability("ENABLE") and client.has_capability("CONDSTORE"):
            client.enable("CONDSTORE")
    return client


def _with_password(client: IMAPClient, username: str, password: str) -> None:
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(username, password)
        return
    if client.has_capability("LOGINDISABLED"):
        raise PluginError(
            "The IMAP server allows no password on this connection.",
            hint="Set security to tls or starttls, or use OAuth.",
        )
    if not (username + password).isascii():
        raise PluginError(
            "The IMAP server takes only ASCII in user name and password.", hint="Choose a password without accents."
        )
    # imaplib quotes the password but not the name.
    escaped = username.replace("\\", "\\\\").replace('"', '\\"')
    client.login(username if set(username) <= ATOM else f'"{escaped}"', password)


def _with_token(client: IMAPClient, username: str, tokens: TokenSource) -> None:
    bearer = client.has_capability("AUTH=OAUTHBEARER")
    if not bearer and not client.has_capability("AUTH=XOAUTH2"):
        raise PluginError(
            "The IMAP server offers neither OAUTHBEARER nor XOAUTH2.", hint="Use a password, or another server."
        )
    token = tokens.token()
    try:
        if bearer:
            client.oauthbearer_login(username, token)
        else:
            client.oauth2_login(username, token)
    except LoginError as error:
        if not is_passing(error):
            tokens.forget()
        raise


def _keep_alive(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEP_ALIVE:
        option = getattr(socket, name, None)
        if option is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)


@contextmanager
def _shut_on_failure(client: IMAPClient) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shut(client)
        raise


def shut(client: IMAPClient) -> None:
    """Close the connection without a word."""
    with suppress(OSError, IMAPClientError):
        client.shutdown()
