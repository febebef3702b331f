import gzip
import json
import socket

import pytest
import structlog

from clocks import SetClock
from language_models.asking import KEY, PRICES, PROMPT, Asking
from postroom.errors import StoreError
from postroom.language_models.prompt import Abstention, Completion, Usage
from postroom.language_models.transport import MOST_BYTES
from servers import chat_server as peer
from servers.chat_server import ChatServer

COST = PRICES.cost_millionths(600, 40)
MOST = PRICES.at_most(PROMPT, json.dumps(dict(PROMPT.schema)))


async def test_an_answer_comes_with_its_tokens_and_its_cost(server: ChatServer, asking: Asking) -> None:
    server.answer = lambda asked: '{"a": 1}'
    usage = Usage(tokens_in=600, tokens_out=40, cost_millionths=COST)
    assert await asking.ask() == Completion(text='{"a": 1}', usage=usage)
    assert await asking.spent() == COST == 1900


async def test_the_question_asks_for_the_schema_and_bounds_the_answer(server: ChatServer, asking: Asking) -> None:
    await asking.ask()
    (asked,) = server.asked
    request = asked.request
    assert asked.path.endswith("/v1/chat/completions")
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("gpt-test", 50, 0.0)
    assert (asked.instructions, asked.material) == (PROMPT.instructions, PROMPT.material)
    assert asked.schema == PROMPT.schema
    response_format = request["response_format"]
    assert isinstance(response_format, dict)
    assert response_format["type"] == "json_schema"
    assert response_format["json_schema"]["strict"] is True
    assert "tools" not in request


async def test_only_headers_that_we_chose_leave_whatever_the_environment_says(
    server: ChatServer, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Spy: 1\nAuthorization: Bearer other")
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/other")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    model, keyless = asking.opened(), asking.opened(key="")
    assert isinstance(await asking.ask(model), Completion)
    assert isinstance(await asking.ask(keyless), Completion)
    with_key, without = (asked.headers for asked in server.asked)
    common = {"host", "accept", "accept-encoding", "content-type", "content-length", "connection"}
    assert set(with_key) <= common | {"authorization"}
    assert with_key["authorization"] == f"Bearer {KEY}"
    assert set(without) <= common


async def test_azure_is_asked_at_its_deployment_with_its_own_header(server: ChatServer, asking: Asking) -> None:
    endpoint = f"http://127.0.0.1:{server.port}"
    assert isinstance(await asking.ask(asking.opened(azure_api_version="2024-10-21", url=endpoint)), Completion)
    (asked,) = server.asked
    assert asked.path.endswith("/openai/deployments/gpt-test/chat/completions?api-version=2024-10-21")
    assert asked.headers["api-key"] == KEY
    assert "authorization" not in asked.headers
    assert asked.request["max_completion_tokens"] == 50


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503])
async def test_what_passes_is_tried_again_with_growing_waits(server: ChatServer, asking: Asking, code: int) -> None:
    server.faults = [peer.status(code), peer.status(code)]
    assert isinstance(await asking.ask(), Completion)
    assert len(server.asked) == 3
    first, second = asking.waits
    assert 0.3 < first < 0.7 < second < 1.3
    assert await asking.spent() == COST


async def test_tries_are_bounded(server: ChatServer, asking: Asking) -> None:
    server.faults = [peer.status(500)] * 10
    assert await asking.reason() == "the server answered 500"
    assert len(server.asked) == 3
    assert await asking.spent() == 0


@pytest.mark.parametrize("headers", [{"retry-after": "2"}, {"retry-after": "Sun, 01 Mar 2026 12:00:02 GMT"}])
async def test_the_wait_that_the_server_asks_for_is_kept(
    server: ChatServer, asking: Asking, headers: dict[str, str]
) -> None:
    server.faults = [peer.status(429, headers=headers | {"date": "Sun, 01 Mar 2026 12:00:00 GMT"})]
    assert isinstance(await asking.ask(), Completion)
    assert asking.waits == [2.0]


async def test_a_wait_longer_than_the_question_may_take_ends_it_and_spares_the_server(
    server: ChatServer, asking: Asking
) -> None:
    server.faults = [peer.status(429, headers={"retry-after": "300"})]
    assert await asking.reason() == "the server answered 429"
    assert asking.waits == []
    assert "left alone" in await asking.reason()
    assert len(server.asked) == 1
    assert isinstance(asking.clock, SetClock)
    asking.clock.advance(301)
    assert isinstance(await asking.ask(), Completion)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 422])
async def test_what_stays_is_not_tried_again(server: ChatServer, asking: Asking, code: int) -> None:
    server.faults = [peer.status(code)]
    assert await asking.reason() == f"the server answered {code}"
    assert len(server.asked) == 1


async def test_a_parameter_that_the_model_refuses_is_left_out_from_then_on(server: ChatServer, asking: Asking) -> None:
    server.faults = [peer.status(400, parameter="temperature")]
    assert isinstance(await asking.ask(), Completion)
    assert isinstance(await asking.ask(), Completion)
    assert ["temperature" in asked.request for asked in server.asked] == [True, False, False]


async def test_a_redirect_is_not_followed(server: ChatServer, asking: Asking) -> None:
    server.faults = [peer.status(307, headers={"location": f"{server.url}/elsewhere"})]
    assert await asking.reason() == "the server answered 307"
    assert len(server.asked) == 1


