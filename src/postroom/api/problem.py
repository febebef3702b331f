"""Problems: every error as RFC 9457 problem details, with our `code` and `hint`."""

from collections.abc import Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from postroom.api.headers import add_headers
from postroom.api.methods import Methods
from postroom.errors import PostroomError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
DESCRIPTION = "/api/v1/openapi.json"
"""Where the API is described."""

TYPE = "https://postroom.example/problems/"
COMMON = (400, 401, 403, 408, 413, 422, 429, 500, 503)
"""What any endpoint that needs a user may answer besides what it says itself."""

_CODES = {
    400: "bad_request",
    401: "not_logged_in",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    421: "unknown_host",
    422: "input",
    429: "too_many_requests",
    500: "error",
    502: "plugin",
    503: "store",
}
_MEANINGS = {
    400: "The request cannot be read as HTTP or JSON.",
    401: "Nobody is logged in, or the credential is not valid (any more).",
    403: "The role of the user or the scopes of the token do not allow it, or the request came from another site.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    409: "The state does not allow it (any more); `detail` says why.",
    413: "The body is too large.",
    415: "The body is of a kind that this endpoint does not take.",
    422: "Something in the request cannot be used; `errors` says what.",
    429: "Too many attempts; `Retry-After` says when to come back.",
    500: "A bug: the log of the server shows where it was.",
    502: "A server that was tried refused; `detail` says what it said.",
    503: "The store, or a server that was tried, cannot be used now; asking again may help.",
}


class FieldProblem(BaseModel):
    """One thing in the request that cannot be used: where it is (`body.text`), and why."""

    location: str
    message: str


class Problem(BaseModel):
    """An error as RFC 9457 says it; `code` is for programs, `hint` says what to do."""

    type: str = Field(description="A URI that names the kind of problem; nothing is served there.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What failed, with which value, and why.")
    code: str = Field(description="The kind of problem in one word that does not change.")
    hint: str = Field(default="", description="What to do.")
    errors: list[FieldProblem] = Field(default=[], description="What in the request cannot be used.")


class CallError(PostroomError):
    """The request itself is refused; the status says how. `retry_after_seconds` is told where waiting helps."""

    def __init__(self, status: int, message: str, *, hint: str = "", retry_after_seconds: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return what an endpoint declares of the errors it may answer."""
    return {
        status: {"model": Problem, "description": _MEANINGS[status], "content": {MEDIA_TYPE: {}}}
        for status in sorted(set(statuses))
    }


def add_problem_handlers(app: FastAPI) -> None:
    """Let every error of `app` be answered as a problem."""
    app.add_exception_handler(PostroomError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(Exception, _of_bug)


def problem_response(status: int, detail: str, *, hint: str = "", code: str = "") -> JSONResponse:
    """Return the answer for one problem."""
    return _response(
        Problem(
            type=f"{TYPE}{code or _code(status)}",
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            code=code or _code(status),
            hint=hint,
        )
    )


async def _of_ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PostroomError)
    status, code = (error.status, "") if isinstance(error, CallError) else (error.http_status, error.code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request_failed", path=request.url.path, problem=error.message, hint=error.hint)
    response = problem_response(status, error.message, hint=error.hint, code=code)
    if error.retry_after_seconds:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def _of_validation(request: Request, error: Exception) -> JSONResponse:
    del request
    assert isinstance(error, RequestValidationError)
    found = [FieldProblem(location=_place(each["loc"]), message=str(each["msg"])) for each in _errors(error)]
    told = Problem(
        type=f"{TYPE}input",
        title=HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        detail=f"{len(found)} thing(s) in the request cannot be used.",
        code="input",
        hint="Correct what `errors` names.",
        errors=found,
    )
    return _response(told)


async def _of_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    # Endpoints say themselves what is not there: this is a path that nobody serves.
    nowhere = error.status_code == HTTPStatus.NOT_FOUND
    hint = f"What the API serves is described at {DESCRIPTION}." if nowhere else ""
    response = problem_response(error.status_code, str(error.detail), hint=hint)
    response.headers.update(error.headers or {})
    methods: object = getattr(request.app.state, "methods", None)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and isinstance(methods, Methods):
        response.headers["Allow"] = ", ".join(methods.of(request.url.path))
    return response


async def _of_bug(request: Request, error: Exception) -> JSONResponse:
    log.error("request_broke", path=request.url.path, exc_info=error, hint="Report this as a bug.")
    response = problem_response(
        500, "Something unexpected went wrong.", hint="The log of the server shows where it was."
    )
    # Starlette answers this one outside of all middleware.
    add_headers(response.headers, path=request.url.path)
    return response


def _errors(error: RequestValidationError) -> Sequence[dict[str, object]]:
    found: Sequence[dict[str, object]] = error.errors()
    return found


def _place(location: object) -> str:
    return ".".join(str(part) for part in location) if isinstance(location, list | tuple) else str(location)


def _code(status: int) -> str:
    return _CODES.get(status, "error")


def _response(problem: Problem) -> JSONResponse:
    return JSONResponse(problem.model_dump(), status_code=problem.status, media_type=MEDIA_TYPE)
