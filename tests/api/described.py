"""The description of the whole API, made once: each time takes a second or two."""

from functools import cache

from postroom.api.app import describe
from postroom.api.routers import ROUTERS


@cache
def described() -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    """Return the OpenAPI document."""
    found: dict[str, dict[str, dict[str, dict[str, object]]]] = describe(ROUTERS).openapi()
    return found
