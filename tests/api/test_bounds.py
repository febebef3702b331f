import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.types import Message, Scope

from api.asgi_call import HOST, OWN, Call
from api.conftest import Rooms
from postroom.api.app import create_app
from postroom.api.body import MOST_LINGERED_BYTES
from postroom.api.bounds import MOST_REQUESTS
from postroom.api.office import Limits
from postroom.model.user import Role

LIMITS = Limits(body_bytes=1000, upload_bytes=5000, body_seconds=0.05, linger_seconds=0.05)


def trial(gate: asyncio.Event | None = None) -> APIRouter:
    router = APIRouter()

    @router.get("/api/v1/thing")
    async def thing() -> dict[str, str]:
        return {"thing": "yes"}

    @router.post("/api/v1/thing")
    async def take(body: dict[str, str]) -> int:
        return len(body)

    @router.post("/api/v1/raw")
    async def raw(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @router.post("/api/v1/emails/{email_id:path}/execute-enhanced")
    async def enhanced(email_id: str, request: Request) -> int:
        return len(await request.body())

    @router.get("/page")
    async def page() -> HTMLResponse:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": "default-src 'self'"})

    @router.get("/endless")
    async def endless() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"more"
                await asyncio.sleep(0)

        return StreamingResponse(parts(), media_type="text/event-stream")

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a bug")

    @router.get("/waiting")
    async def waiting() -> str:
        if gate is not None:
            await gate.wait()
        return "done"

    return router


Calling = Callable[..., Awaitable[int]]


@pytest.fixture
def app(rooms: Rooms) -> FastAPI:
    return create_app(replace(rooms.office, limits=LIMITS), [trial()])


def json_parts(size: int, count: int) -> list[bytes]:
    return [b'{"a": "' + b"x" * size, *[b"x" * size] * count, b'"}']


JSON = ("Content-Type", "application/json")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:8025", "LOCALHOST", "[::1]:8025", "[::1]"])
async def test_this_machine_is_served_under_its_own_names(app: FastAPI, host: str) -> None:
    assert await Call(app)("GET", "/api/v1/thing", ("Host", host)) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1@evil.example",
        "evil.example#127.0.0.1",
        "127.0.0.1/evil",
        "127.0.0.1:x",
        "127.0.0.1:99999",
        "localhost.",
        "2130706433",
        "0.0.0.0",
        "[::1",
        "",
    ],
)
async def test_a_name_that_somebody_else_made_to_lead_here_is_refused(app: FastAPI, host: str) -> None:
    call = Call(app)
    assert await call("GET", "/api/v1/thing", ("Host", host)) == 421
    assert call.problem["code"] == "unknown_host"


async def test_no_host_and_two_hosts_are_refused(app: FastAPI) -> None:
    assert await Call(app)("GET", "/api/v1/thing") == 421
    assert await Call(app)("GET", "/api/v1/thing", HOST, HOST) == 421
    assert await Call(app)("GET", "/api/v1/thing", HOST, ("Host", "evil.example")) == 421


async def test_forwarding_headers_are_not_believed(app: FastAPI) -> None:
    forwarded = (("X-Forwarded-Host", OWN), ("Forwarded", f"host={OWN}"), ("X-Forwarded-For", "127.0.0.1"))
    assert await Call(app)("GET", "/api/v1/thing", ("Host", "evil.example"), *forwarded) == 421
    evil = (("X-Forwarded-Host", "evil.example"), ("X-Original-URL", "/page"), ("X-HTTP-Method-Override", "DELETE"))
    assert await Call(app)("GET", "/api/v1/thing", HOST, *evil) == 200


async def test_the_host_of_the_public_url_is_served(rooms: Rooms) -> None:
    app = create_app(replace(rooms.office, public_url="https://Post.Example"), [trial()])
    for host in ("post.example", "POST.example:443"):
        assert await Call(app)("GET", "/api/v1/thing", ("Host", host)) == 200
    assert await Call(app)("GET", "/api/v1/thing", ("Host", "post.example.evil")) == 421


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(app: FastAPI) -> None:
    call = Call(app, [b"x" * 1001])
    assert await call("POST", "/api/v1/thing", HOST, JSON, ("Content-Length", "1001")) == 413
    assert call.taken_when_answered == 0
    assert call.problem["code"] == "too_large"
    assert call.headers["connection"] == "close"


async def test_the_rest_of_a_refused_body_is_thrown_away_so_that_its_sender_reads_the_answer(app: FastAPI) -> None:
    call = Call(app, json_parts(300, 50))
    assert await call("POST", "/api/v1/thing", HOST, JSON, ("Content-Length", "16000")) == 413
    assert call.taken == len(call.parts)
    assert [message.get("more_body") for message in call.sent] == [None, True, False]


