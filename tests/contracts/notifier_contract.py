"""What every notifier must do, and what those that post to the web must do when the other side misbehaves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from postroom.errors import PluginError, TransientError
from postroom.interfaces.notifier import Notifier
from postroom.interfaces.provider import Sender
from postroom.model.notification import Notification, Severity
from postroom.notifiers import Channels

NOTIFICATION = Notification(
    key="urgent:execution-1",
    severity=Severity.URGENT,
    title="Urgent e-mail",
    text="A customer & <!channel> asks for help",
    email_id="email-1",
    execution_id="execution-1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One request that the server read whole; names of headers are in small letters."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class LoopbackServer:
    """A real HTTP server that answers with `script` in turn (a status, `reset` or `silence`), then with 200."""

    port: int = 0
    script: list[int | str] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, answer it, and close the connection."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.posted.append(Posted(path=lines[0].split()[1], headers=headers, body=body))
        step = self.script.pop(0) if self.script else 200
        if step == "silence":
            await self.released.wait()
        elif step == "reset":
            writer.transport.abort()
            return
        else:
            location = f"Location: http://127.0.0.1:{self.port}/elsewhere\r\n"
            writer.write(f"HTTP/1.1 {step} X\r\n{location}Content-Length: 2\r\n\r\nok".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def loopback_server() -> AsyncIterator[LoopbackServer]:
    """Run a server on a free port of 127.0.0.1."""
    server = LoopbackServer()
    listening = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.released.set()
        listening.close()
        await listening.wait_closed()


def channels_of(client: httpx.AsyncClient, **senders: Sender) -> Channels:
    """Return the channels of an installation that has these senders."""
    return Channels(
        client=client, senders=senders, message_id=lambda key, domain: f"<{key.replace(':', '.')}@{domain}>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifierTrial:
    """A notifier under test; `told` gives what arrived, as text."""

    notifier: Notifier
    told: Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebTrial:
    """A notifier that posts to `server`, with a time-out well below a second."""

    notifier: Notifier
    server: LoopbackServer


class NotifierContract:
    """Inherit it and give a fixture `trial`."""

    async def test_it_tells_the_ids_to_follow(self, trial: NotifierTrial) -> None:
        await trial.notifier.notify(NOTIFICATION)
        (told,) = trial.told()
        assert "email-1" in told
        assert "execution-1" in told

    async def test_checking_tells_nobody(self, trial: NotifierTrial) -> None:
        line = await trial.notifier.check()
        assert line
        assert "\n" not in line
        assert list(trial.told()) == []


class WebNotifierContract:
    """Inherit it as well and give a fixture `web`."""

    async def test_it_is_told_after_the_server_has_recovered(self, web: WebTrial) -> None:
        web.server.script = [500, 200]
        with pytest.raises(TransientError):
            await web.notifier.notify(NOTIFICATION)
        await web.notifier.notify(NOTIFICATION)
        assert len(web.server.posted) == 2

    @pytest.mark.parametrize("step", [408, 429, 500, 503, "reset", "silence"])
    async def test_what_may_pass_is_transient(self, web: WebTrial, step: int | str) -> None:
        web.server.script = [step]
        with pytest.raises(TransientError):
            await web.notifier.notify(NOTIFICATION)

    @pytest.mark.parametrize("status", [302, 307, 400, 403, 404, 410])
    async def test_a_refusal_is_final_and_says_what_to_do(self, web: WebTrial, status: int) -> None:
        web.server.script = [status]
        with pytest.raises(PluginError) as caught:
            await web.notifier.notify(NOTIFICATION)
        assert not caught.value.retryable
        assert caught.value.hint
        assert len(web.server.posted) == 1  # No redirect was followed.

    async def test_a_refusal_does_not_show_the_secret_path(self, web: WebTrial) -> None:
        web.server.script = [404]
        with pytest.raises(PluginError) as caught:
            await web.notifier.notify(NOTIFICATION)
        path = web.server.posted[0].path
        assert len(path) > 1
        assert path not in f"{caught.value.message} {caught.value.hint} {await web.notifier.check()}"
