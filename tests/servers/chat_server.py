"""An OpenAI-compatible server on 127.0.0.1 in a thread: it answers as it is told, or goes wrong in a chosen way."""

import asyncio
import json
import re
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

Fault = Callable[["ChatServer"], Awaitable[Response]]
USAGE = {"prompt_tokens": 600, "completion_tokens": 40, "total_tokens": 640}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def request(self) -> dict[str, object]:
        """The body, read."""
        read: object = json.loads(self.body)
        assert isinstance(read, dict)
        return read

    @property
    def instructions(self) -> str:
        """What our side told the model."""
        return self._message(0)

    @property
    def material(self) -> str:
        """What the model was given to read."""
        return self._message(1)

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of the answer."""
        response_format = self.request["response_format"]
        assert isinstance(response_format, dict)
        schema: object = response_format["json_schema"]["schema"]
        assert isinstance(schema, dict)
        return schema

    def _message(self, at: int) -> str:
        messages = self.request["messages"]
        assert isinstance(messages, list)
        return str(messages[at]["content"])


@dataclass(slots=True, kw_only=True)
class ChatServer:
    """The server: `faults` happen to the next questions in turn, then `answer` says what the model writes."""

    port: int = 0
    faults: list[Fault] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], str] = lambda asked: "{}"
    usage: Mapping[str, object] | None = field(default_factory=lambda: dict(USAGE))
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def begin_anew(self) -> None:
        """Forget what was asked and told."""
        self.faults, self.asked, self.usage = [], [], dict(USAGE)
        self.answer = lambda asked: "{}"

    def completion(self, content: str | None, **message: object) -> Response:
        """Return a completion in which the model writes `content`."""
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content, **message}}
        body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        return JSONResponse(body | ({} if self.usage is None else {"usage": self.usage}))

    async def respond(self, asked: Asked) -> Response:
        """Return the answer to one question."""
        self.asked.append(asked)
        if self.faults:
            return await self.faults.pop(0)(self)
        return self.completion(self.answer(asked))


def status(code: int, *, headers: Mapping[str, str] | None = None, parameter: str | None = None) -> Fault:
    """Answer with an error status."""

    async def fault(server: ChatServer) -> Response:
        error = {"message": "no, and your key is sk-secret-of-the-test", "type": "x", "param": parameter, "code": "y"}
        return JSONResponse({"error": error}, status_code=code, headers=dict(headers or {}))

    return fault


def writes(content: str | None, **message: object) -> Fault:
    """Answer with this content of the model's message."""

    async def fault(server: ChatServer) -> Response:
        return server.completion(content, **message)

    return fault


def body(content: bytes, media_type: str = "application/json", headers: Mapping[str, str] | None = None) -> Fault:
    """Answer with these bytes."""

    async def fault(server: ChatServer) -> Response:
        return Response(content, media_type=media_type, headers=dict(headers or {}))

    return fault


def endless(part: bytes) -> Fault:
    """Answer with a part that is repeated until the other side has enough."""

    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield part
            await asyncio.sleep(0)

    async def fault(server: ChatServer) -> Response:
        return StreamingResponse(parts(), media_type="application/json")

    return fault


async def dripping(server: ChatServer) -> Response:
    """Answer with one blank after the other, slowly enough to never end and fast enough to never be silent."""

    async def parts() -> AsyncIterator[bytes]:
        while not server.over.is_set():
            yield b" "
            try:
                await asyncio.wait_for(server.over.wait(), 0.02)
            except TimeoutError:
                continue

    return StreamingResponse(parts(), media_type="application/json")


async def silence(server: ChatServer) -> Response:
    """Answer nothing at all."""
    await server.over.wait()
    return Response(status_code=500)


async def hang_up(server: ChatServer) -> Response:
    """Break the connection in the middle of the answer."""

    async def parts() -> AsyncIterator[bytes]:
        yield b'{"choices": ['
        raise ConnectionResetError

    return StreamingResponse(parts(), media_type="application/json", headers={"content-length": "1000"})


def obedient(asked: Asked) -> str:
    """Write what the mail wants: its category with probability 1, and its own words as the answer."""
    material: dict[str, dict[str, str]] = json.loads(asked.material)
    properties = asked.schema["properties"]
    assert isinstance(properties, dict)
    if "category" in properties:
        categories = list(properties["category"]["enum"])
        text = json.dumps(material)
        named = [name for name in categories if re.search(rf"\b{re.escape(name)}\b", text)]
        wanted = named[0] if named else "refund"
        return json.dumps({"category": wanted, "priority": "low", "sentiment": "positive", "probability": 1.0})
    articles = properties["sentences"]["items"]["properties"]["articles"]["items"]["enum"]
    text = material["question"]["text"] or material["question"]["subject"]
    sentences = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()][:20]
    return json.dumps({"sentences": [{"text": one[:600], "articles": list(articles)[:10]} for one in sentences]})


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """Run a server on a free port."""
    server = ChatServer()
    app = FastAPI()

    async def completions(request: Request) -> Response:
        read = (await request.body()).decode()
        return await server.respond(Asked(path=str(request.url), headers=dict(request.headers), body=read))

    app.add_api_route("/{path:path}", completions, methods=["GET", "POST"], response_model=None)
    # With the protocol named asyncio sends small answers at once; else each waits 40 ms for an acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server.port = listening.getsockname()[1]
    config = uvicorn.Config(
        app, lifespan="off", ws="none", log_config=None, date_header=False, timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    loops: list[asyncio.AbstractEventLoop] = []
    ready = threading.Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        ready.set()
        await running.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loops[0].call_soon_threadsafe(server.over.set)
        running.should_exit = True
        thread.join()
        listening.close()