async def test_no_more_of_it_is_taken_than_a_bound(app: FastAPI) -> None:
    part = b"x" * (MOST_LINGERED_BYTES // 4)
    call = Call(app, [part] * 9)
    assert await call("POST", "/api/v1/thing", HOST, JSON, ("Content-Length", "1" + "0" * 30)) == 413
    assert call.taken == 4


@pytest.mark.parametrize("length", ["9" * 100_000, "1" + "0" * 30])
async def test_an_absurd_length_is_refused(app: FastAPI, length: str) -> None:
    assert await Call(app)("POST", "/api/v1/thing", HOST, JSON, ("Content-Length", length)) == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "+5", " ", "٣"])
async def test_a_length_that_is_no_number_is_refused(app: FastAPI, length: str) -> None:
    call = Call(app)
    scope_header = ("Content-Length", length)
    assert await call("POST", "/api/v1/thing", HOST, JSON, scope_header) == 400


@pytest.mark.parametrize("path", ["/api/v1/thing", "/api/v1/raw"])
async def test_a_body_that_grows_too_large_is_cut_off_where_it_does(app: FastAPI, path: str) -> None:
    call = Call(app, json_parts(300, 50))
    assert await call("POST", path, HOST, JSON) == 413
    assert call.taken_when_answered == 4
    assert call.problem["detail"] == "The body is larger than 1000 bytes."


async def test_a_body_within_the_limit_is_taken(app: FastAPI) -> None:
    call = Call(app, json_parts(300, 2))
    assert await call("POST", "/api/v1/thing", HOST, JSON) == 200


async def test_a_message_that_is_uploaded_may_be_larger_and_is_bounded_too(app: FastAPI, rooms: Rooms) -> None:
    known = ("Authorization", f"Bearer {await rooms.token(Role.AGENT)}")
    path, kind = "/api/v1/emails/em_1/execute-enhanced", ("Content-Type", "message/rfc822")
    assert await Call(app, [b"x" * 1000] * 5)("POST", path, HOST, kind, known) == 200
    assert await Call(app, [b"x" * 1000] * 6)("POST", path, HOST, kind, known) == 413


@pytest.mark.parametrize("kind", ["message/rfc822", "Multipart/Form-Data; boundary=x"])
async def test_a_stranger_uploads_nothing_large_and_neither_does_anybody_elsewhere(
    app: FastAPI, rooms: Rooms, kind: str
) -> None:
    known = ("Authorization", f"Bearer {await rooms.token(Role.AGENT)}")
    upload, parts = "/api/v1/emails/em_1/execute-enhanced", [b"x" * 1000] * 2
    declared = ("Content-Length", "2000")
    assert await Call(app, parts)("POST", upload, HOST, ("Content-Type", kind), declared) == 401
    assert await Call(app, parts)("POST", upload, HOST, ("Content-Type", kind)) == 413
    assert await Call(app, parts)("POST", "/api/v1/raw", HOST, ("Content-Type", kind), known) == 413


async def test_bodies_that_are_on_their_way_keep_nobody_from_being_answered(rooms: Rooms) -> None:
    app = create_app(rooms.office, [trial(asyncio.Event())])
    async with asyncio.TaskGroup() as group:
        length = ("Content-Length", "10")
        slow = [Call(app, [b"x"]) for _ in range(MOST_REQUESTS + 1)]
        sent = [group.create_task(one("POST", "/api/v1/raw", HOST, length, endless=True)) for one in slow]
        while not all(one.taken for one in slow):  # noqa: ASYNC110 - nobody tells how far a request is.
            await asyncio.sleep(0)
        assert await Call(app)("GET", "/api/v1/thing", HOST) == 200
        for task in sent:
            task.cancel()


@pytest.mark.parametrize("path", ["/api/v1/thing", "/api/v1/raw"])
async def test_a_body_that_never_ends_is_given_up(app: FastAPI, path: str) -> None:
    call = Call(app, [b"{"])
    assert await call("POST", path, HOST, JSON, endless=True) == 408
    assert call.problem["code"] == "too_slow"


async def test_a_body_that_only_drips_is_given_up(app: FastAPI) -> None:
    started = asyncio.Event()

    async def receive() -> Message:
        started.set()
        await asyncio.sleep(0.001)
        return {"type": "http.request", "body": b"", "more_body": True}

    call = Call(app)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", OWN.encode())]
    scope: Scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/api/v1/raw", "raw_path": b"", "query_string": b"", "root_path": "", "headers": headers,
        "client": None, "server": None,
    }  # fmt: skip
    await call.app(scope, receive, send)
    assert started.is_set()
    assert sent[0]["status"] == 408


async def test_every_answer_carries_the_headers_that_protect_browsers(app: FastAPI) -> None:
    cases = (("/api/v1/thing", OWN, 200), ("/nothing", OWN, 404), ("/api/v1/thing", "evil.example", 421))
    for path, host, status in cases:
        call = Call(app)
        assert await call("GET", path, ("Host", host)) == status
        assert call.headers["x-content-type-options"] == "nosniff"
        assert call.headers["referrer-policy"] == "no-referrer"
        assert call.headers["x-frame-options"] == "DENY"
        assert call.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert call.headers["cross-origin-resource-policy"] == "same-origin"
        assert call.headers.get("cache-control") == ("no-store" if path.startswith("/api") else None)
        assert "access-control-allow-origin" not in call.headers


