"""The ids of messages in a header (RFC 5322 section 3.6.4), each with its angle brackets."""

import re

from postroom.mime.headers import Headers

MAX_IDS = 1_000

_ID = re.compile(r"<[^<>\s]{1,900}>")
_COMMENT = re.compile(r"\([^()]{0,200}\)")
_BLANKS = re.compile(r"\s+")


def read_ids(headers: Headers, name: str) -> tuple[str, ...]:
    """Return the ids in all fields `name` (lower case), in order, each once, at most the last `MAX_IDS`."""
    found: dict[str, None] = {}
    for value in headers.every(name):
        found.update(dict.fromkeys(_ID.findall(value)[:MAX_IDS]))
    return tuple(found)[-MAX_IDS:]


def read_message_id(headers: Headers) -> tuple[str | None, bool]:
    """Return the message's own id, and whether it was well written; a bare word is put in angle brackets."""
    ids = read_ids(headers, "message-id")
    if ids:
        return ids[0], True
    bare = _BLANKS.sub("", _COMMENT.sub("", headers.first("message-id")[:2_000])).strip("<>")[:900]
    return (f"<{bare}>" if bare else None), not bare and "message-id" not in headers
