"""A look at a server asks nothing of its model, and tells in words what is wrong."""

import json

import pytest

from language_models.asking import KEY
from postroom.errors import ConfigurationError, PostroomError, TransientError
from postroom.language_models.look import look
from postroom.language_models.server import Server
from servers.chat_server import ChatServer, Fault, body, endless, hang_up, silence, status

LISTED = body(json.dumps({"object": "list", "data": [{"id": "gpt-test"}, {"id": "other"}]}).encode())


def reached(server: ChatServer, *, model: str = "gpt-test", azure_api_version: str = "") -> Server:
    return Server(model=model, url=server.url, key=KEY, azure_api_version=azure_api_version, timeout_seconds=1.0)


async def test_a_model_that_is_listed_is_there(server: ChatServer) -> None:
    server.faults = [LISTED]
    assert await look(reached(server)) == "127.0.0.1 has 'gpt-test'"
    (asked,) = server.asked
    assert asked.path.endswith("/v1/models")
    assert (asked.headers["authorization"], asked.body) == (f"Bearer {KEY}", "")


async def test_a_deployment_of_azure_is_in_no_list(server: ChatServer) -> None:
    server.faults = [LISTED]
    assert "not known" in await look(reached(server, model="ours", azure_api_version="2026-01-01"))
    (asked,) = server.asked
    assert asked.path.endswith("/openai/models?api-version=2026-01-01")
    assert asked.headers["api-key"] == KEY


@pytest.mark.parametrize("fault", [status(404), body(b"hello"), body(b"{}"), endless(b" " * 65_536)])
async def test_a_server_without_a_usable_list_is_there_all_the_same(server: ChatServer, fault: Fault) -> None:
    server.faults = [fault]
    assert "not known" in await look(reached(server))


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (status(401), ConfigurationError, "refuses the key"),
        (status(403), ConfigurationError, "refuses the key"),
        (status(503), TransientError, "503"),
        (hang_up, TransientError, "cannot be reached"),
        (silence, TransientError, "cannot be reached"),
    ],
)
async def test_what_is_wrong_is_told_without_the_key(
    server: ChatServer, fault: Fault, kind: type[PostroomError], words: str
) -> None:
    server.faults = [fault]
    with pytest.raises(kind, match=words) as caught:
        await look(reached(server))
    assert caught.value.hint
    assert KEY not in str(caught.value)


async def test_a_model_that_is_not_listed_and_a_server_that_is_not_there_are_told(server: ChatServer) -> None:
    server.faults = [LISTED]
    with pytest.raises(ConfigurationError, match="no model 'gpt-mine'"):
        await look(reached(server, model="gpt-mine"))
    with pytest.raises(TransientError, match="cannot be reached"):
        await look(Server(model="m", url="http://127.0.0.1:1/v1", timeout_seconds=1.0))
