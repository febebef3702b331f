from collections.abc import Sequence

import pytest

from contracts.notifier_contract import loopback_server
from postroom.errors import PluginError, TransientError
from postroom.notifiers.post import Poster, Reach, open_client


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to() -> None:
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    async with loopback_server() as server, open_client() as client:
        reach = Reach(private_allowed=True, timeout_seconds=2, resolve=rebinding)
        await Poster(f"http://hooks.example:{server.port}/a?b=c", client, reach).post(b"{}", {})
        (posted,) = server.posted
    assert asked == ["hooks.example"]
    assert posted.headers["host"] == f"hooks.example:{server.port}"
    assert posted.path == "/a?b=c"


async def test_one_private_address_among_public_ones_is_refused() -> None:
    async def mixed(host: str, port: int) -> Sequence[str]:
        return ["93.184.215.14", "10.0.0.1"]

    async with open_client() as client:
        poster = Poster("https://hooks.example/x", client, Reach(resolve=mixed))
        with pytest.raises(PluginError, match=r"10\.0\.0\.1") as caught:
            await poster.post(b"{}", {})
    assert not caught.value.retryable


async def test_a_name_without_an_address_is_for_later() -> None:
    async def nothing(host: str, port: int) -> Sequence[str]:
        return []

    async with open_client() as client:
        with pytest.raises(TransientError) as caught:
            await Poster("https://hooks.example/x", client, Reach(resolve=nothing)).reachable()
    assert caught.value.hint


@pytest.mark.parametrize("step", [503, "silence"])
async def test_what_may_pass_says_what_to_look_at(step: int | str) -> None:
    async with loopback_server() as server, open_client() as client:
        server.script = [step]
        reach = Reach(private_allowed=True, timeout_seconds=0.2)
        with pytest.raises(TransientError) as caught:
            await Poster(f"http://127.0.0.1:{server.port}/x", client, reach).post(b"{}", {})
    assert caught.value.hint


async def test_a_closed_port_is_for_later() -> None:
    async with loopback_server() as server:
        port = server.port
    async with open_client() as client:
        reach = Reach(private_allowed=True, timeout_seconds=2)
        with pytest.raises(TransientError, match="cannot be reached"):
            await Poster(f"http://127.0.0.1:{port}/x", client, reach).post(b"{}", {})
