"""Our own site: whether a browser's request comes from a page that we served, and which hosts are ours."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from postroom.api.office import Office

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OWN = frozenset({"same-origin", "none"})
_HTTP = {"ws": "http", "wss": "https"}


def sent_by_own_page(connection: HTTPConnection, office: Office) -> bool:
    """Whether the browser says that our own page, or its user, sent this; False where it says nothing.

    `Sec-Fetch-Site` goes first: no page can set it. Browsers leave it out on plain http, so `Origin` is next
    (Fetch Metadata Request Headers, section 2; RFC 6454).
    """
    fetch_site = connection.headers.getlist("sec-fetch-site")
    if fetch_site:
        return len(fetch_site) == 1 and fetch_site[0].strip().lower() in _OWN
    return origin_is_ours(connection, office)


def sent_by_another_page(connection: HTTPConnection, office: Office) -> bool:
    """Whether the browser says that the page of another site sent this; False where it says nothing."""
    says = "sec-fetch-site" in connection.headers or "origin" in connection.headers
    return says and not sent_by_own_page(connection, office)


def origin_is_ours(connection: HTTPConnection, office: Office) -> bool:
    """Whether there is one `Origin` header, and it names the public origin or the host that was asked."""
    origins = connection.headers.getlist("origin")
    if len(origins) != 1:
        return False
    scheme = _HTTP.get(connection.url.scheme, connection.url.scheme)
    asked = f"{scheme}://{connection.headers.get('host', '')}"
    return origins[0].strip().lower() in {_origin_of(office.public_url), asked.lower()}


def host_is_ours(headers: Headers, office: Office) -> bool:
    """Whether there is one `Host` header, and it names this machine or the host of the public URL, on any port.

    A name of an attacker that leads here (DNS rebinding) is none of them.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1:
        return False
    return _hostname(hosts[0].strip().lower()) in _LOOPBACK | {urlsplit(office.public_url.lower()).hostname}


def _hostname(host: str) -> str:
    try:
        parts = urlsplit(f"//{host}")
        plain = parts.netloc == host and "@" not in host and (parts.port is None or parts.port > 0)
    except ValueError:
        return ""
    return (parts.hostname or "") if plain else ""


def _origin_of(url: str) -> str:
    parts = urlsplit(url.lower())
    return f"{parts.scheme}://{parts.netloc}"