async def test_the_answer_to_a_bug_carries_them_too_and_says_nothing_of_it(app: FastAPI) -> None:
    call = Call(app)
    with pytest.raises(RuntimeError):
        await call("GET", "/broken", HOST)
    assert call.sent[0]["status"] == 500
    assert call.headers["x-content-type-options"] == "nosniff"
    assert b"a bug" not in call.body


async def test_a_page_may_have_a_policy_of_its_own(app: FastAPI) -> None:
    call = Call(app)
    await call("GET", "/page", HOST)
    assert call.headers["content-security-policy"] == "default-src 'self'"
    assert sum(name == b"content-security-policy" for name, _ in call.sent[0]["headers"]) == 1


async def test_head_answers_as_get_does_without_the_body(app: FastAPI) -> None:
    got, asked = Call(app), Call(app)
    assert await got("GET", "/api/v1/thing", HOST) == 200
    assert await asked("HEAD", "/api/v1/thing", HOST) == 200
    assert asked.headers == got.headers
    assert got.body
    assert asked.body == b""


async def test_head_of_a_stream_ends(app: FastAPI) -> None:
    call = Call(app)
    async with asyncio.timeout(20):
        assert await call("HEAD", "/endless", HOST) == 200
    assert call.body == b""


async def test_head_of_what_cannot_be_read_is_refused(app: FastAPI) -> None:
    assert await Call(app)("HEAD", "/api/v1/raw", HOST) == 405


@pytest.mark.parametrize(
    "path", ["//api/v1/thing", "/api//v1/thing", "/api/v1/x/../thing", "/API/v1/thing", "/api/v1/thing/"]
)
async def test_only_the_exact_path_is_served(app: FastAPI, path: str) -> None:
    call = Call(app)
    assert await call("GET", path, HOST) == 404
    assert "location" not in call.headers


async def test_too_many_requests_at_once_are_told_to_come_back(rooms: Rooms) -> None:
    gate = asyncio.Event()
    app = create_app(rooms.office, [trial(gate)])
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(Call(app)("GET", "/waiting", HOST)) for _ in range(MOST_REQUESTS)]
        await asyncio.sleep(0)
        refused = Call(app)
        assert await refused("GET", "/api/v1/thing", HOST) == 503
        assert refused.headers["retry-after"] == "1"
        gate.set()
    assert {task.result() for task in waiting} == {200}
    assert await Call(app)("GET", "/api/v1/thing", HOST) == 200


async def test_a_body_that_nobody_reads_does_not_get_round_the_limit(rooms: Rooms) -> None:
    gate = asyncio.Event()
    app = create_app(rooms.office, [trial(gate)])
    length = ("content-length", "3")
    async with asyncio.TaskGroup() as group:
        calls = [Call(app, parts=[b"abc"]) for _ in range(MOST_REQUESTS)]
        waiting = [group.create_task(call("GET", "/waiting", HOST, length)) for call in calls]
        await asyncio.sleep(0)
        for method in ("GET", "POST"):
            refused = Call(app, parts=[b"{}"])
            assert await refused(method, "/api/v1/thing", HOST, ("content-length", "2")) == 503
            assert refused.headers["retry-after"] == "1"
        gate.set()
    assert {task.result() for task in waiting} == {200}
    assert await Call(app)("GET", "/api/v1/thing", HOST) == 200


@pytest.mark.parametrize(
    ("method", "path", "length"), [("POST", "/api/v1/thing", "9"), ("GET", "/waiting", "0")], ids=["upload", "answer"]
)
async def test_what_is_not_done_when_the_server_stops_is_told_to_come_back(
    rooms: Rooms, method: str, path: str, length: str
) -> None:
    call = Call(create_app(rooms.office, [trial(asyncio.Event())]), parts=[b"{"])
    kind = ("content-type", "application/json")
    serving = asyncio.create_task(call(method, path, HOST, kind, ("content-length", length), endless=True))
    await asyncio.sleep(0)
    serving.cancel()
    assert await serving == 503
    assert (call.problem["code"], call.headers["retry-after"]) == ("store", "10")
    assert call.sent[-1]["more_body"] is False


async def test_a_stream_that_has_begun_ends_when_the_server_stops(app: FastAPI) -> None:
    call = Call(app)
    serving = asyncio.create_task(call("GET", "/endless", HOST))
    await call.begun.wait()
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert sum(message["type"] == "http.response.start" for message in call.sent) == 1


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1", "/api/v1/nonsense"])
async def test_a_path_that_nobody_serves_says_where_to_look(app: FastAPI, path: str) -> None:
    call = Call(app)
    assert await call("GET", path, HOST) == 404
    assert "/api/v1/openapi.json" in str(call.problem["hint"])
    assert await Call(app)("GET", "/api/v1/openapi.json", HOST) == 200


async def test_a_real_client_gets_the_problem_of_a_body_that_is_too_large(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{OWN}") as client:
        answer = await client.post("/api/v1/thing", json={"a": "x" * 2000})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
