"""One request by ASGI, whose body comes part by part, for tests of what happens while it comes."""

import asyncio
import json
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.types import Message, Scope

OWN = "127.0.0.1:8025"
HOST = ("Host", OWN)


@dataclass(slots=True)
class Call:
    """One request by ASGI, whose body is given part by part; what was answered, and how much of the body was taken.

    Where it is `cut`, the client goes away before the body is complete.
    """

    app: FastAPI
    parts: list[bytes] = field(default_factory=list)
    taken: int = 0
    taken_when_answered: int = 0
    sent: list[Message] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    cut: bool = False

    async def __call__(self, method: str, path: str, *headers: tuple[str, str], endless: bool = False) -> int:
        """Send it and return the status; an endless body never says that it is complete."""
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8025),
        }

        async def receive() -> Message:
            if self.taken < len(self.parts):
                part = self.parts[self.taken]
                self.taken += 1
                more = endless or self.taken < len(self.parts)
                return {"type": "http.request", "body": part, "more_body": more or self.cut}
            if self.cut:
                return {"type": "http.disconnect"}
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            if not self.sent:
                self.taken_when_answered = self.taken
            self.sent.append(message)
            if message.get("body"):
                self.begun.set()

        await self.app(scope, receive, send)
        status = self.sent[0]["status"]
        assert isinstance(status, int)
        return status

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the answer."""
        return {name.decode().lower(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        """The body of the answer."""
        return b"".join(message.get("body", b"") for message in self.sent[1:])

    @property
    def problem(self) -> dict[str, object]:
        """The answer as a problem."""
        assert self.headers["content-type"] == "application/problem+json"
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found
