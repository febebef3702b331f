"""Bounds: how large and how slow a request may be, for which hosts, and the headers that every answer carries."""

from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postroom.api.body import Body, BodyRefusedError, Held, Refusal, declared_refusal, limit_of
from postroom.api.headers import add_headers
from postroom.api.office import Office
from postroom.api.own_site import host_is_ours
from postroom.api.problem import problem_response

MOST_REQUESTS = 200
"""How many requests are worked on at once; streams of events do not count."""

_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1.
_WRONG_HOST = Refusal(
    status=421,
    detail="This server does not answer for that host.",
    hint="Use the address in POSTROOM_PUBLIC_URL, or 127.0.0.1 on the machine itself.",
)
_BUSY = Refusal(
    status=503, detail="There are too many requests at once.", hint="Try again soon.", retry_after_seconds=1
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
        limit = limit_of(scope["path"], headers, self._office.limits)
        answer = Answer(scope, send)
        refusal = self._refusal(headers, limit)
        if refusal is not None:
            await answer.refuse(refusal, receive)
            return
        body = Body(receive, limit=limit, seconds=self._office.limits.body_seconds, held=self._held)
        self._running.add(id(scope))
        try:
            await self._answer(scope, body, answer)
        finally:
            body.let_go()
            self._running.discard(id(scope))

    def _refusal(self, headers: Headers, limit: int) -> Refusal | None:
        if not host_is_ours(headers, self._office):
            return _WRONG_HOST
        return _BUSY if len(self._running) >= MOST_REQUESTS else declared_refusal(headers, limit)

    async def _answer(self, scope: Scope, body: Body, answer: "Answer") -> None:
        async def send(message: Message) -> None:
            if body.refusal is not None and not answer.started:
                return  # Whatever the application makes of a body that broke off.
            if message["type"] == "http.response.start" and _is_stream(message):
                self._running.discard(id(scope))
            await answer.send(message)

        # Whoever serves GET serves HEAD: the same answer, whose body is left out.
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        with suppress(BodyRefusedError, _AnsweredError):
            await self._app(asked, body.receive, send)
        if body.refusal is not None and not answer.started:
            await answer.refuse(body.refusal, body.receive)


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

    async def refuse(self, refusal: Refusal, receive: Receive) -> None:
        """Answer with a problem, and let the connection end: what is left of the body is not wanted."""
        response = problem_response(refusal.status, refusal.detail, hint=refusal.hint)
        response.headers["Connection"] = "close"
        if refusal.retry_after_seconds:
            response.headers["Retry-After"] = str(refusal.retry_after_seconds)
        with suppress(_AnsweredError):
            await response(self._scope, receive, self.send)


class _AnsweredError(Exception):
    """The answer is complete, whatever the application would still say."""


def _is_stream(message: Message) -> bool:
    kind = Headers(raw=list(message.get("headers", ()))).get("content-type", "")
    return kind.startswith("text/event-stream")


async def _refuse_stream(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": _WRONG_HOST.status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": _WRONG_HOST.detail.encode()})
    else:
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
