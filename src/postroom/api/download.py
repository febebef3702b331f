"""Downloads: bytes from strangers, given so that no browser ever runs them as a page of ours."""

from collections.abc import Collection

from fastapi import Response

from postroom.mime.download_name import as_attachment, download_name

BINARY = "application/octet-stream"
# What a browser can show without running anything. SVG, HTML and XML can hold scripts.
INERT = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})


def download(content: bytes, name: str, *, content_type: str = BINARY) -> Response:
    """Return an answer that browsers save under a harmless form of `name`, and never show as a page."""
    return Response(
        content,
        headers={
            # Set here: as `media_type` a text would be given a charset that is not known.
            "Content-Type": content_type,
            "Content-Disposition": as_attachment(download_name(name)),
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


def served_type(content_type: str) -> str:
    """Return the type that an attachment is given with: its own where that is inert, else that of plain bytes."""
    return content_type if content_type in INERT else BINARY


def binary(types: Collection[str]) -> dict[int | str, dict[str, object]]:
    """Return what an endpoint declares that gives bytes of one of these types."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {200: {"description": "The bytes.", "content": dict.fromkeys(sorted(types), schema)}}
