from dataclasses import replace

import pytest
from starlette.datastructures import Headers

from api.conftest import Rooms
from postroom.api.own_site import host_is_ours


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("post.example", True),
        ("POST.example:8443", True),
        ("127.0.0.1:8025", True),
        ("[::1]:8025", True),
        ("localhost", True),
        ("evil.example", False),
        ("post.example.evil.example", False),
        ("post.example@evil.example", False),
        ("evil@post.example", False),
        ("post.example/x", False),
        ("post.example:x", False),
        ("post.example:99999", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_host_is_ours_by_its_whole_name(rooms: Rooms, host: str, ours: bool) -> None:  # noqa: FBT001
    office = replace(rooms.office, public_url="https://Post.example")
    assert host_is_ours(Headers({"host": host}), office) is ours


def test_two_hosts_are_none(rooms: Rooms) -> None:
    twice = Headers(raw=[(b"host", b"localhost"), (b"host", b"localhost")])
    assert not host_is_ours(twice, rooms.office)
    assert not host_is_ours(Headers({}), rooms.office)
