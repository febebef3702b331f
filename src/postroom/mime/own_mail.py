"""Whether a mail comes from ourselves: needs the mailboxes' addresses and the secret, so it stands beside `parse`."""

from collections.abc import Collection

from postroom.mime.message_id import is_our_message_id
from postroom.model.email import Email


def own_reason(email: Email, *, addresses: Collection[str], secret: bytes) -> str | None:
    """Return `own_message_id` or `own_address` when we sent `email` ourselves, else None.

    `addresses` are those of all mailboxes, in any case; a `+tag` behind the local part makes no difference.
    """
    if email.message_id is not None and is_our_message_id(email.message_id, secret=secret):
        return "own_message_id"
    if email.from_address is not None:
        own = {_untagged(address) for address in addresses}
        if _untagged(email.from_address.address) in own:
            return "own_address"
    return None


def is_own(email: Email, *, addresses: Collection[str], secret: bytes) -> bool:
    """Whether we sent `email` ourselves."""
    return own_reason(email, addresses=addresses, secret=secret) is not None


def answered_ids(email: Email, *, secret: bytes) -> tuple[str, ...]:
    """Return those of our own Message-IDs that `email` says it answers, the newest first."""
    named = ((email.in_reply_to,) if email.in_reply_to else ()) + tuple(reversed(email.references))
    return tuple(name for name in dict.fromkeys(named) if is_our_message_id(name, secret=secret))


def _untagged(address: str) -> str:
    local, sign, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{sign}{domain}"
