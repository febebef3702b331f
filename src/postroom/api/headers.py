"""The headers that every answer carries."""

from starlette.datastructures import MutableHeaders

CLOSED_POLICY = "default-src 'none'; frame-ancestors 'none'"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": CLOSED_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}
_API_PATH = "/api"


def add_headers(headers: MutableHeaders, *, path: str) -> None:
    """Add what an answer lacks; what the endpoint set on its own stays. Answers of the API are kept nowhere."""
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    if path.startswith(_API_PATH):
        headers.setdefault("Cache-Control", "no-store")
