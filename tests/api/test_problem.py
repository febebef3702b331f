"""Every error as a problem, from an application that does nothing but fail."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from structlog.testing import capture_logs

from postroom.api.problem import (
    COMMON,
    MEDIA_TYPE,
    CallError,
    add_problem_handlers,
    problem_response,
    problems,
)
from postroom.errors import ConflictError, NotFoundError, PostroomError, StoreError, TransientError


class Order(BaseModel):
    """What an endpoint wants."""

    count: int


def failing(error: Exception) -> FastAPI:
    app = FastAPI()
    add_problem_handlers(app)

    @app.get("/fail")
    async def fail() -> None:
        raise error

    @app.post("/order")
    async def order(order: Order, most: int = 5) -> None:
        del order, most

    return app


@pytest.fixture
async def whole() -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose endpoints break."""
    async with client(failing(ValueError("secret"))) as opened:
        yield opened


def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def told(error: Exception) -> httpx.Response:
    async with client(failing(error)) as opened:
        answer = await opened.get("/fail")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["type"].endswith(f"/{answer.json()['code']}")
    return answer


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFoundError("There is none.", hint="Look."), 404, "not_found"),
        (ConflictError("It is decided.", hint="Look."), 409, "conflict"),
        (StoreError("It is locked.", hint="Look."), 503, "store"),
        (TransientError("It is away.", hint="Look."), 503, "transient"),
        (CallError(421, "Who?", hint="Look."), 421, "unknown_host"),
        (CallError(418, "A teapot.", hint="Look."), 418, "error"),
    ],
)
async def test_our_errors_are_told_with_code_and_hint(error: PostroomError, status: int, code: str) -> None:
    answer = await told(error)
    found = answer.json()
    assert (answer.status_code, found["code"], found["hint"]) == (status, code, "Look.")
    assert found["detail"] == error.message
    assert "retry-after" not in answer.headers


async def test_where_waiting_helps_the_answer_says_how_long() -> None:
    answer = await told(CallError(429, "Too many.", retry_after_seconds=7))
    assert answer.headers["retry-after"] == "7"


async def test_who_is_not_logged_in_is_told_how_to() -> None:
    assert (await told(CallError(401, "Who are you?"))).headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in (await told(CallError(403, "Not you."))).headers


async def test_only_what_a_person_must_see_to_is_logged() -> None:
    with capture_logs() as logged:
        await told(ConflictError("It is decided."))
        await told(StoreError("It is locked.", hint="Look."))
    assert [(one["event"], one["problem"]) for one in logged] == [("request_failed", "It is locked.")]


async def test_a_bug_is_logged_and_its_words_stay_here() -> None:
    with capture_logs() as logged:
        answer = await told(ValueError("secret of somebody"))
    assert (answer.status_code, answer.json()["code"]) == (500, "error")
    assert "secret" not in answer.text
    assert [(one["event"], one["log_level"]) for one in logged] == [("request_broke", "error")]


async def test_everything_in_a_request_that_cannot_be_used_is_told_at_once(whole: httpx.AsyncClient) -> None:
    answer = await whole.post("/order?most=many", json={"count": "some"})
    found = answer.json()
    assert (answer.status_code, found["code"], answer.headers["content-type"]) == (422, "input", MEDIA_TYPE)
    assert {one["location"] for one in found["errors"]} == {"query.most", "body.count"}
    assert found["detail"].startswith("2 ")


async def test_errors_of_the_framework_are_problems_too_and_keep_their_headers(whole: httpx.AsyncClient) -> None:
    nowhere = await whole.get("/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert "openapi.json" in nowhere.json()["hint"]
    answer = await told(HTTPException(415, "Not this.", headers={"Accept": "text/yaml"}))
    assert (answer.json()["code"], answer.json()["hint"]) == ("unsupported_media_type", "")
    assert answer.headers["accept"] == "text/yaml"


def test_a_code_that_is_told_goes_before_that_of_the_status() -> None:
    assert b'"code":"odd"' in bytes(problem_response(409, "Why.", code="odd").body)


def test_an_endpoint_declares_each_error_once_in_order_and_with_its_meaning() -> None:
    declared = problems(*COMMON, 409, 404, 404)
    assert list(declared) == sorted({*COMMON, 404, 409})
    assert all(one["description"] for one in declared.values())


def test_an_error_without_a_meaning_cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        problems(418)
