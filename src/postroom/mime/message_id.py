"""Message-IDs of our own, which nobody else can make: they carry an HMAC."""

import hmac
import re

MAC_CHARS = 32

_OURS = re.compile(r"<postroom\.([0-9a-f]{32})\.([0-9a-f]{32})@[^<>@\s]{1,255}>")


def make_message_id(reply_id: str, *, domain: str, secret: bytes) -> str:
    """Return the Message-ID of the reply `reply_id`, in angle brackets; the same reply always gets the same one.

    The reply's id cannot be read from it. `domain` is written in its ASCII form.
    """
    name = _mac(b"name", reply_id.encode("utf-8", "replace"), secret)
    return f"<postroom.{name}.{_mac(b'seal', name.encode(), secret)}@{_ascii_domain(domain)}>"


def is_our_message_id(message_id: str, *, secret: bytes) -> bool:
    """Whether `message_id` was made by us with `secret`, whatever its domain."""
    found = _OURS.fullmatch(message_id.strip())
    return found is not None and hmac.compare_digest(found[2], _mac(b"seal", found[1].encode(), secret))


def _mac(purpose: bytes, content: bytes, secret: bytes) -> str:
    return hmac.new(secret, purpose + b":" + content, "sha256").hexdigest()[:MAC_CHARS]


def _ascii_domain(domain: str) -> str:
    try:
        name = domain.strip().encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    return name if re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", name) else "localhost"
