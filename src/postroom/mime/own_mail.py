"""Whether a mail comes from ourselves: needs the mailboxes' addresses and the secret, so it stands beside `parse`."""

from collections.abc import Collection

from postroom.mime.message_id import is_our_message_id
from postroom.model.email import Email

MAX_DOMAIN_CHARS = 255

_QUOTE = '"'


def own_reason(email: Email, *, addresses: Collection[str], secret: bytes) -> str | None:
    """Return `own_message_id` or `own_address` when we sent `email` ourselves, else None.

    `addresses` are those of all mailboxes. Case, a `+tag` behind the local part, quotation marks around it, a dot at
    the end and the alphabet in which the domain is written (IDNA) make no difference.
    """
    if email.message_id is not None and is_our_message_id(email.message_id, secret=secret):
        return "own_message_id"
    if email.from_address is not None:
        own = {_untagged(address) for address in addresses}
        if _untagged(email.from_address.address) in own:
            return "own_address"
    return None


def _untagged(address: str) -> str:
    local, sign, domain = address.strip().lower().rpartition("@")
    return f"{local.strip(_QUOTE).partition('+')[0]}{sign}{_ascii(domain.rstrip('.'))}"


def _ascii(domain: str) -> str:
    """Return `domain` in its ASCII form, as it is when it has none: the same domain is written in both."""
    if len(domain) > MAX_DOMAIN_CHARS:
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
