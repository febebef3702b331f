"""The meter: how many requests each operation had, how they ended, and how long they took."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNKNOWN = "none"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Tally:
    """The counts of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "postroom_http_requests",
            "Requests answered, by operation and status.",
            ("operation", "status"),
            registry=self.registry,
        )
        self.durations = Histogram(
            "postroom_http_request_duration_seconds",
            "How long answers took, by operation.",
            ("operation",),
            buckets=BUCKETS,
            registry=self.registry,
        )


class Meter:
    """ASGI middleware that counts requests in the tally; labels are names of operations, never paths."""

    def __init__(self, app: ASGIApp, tally: Tally, seconds: Callable[[], float] = time.perf_counter) -> None:
        self._app = app
        self._tally = tally
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._seconds(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            operation = getattr(scope.get("route"), "name", None) or UNKNOWN
            self._tally.requests.labels(operation, str(status)).inc()
            self._tally.durations.labels(operation).observe(self._seconds() - began)
