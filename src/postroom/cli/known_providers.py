"""Where well-known providers keep mailboxes and take replies, so that nobody has to look that up.

Written down by hand: a provider may change its own, so they are only offered and every one is tried. A company's own
domain at one of them is not in this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

USUAL_PORTS = {
    ("imap", "tls"): 993,
    ("imap", "starttls"): 143,
    ("imap", "none"): 143,
    ("smtp", "tls"): 465,
    ("smtp", "starttls"): 587,
    ("smtp", "none"): 25,
}
TAKES_AN_APP_CODE = "It takes an app password, made in the security settings of the account, not the one for its pages."


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """Where to connect: the name, the port, and `tls` (from the first byte) or `starttls`."""

    host: str
    port: int
    security: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProvider:
    """A provider of mailboxes; `oauth` means that it takes no password at all, `advice` is what people must know.

    `oauth_settings` are what its kind of OAuth begins with. Where every company is a tenant of its own, `tenant_url` is
    its token endpoint with `{tenant}` in it, and `application_scope` what an application asks for in its own name.
    `files_sent` says that it files a copy of what is sent by itself.
    """

    title: str
    imap: KnownServer
    smtp: KnownServer
    advice: str = ""
    oauth: bool = False
    oauth_settings: Mapping[str, str] = field(default_factory=dict)
    tenant_url: str = ""
    application_scope: str = ""
    files_sent: bool = False


def _both(imap: str, smtp: str, *, port: int = 465) -> tuple[KnownServer, KnownServer]:
    security = "tls" if port == 465 else "starttls"
    return KnownServer(host=imap, port=993, security="tls"), KnownServer(host=smtp, port=port, security=security)


def _known(title: str, servers: tuple[KnownServer, KnownServer], advice: str = "") -> KnownProvider:
    return KnownProvider(title=title, imap=servers[0], smtp=servers[1], advice=advice)


_GMAIL = KnownProvider(
    title="Gmail",
    imap=KnownServer(host="imap.gmail.com", port=993, security="tls"),
    smtp=KnownServer(host="smtp.gmail.com", port=465, security="tls"),
    advice=f"Switch on two-step verification first. {TAKES_AN_APP_CODE} OAuth works, too.",
    oauth_settings={"token_url": "https://oauth2.googleapis.com/token", "scope": "https://mail.google.com/"},
    files_sent=True,
)
_MICROSOFT = KnownProvider(
    title="Microsoft 365 or Outlook",
    imap=KnownServer(host="outlook.office365.com", port=993, security="tls"),
    smtp=KnownServer(host="smtp.office365.com", port=587, security="starttls"),
    advice=(
        "It takes no passwords from mail programs: register an application for OAuth and enter its tenant, client id "
        "and secret. In a company an administrator must allow IMAP and authenticated SMTP for the mailbox."
    ),
    oauth=True,
    oauth_settings={
        "scope": (
            "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access"
        ),
    },
    tenant_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    application_scope="https://outlook.office365.com/.default",
    files_sent=True,
)
_GMX = _known(
    "GMX",
    _both("imap.gmx.net", "mail.gmx.net"),
    "Switch on access by IMAP in its settings first; with two-step verification it takes an app password.",
)
_WEB_DE = _known(
    "WEB.DE",
    _both("imap.web.de", "smtp.web.de", port=587),
    "Switch on access by IMAP in its settings first; with two-step verification it takes an app password.",
)
_IONOS = _known("IONOS", _both("imap.ionos.com", "smtp.ionos.com"), "The user name is the whole address.")
_IONOS_DE = _known("IONOS", _both("imap.ionos.de", "smtp.ionos.de"), "The user name is the whole address.")
_YAHOO = _known("Yahoo", _both("imap.mail.yahoo.com", "smtp.mail.yahoo.com"), TAKES_AN_APP_CODE)
_ICLOUD = _known("iCloud", _both("imap.mail.me.com", "smtp.mail.me.com", port=587), TAKES_AN_APP_CODE)
_FASTMAIL = _known("Fastmail", _both("imap.fastmail.com", "smtp.fastmail.com"), TAKES_AN_APP_CODE)
_ZOHO = _known(
    "Zoho", _both("imap.zoho.com", "smtp.zoho.com"), f"Switch on IMAP in its settings first. {TAKES_AN_APP_CODE}"
)

BY_DOMAIN = {
    "gmail.com": _GMAIL,
    "googlemail.com": _GMAIL,
    "outlook.com": _MICROSOFT,
    "outlook.de": _MICROSOFT,
    "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT,
    "msn.com": _MICROSOFT,
    "office365.com": _MICROSOFT,
    "onmicrosoft.com": _MICROSOFT,
    "gmx.de": _GMX,
    "gmx.net": _GMX,
    "gmx.at": _GMX,
    "gmx.ch": _GMX,
    "web.de": _WEB_DE,
    "ionos.com": _IONOS,
    "ionos.de": _IONOS_DE,
    "yahoo.com": _YAHOO,
    "ymail.com": _YAHOO,
    "icloud.com": _ICLOUD,
    "me.com": _ICLOUD,
    "mac.com": _ICLOUD,
    "fastmail.com": _FASTMAIL,
    "fastmail.fm": _FASTMAIL,
    "zoho.com": _ZOHO,
    "zohomail.com": _ZOHO,
}


def known_provider(address: str) -> KnownProvider | None:
    """Return the provider of an address by its domain, or by that above it (`shop.onmicrosoft.com`)."""
    domain = address.rpartition("@")[2].casefold()
    return BY_DOMAIN.get(domain) or BY_DOMAIN.get(domain.partition(".")[2])


def files_sent_at(host: str) -> bool:
    """Return whether the mailboxes of an IMAP server get a copy of what is sent by themselves."""
    return any(one.files_sent and one.imap.host == host.casefold() for one in BY_DOMAIN.values())


def usual_port(kind: str, security: str) -> int | None:
    """Return the usual port of an `imap` or `smtp` server with this security (RFC 8314), None where there is none."""
    return USUAL_PORTS.get((kind, security))
