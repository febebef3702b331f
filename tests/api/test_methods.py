import pytest
from fastapi import APIRouter

from api.conftest import Rooms
from postroom.api.methods import Methods
from postroom.api.routers import ROUTERS

METHODS = Methods(ROUTERS)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/mailboxes/support", ("DELETE", "GET", "HEAD", "PATCH")),
        ("/api/v1/sessions", ("DELETE", "GET", "HEAD", "POST")),
        ("/api/v1/sessions/current", ("DELETE", "GET", "HEAD")),
        ("/api/v1/reviews/ex_1/node/approve", ("POST",)),
        ("/api/v1/reviews/ex_1/node", ("GET", "HEAD")),
        ("/api/v1/nothing/here", ()),
    ],
)
def test_a_path_has_the_methods_of_all_its_endpoints(path: str, methods: tuple[str, ...]) -> None:
    assert METHODS.of(path) == methods


def test_without_routers_no_path_has_any() -> None:
    assert Methods([APIRouter()]).of("/") == ()


async def test_what_a_path_does_not_take_is_answered_with_what_it_takes(rooms: Rooms) -> None:
    client = await rooms.client(rooms.app(*ROUTERS))
    for method in ("OPTIONS", "TRACE", "PUT"):
        answer = await client.request(method, "/api/v1/users")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD, POST"
        assert answer.json()["code"] == "method_not_allowed"