NO_ANSWERS = {
    "no_json": (peer.body(b"<html>Bad gateway</html>"), "no completion"),
    "text": (peer.body(b"hello", "text/plain"), "no completion"),
    "other_json": (peer.body(b'{"choices": []}'), "no completion"),
    "deep_json": (peer.body(b"[" * 100_000), "no completion"),
    "bad_usage": (
        peer.body(b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": -5}}'),
        "no comp",
    ),
    "not_utf8": (peer.body(b'{"choices": [{"message": {"content": "\xff"}}]}'), "no completion"),
    "empty": (peer.writes(""), "empty"),
    "null": (peer.writes(None), "empty"),
    "refusal": (peer.writes(None, refusal="I cannot"), "refused"),
    "endless": (peer.endless(b"x" * 65_536), "too big"),
    "bomb": (peer.body(gzip.compress(b" " * 50_000_000), headers={"content-encoding": "gzip"}), "too big"),
    "hung_up": (peer.hang_up, "cannot be reached"),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
async def test_whatever_is_no_answer_is_an_abstention_and_counts_as_if_it_had_cost(
    server: ChatServer, asking: Asking, name: str
) -> None:
    fault, reason = NO_ANSWERS[name]
    server.faults = [fault, fault, fault]
    found = await asking.ask()
    assert isinstance(found, Abstention)
    assert reason in found.reason
    assert await asking.spent() == found.usage.cost_millionths
    assert found.usage.cost_millionths in {MOST, 3 * MOST, COST}


async def test_an_answer_that_was_cut_off_is_none(server: ChatServer, asking: Asking) -> None:
    server.faults = [peer.body(b'{"choices": [{"finish_reason": "length", "message": {"content": "{"}}]}')]
    assert await asking.reason() == "the answer was too long"


async def test_a_big_answer_is_read_up_to_the_bound(server: ChatServer, asking: Asking) -> None:
    server.answer = lambda asked: "x" * (MOST_BYTES - 2_000)
    assert isinstance(await asking.ask(), Completion)
    server.answer = lambda asked: "x" * MOST_BYTES
    assert await asking.reason() == "the answer was too big"


@pytest.mark.parametrize("fault", [peer.silence, peer.dripping], ids=["silent", "dripping"])
async def test_a_server_that_never_finishes_is_given_up_and_may_have_cost(
    server: ChatServer, asking: Asking, fault: peer.Fault
) -> None:
    server.faults = [fault]
    found = await asking.ask(asking.opened(timeout_seconds=0.3))
    assert found == Abstention(reason="no answer within 0.3 seconds", usage=Usage(cost_millionths=MOST))
    assert await asking.spent() == MOST


async def test_a_server_that_is_not_there_costs_nothing(asking: Asking) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = asking.opened(url=f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
        assert await asking.reason(nobody) == "the server cannot be reached"
    assert await asking.spent() == 0


async def test_a_server_that_fails_repeatedly_is_left_alone_for_a_while(server: ChatServer, asking: Asking) -> None:
    server.faults = [peer.status(503)] * 9
    for _ in range(3):
        await asking.reason()
    assert "left alone" in await asking.reason()
    assert len(server.asked) == 9
    assert isinstance(asking.clock, SetClock)
    asking.clock.advance(61)
    assert isinstance(await asking.ask(), Completion)


async def test_without_budget_nothing_is_asked(server: ChatServer, asking: Asking) -> None:
    model = asking.opened(limit_millionths=MOST + COST - 1)
    assert isinstance(await asking.ask(model), Completion)
    assert await asking.reason(model) == "the budget of the day is spent"
    assert len(server.asked) == 1
    assert isinstance(asking.clock, SetClock)
    asking.clock.advance(24 * 3600)
    assert isinstance(await asking.ask(model), Completion)


async def test_a_server_that_counts_nothing_costs_what_was_reserved(server: ChatServer, asking: Asking) -> None:
    server.usage = None
    found = await asking.ask()
    assert found.usage.cost_millionths == await asking.spent() == MOST


async def test_a_count_beyond_reason_is_not_believed(server: ChatServer, asking: Asking) -> None:
    server.usage = {"prompt_tokens": 10**30, "completion_tokens": 1}
    found = await asking.ask()
    assert found.usage.cost_millionths == await asking.spent() == MOST


async def test_a_budget_that_cannot_be_read_is_an_abstention(server: ChatServer, asking: Asking) -> None:
    class Broken:
        async def reserve(self, account: str, day: str, *, amount: int, limit: int | None) -> bool:
            raise StoreError("gone")

        async def spent(self, account: str, day: str) -> int:
            return 0

    asking.spending = Broken()
    assert await asking.reason(asking.opened()) == "the budget cannot be read"
    assert server.asked == []


async def test_the_log_tells_cost_and_reason_and_never_key_mail_or_the_servers_words(
    server: ChatServer, asking: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    server.faults = [peer.status(401)]
    with structlog.testing.capture_logs() as lines:
        reason = await asking.reason()
        await asking.ask()
    assert [line["event"] for line in lines] == ["language_model_asked"] * 2
    assert lines[0]["abstained"] == reason
    assert (lines[1]["tokens_in"], lines[1]["tokens_out"], lines[1]["cost_millionths"]) == (600, 40, COST)
    written = f"{lines} {caplog.text} {asking.model!r} {vars(asking.model)['_server']!r}"
    for secret in (KEY, "parcel", "your key is"):
        assert secret not in written
