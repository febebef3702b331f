"""Whether the sender's domain vouches for an e-mail, as far as a trusted server says so (RFC 8601, RFC 7489)."""

from collections.abc import Sequence
from enum import StrEnum

from postroom.guard.correspondent import is_within, plain_domain
from postroom.mime.authentication import UNREADABLE
from postroom.model.email import AuthenticationResult, Email
from postroom.model.mailbox import AuthenticationPolicy, Mailbox

_PASS = "pass"  # noqa: S105 - as below.
_NOTHING = {"none", "temperror", "permerror"}
_FAILURES = {"fail", "hardfail", "softfail", "policy", "reject"}


class Vouching(StrEnum):
    """What trusted results say of From's domain: it vouches for the mail, it does not, or nothing is said."""

    PASS = "pass"  # noqa: S105 - the word of RFC 8601.
    FAIL = "fail"
    MISSING = "missing"


def vouching(email: Email, authserv_ids: Sequence[str]) -> Vouching:
    """Return what the servers `authserv_ids` (compared whole, in any case) found of From's domain.

    A pass is `dmarc=pass`, or an aligned `dkim=pass` or `spf=pass`: found of From's domain, one above or one below it.
    A forger can add fields and words, but the real results stay, so every other word outweighs a pass: `dmarc=fail`,
    `dmarc=pass` beside another one of dmarc, and a field that could not be read are a fail. There is no pass where
    dmarc found nothing (`none`, `temperror`, `permerror`), nor of a method and domain that something else is said of.
    Any failure without a pass is a fail.
    """
    trusted = {each.strip().casefold() for each in authserv_ids}
    results = [each for each in email.authentication if each.authserv_id.strip().casefold() in trusted]
    sender = plain_domain(email.from_address.address) if email.from_address else ""
    found = {(*_found(each), each.result.strip().casefold()) for each in results}
    dmarc = {result for method, _, result in found if method == "dmarc"}
    if UNREADABLE in {result for *_, result in found} or dmarc & _FAILURES or (_PASS in dmarc and len(dmarc) > 1):
        return Vouching.FAIL
    passed = {(method, domain) for method, domain, result in found if result == _PASS}
    passed -= {(method, domain) for method, domain, result in found if result != _PASS}
    if sender and not dmarc & _NOTHING and any(_vouches(method, domain, sender) for method, domain in passed):
        return Vouching.PASS
    failed_methods = {method for method, _, result in found if result in _FAILURES}
    return Vouching.FAIL if failed_methods & {"dkim", "spf"} else Vouching.MISSING


def caution(email: Email, mailbox: Mailbox) -> str | None:
    """Return `authentication_failed` or `authentication_missing` where the mailbox sends such mail to a person."""
    if mailbox.authentication is AuthenticationPolicy.OFF:
        return None
    match vouching(email, mailbox.authserv_ids):
        case Vouching.FAIL:
            return "authentication_failed"
        case Vouching.MISSING if mailbox.authentication is AuthenticationPolicy.MISSING:
            return "authentication_missing"
        case _:
            return None


def _found(result: AuthenticationResult) -> tuple[str, str]:
    # Some servers give an address in place of the domain.
    return result.method.strip().casefold(), plain_domain(f"@{result.domain.rpartition('@')[2]}")


def _vouches(method: str, domain: str, sender: str) -> bool:
    if method == "dmarc":
        return domain in {"", sender} or is_within(sender, domain)
    return method in {"dkim", "spf"} and _is_aligned(domain, sender)


def _is_aligned(domain: str, sender: str) -> bool:
    # A name without a dot is a top-level domain: whoever lies below it has nothing else in common.
    shorter = min(domain, sender, key=len)
    return "." in shorter and (is_within(domain, sender) or is_within(sender, domain))
