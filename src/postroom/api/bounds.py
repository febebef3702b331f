"""Bounds: how large and how slow a request may be, for which hosts, and the headers that every answer carries."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postroom.api.body import (
    PAST_MAIL_PATH,
    Allowance,
    Body,
    BodyRefusedError,
    Held,
    Refusal,
    declared_refusal,
    is_upload,
    media_type,
)
from postroom.api.headers import add_headers
from postroom.api.identify import identify
from postroom.api.office import Office
from postroom.api.own_site import host_is_ours
from postroom.api.problem import CallError, problem_response
from postroom.errors import StoreError

MOST_REQUESTS = 200
"""How many requests are worked on at once; whose body is still on its way, or who is told events, does not count."""

_ALWAYS_ANSWERED = "/health/"

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1.
_WRONG_HOST = Refusal(
    status=421,
    detail="This server does not answer for that host.",
    hint="Use the address in POSTROOM_PUBLIC_URL, or 127.0.0.1 on the machine itself.",
)
_BUSY = Refusal(
    status=503, detail="There are too many requests at once.", hint="Try again soon.", retry_after_seconds=1
)
_STOPPING = Refusal(
    status=503,
    detail="Postroom is being stopped before this was done.",
    hint="Try again once it runs; look first whether it was carried out, unless the body was still on its way.",
    retry_after_seconds=10,
)


class Bounds:
    """ASGI middleware that refuses what is too large, too slow, too much, or meant for another host."""

    def __init__(self, app: ASGIApp, office: Office) -> None:
        self._app = app
        self._office = office
        self._running: set[int] = set()
        self._held = Held()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "websocket" if not host_is_ours(Headers(scope=scope), self._office):
                await _refuse_stream(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        allowance, stranger = await self._allowance(scope)
        answer = Answer(scope, send)
        body = Body(receive, allowance=allowance, held=self._held)
        refusal: Refusal | None = _WRONG_HOST
        if host_is_ours(headers, self._office):
            refusal = declared_refusal(headers, allowance.size_bytes)
        if refusal is not None and refusal is not _WRONG_HOST and stranger is not None:
            refusal = stranger
        if refusal is not None:
            await self._refuse(refusal, answer, body)
            return
        try:
            await self._answer(scope, body, answer)
        finally:
            body.let_go()
            self._running.discard(id(scope))

    async def _allowance(self, scope: Scope) -> tuple[Allowance, Refusal | None]:
        """Return what the body may be, and why it may not be more where it could.

        Only who is known may send a message, or past mail.
        """
        limits = self._office.limits
        usual = Allowance(size_bytes=limits.body_bytes, seconds=limits.body_seconds, silent_seconds=limits.body_seconds)
        if not is_upload(scope["path"]):
            return usual, None
        try:
            await identify(Request(scope), self._office)
        except CallError as error:
            return usual, Refusal(status=error.status, detail=error.message, hint=error.hint)
        except StoreError as error:
            return usual, Refusal(status=error.http_status, detail=error.message, hint=error.hint)
        if scope["path"] != PAST_MAIL_PATH:
            return replace(usual, size_bytes=limits.upload_bytes), None
        return replace(
            usual, size_bytes=limits.past_mail_bytes, seconds=limits.past_mail_seconds, in_memory=False
        ), None

    async def _answer(self, scope: Scope, body: Body, answer: "Answer") -> None:
        async def send(message: Message) -> None:
            if body.refusal is not None and not answer.started:
                return  # Whatever the application makes of a body that broke off.
            if message["type"] == "http.response.start" and _is_stream(message):
                self._running.discard(id(scope))
            await answer.send(message)

        async def receive() -> Message:
            if not body.complete and _has_body(scope):
                # Until all of it is here it keeps nobody else from being answered.
                self._running.discard(id(scope))
            message = await body.receive()
            if body.complete and message["type"] == "http.request" and not answer.started:
                self._begin(scope, body)
                if body.refusal is not None:
                    raise BodyRefusedError(body.refusal.status)
            return message

        # Whoever serves GET serves HEAD: the same answer, whose body is left out.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        # Whatever is sent along counts from the beginning: not every endpoint reads a body.
        self._begin(scope, body)
        try:
            with suppress(BodyRefusedError, _AnsweredError):
                if body.refusal is None:
                    await self._app(asked, receive, send)
        except asyncio.CancelledError:
            # The server stops, and has waited long enough; left to itself it would answer 500 without a reason.
            if answer.started:
                raise
            await self._refuse_at_once(_STOPPING, answer)
        if body.refusal is not None and not answer.started:
            await self._refuse(body.refusal, answer, body)

    def _begin(self, scope: Scope, body: Body) -> None:
        """Count the request among those that are worked on; where there are too many, refuse it."""
        if id(scope) in self._running or scope["path"].startswith(_ALWAYS_ANSWERED):
            return
        if len(self._running) >= MOST_REQUESTS:
            body.refusal = _BUSY
            return
        self._running.add(id(scope))

    async def _refuse(self, refusal: Refusal, answer: "Answer", body: Body) -> None:
        with suppress(_AnsweredError):
            await answer.refuse(refusal)
            # A connection that ends with unread bytes takes the answer along (RFC 9112, section 9.6).
            await body.linger(seconds=self._office.limits.linger_seconds)
            await answer.send({"type": "http.response.body", "body": b"", "more_body": False})

    @staticmethod
    async def _refuse_at_once(refusal: Refusal, answer: "Answer") -> None:
        with suppress(_AnsweredError):
            await answer.refuse(refusal)
            await answer.send({"type": "http.response.body", "body": b"", "more_body": False})


class Answer:
    """Sends one answer, with the headers that every answer carries; without body where HEAD asked."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.started = False
        self._scope = scope
        self._send = send

    async def send(self, message: Message) -> None:
        """Pass one part of the answer on.

        Raises:
            _AnsweredError: nothing that may follow is wanted.
        """
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(raw=list(message.get("headers", ())))
            add_headers(headers, path=self._scope["path"])
            await self._send({**message, "headers": headers.raw})
        elif self._scope["method"] != "HEAD":
            await self._send(message)
        else:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            raise _AnsweredError

    async def refuse(self, refusal: Refusal) -> None:
        """Send the problem, all but its end; after that the connection ends, too.

        Raises:
            _AnsweredError: that was the end.
        """
        response = problem_response(refusal.status, refusal.detail, hint=refusal.hint)
        response.headers["Connection"] = "close"
        if refusal.retry_after_seconds:
            response.headers["Retry-After"] = str(refusal.retry_after_seconds)
        start: Message = {"type": "http.response.start", "status": refusal.status, "headers": response.raw_headers}
        await self.send(start)
        await self.send({"type": "http.response.body", "body": response.body, "more_body": True})


class _AnsweredError(Exception):
    """The answer is complete, whatever the application would still say."""


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


def _is_stream(message: Message) -> bool:
    return media_type(Headers(raw=list(message.get("headers", ())))) == "text/event-stream"


async def _refuse_stream(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": _WRONG_HOST.status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": _WRONG_HOST.detail.encode()})
    else:
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
