"""The hash by which two deliveries of one mail are known to be the same."""

import hashlib

from postroom.mime.headers import split_headers

HASHED_HEADERS = ("from", "to", "cc", "date", "subject", "message-id")


def content_hash(content: bytes) -> str:
    """Return the SHA-256 (hex) over From, To, Cc, Date, Subject, Message-ID and the body of `content`.

    Delivery headers (Received, Return-Path, Delivered-To, DKIM-Signature, X-…), folding, line endings and blank lines
    at the end make no difference. Works on any bytes.
    """
    normal = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    headers, body_start, _ = split_headers(normal, 0, len(normal))
    digest = hashlib.sha256()
    for name in HASHED_HEADERS:
        for value in headers.every(name):
            _add(digest, name.encode())
            _add(digest, " ".join(value.split()).encode("utf-8", "replace"))
    _add(digest, b"body")
    _add(digest, normal[body_start:].rstrip(b"\n"))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", value: bytes) -> None:
    # The length before each value keeps two different mails from giving the same bytes.
    digest.update(len(value).to_bytes(8, "big"))
    digest.update(value)
