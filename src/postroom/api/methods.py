"""Methods: which ones a path takes, as the `Allow` of a 405 answer must say (RFC 9110, section 15.5.6)."""

from collections.abc import Sequence
from re import Pattern

from fastapi import APIRouter
from fastapi.routing import APIRoute


class Methods:
    """The methods of every path of some routers."""

    def __init__(self, routers: Sequence[APIRouter]) -> None:
        found: dict[str, tuple[Pattern[str], set[str]]] = {}
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute):
                    _, methods = found.setdefault(route.path, (route.path_regex, set()))
                    methods.update(route.methods or ())
        self._found = tuple(found.values())

    def of(self, path: str) -> tuple[str, ...]:
        """Return the methods of the first path declared that fits `path`, by name; none where none fits.

        One endpoint a method: the framework itself names only those of the first endpoint of a path.
        """
        methods = next((methods for pattern, methods in self._found if pattern.match(path)), frozenset[str]())
        # Whoever serves GET serves HEAD (bounds.py).
        return tuple(sorted(methods | {"HEAD"} if "GET" in methods else methods))
