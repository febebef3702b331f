"""A real SMTP server (aiosmtpd) on 127.0.0.1 in a thread, which can be told to misbehave at any point.

```python
with smtp_server() as server:
    server.faults.append(Fault(phase=Phase.RCPT, act="550 5.1.1 no such user"))
```
"""

# ruff: noqa: N802 -- aiosmtpd finds commands and hooks by these names.

import asyncio
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from enum import StrEnum

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from servers.certificates import Certificates

USERNAME, PASSWORD, TOKEN = "support@example.com", "right horse", "ya29.good-token"
SIZE_LIMIT = 2_000_000


class Phase(StrEnum):
    """Where a server may misbehave. `CONTENT`: amid it; `FINAL`: has it all, drops it; `ACCEPTED`: keeps it."""

    CONNECT = "connect"
    EHLO = "ehlo"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    FINAL = "final"
    ACCEPTED = "accepted"
    RSET = "rset"


DROP = "drop"
SILENCE = "silence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens at `phase`, `times` times: a whole answer (`450 …`), `DROP`, `SILENCE`, or first a pause."""

    phase: Phase
    act: str = ""
    pause_seconds: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One message that the server took, as it came, and the connection (1, 2, …) it came through."""

    mail_from: str
    recipients: tuple[str, ...]
    options: tuple[str, ...]
    content: bytes
    message_id: str
    connection: int
    encrypted: bool


@dataclass(slots=True, kw_only=True)
class SmtpServer:
    """The server: how it behaves, what it saw, and its `port`, which stays the same over `stop` and `start`.

    `mechanisms` are offered for logging in; none means that nobody needs to. `logins` are (mechanism, username, right);
    `silent` is set once a fault made it fall silent.
    """

    certificates: Certificates | None = None
    implicit_tls: bool = False
    mechanisms: tuple[str, ...] = ()
    utf8: bool = True
    size_limit: int | None = SIZE_LIMIT
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    faults: list[Fault] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    logins: list[tuple[str, str, bool]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    open_now: int = 0
    port: int = 0
    silent: threading.Event = field(default_factory=threading.Event)
    _stopping: "asyncio.Event | None" = None
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen on a free port, or on the port of the last time."""
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listening, ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._thread is not None and self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)
            self._thread = None

    async def _serve(self, listening: socket.socket, ready: threading.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        context = _server_context(self.certificates) if self.certificates else None
        peers: list[_Peer] = []

        def accept() -> _Peer:
            peers.append(_Peer(self, None if self.implicit_tls else context))
            return peers[-1]

        listener = await self._loop.create_server(accept, sock=listening, ssl=context if self.implicit_tls else None)
        ready.set()
        await self._stopping.wait()
        listener.close()
        for peer in peers:
            peer.hang_up()
        await listener.wait_closed()

    def fault(self, phase: Phase) -> Fault | None:
        """Return the next fault of `phase` and count it down."""
        for place, fault in enumerate(self.faults):
            if fault.phase is phase:
                left = fault.times - 1
                rest = Fault(phase=phase, act=fault.act, pause_seconds=fault.pause_seconds, times=left)
                self.faults[place : place + 1] = [rest] if left else []
                return fault
        return None


class _Peer(SMTP):
    """One connection: aiosmtpd, asked before each command whether a fault is due."""

    def __init__(self, server: SmtpServer, context: ssl.SSLContext | None) -> None:
        offered = set(server.mechanisms)
        super().__init__(
            _Hooks(server),
            loop=asyncio.get_running_loop(),
            hostname="mail.example.com",
            tls_context=context,
            require_starttls=context is not None,
            auth_require_tls=context is not None,
            auth_exclude_mechanism=sorted({"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"} - offered),
            authenticator=_Passwords(server),
            enable_SMTPUTF8=server.utf8,
            data_size_limit=server.size_limit,
            timeout=60,
        )
        self.command_size_limits["AUTH"] = 12_288  # RFC 4954 section 4.
        self._script = server
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if not self._counted:
            self._counted = True
            self._script.connections += 1
            self._script.open_now += 1
            self.number = self._script.connections

    def connection_lost(self, error: Exception | None) -> None:
        self._script.open_now -= 1 if self.transport is not None else 0
        super().connection_lost(error)

    def hang_up(self) -> None:
        """Reset the connection."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def misbehave(self, phase: Phase) -> str:
        """Return the answer that a fault puts in place of the right one, empty without a fault."""
        fault = self._script.fault(phase)
        if fault is None:
            return ""
        await asyncio.sleep(fault.pause_seconds)
        if fault.act == DROP:
            self.hang_up()
            raise asyncio.CancelledError
        if fault.act == SILENCE:
            self._script.silent.set()
            await asyncio.Event().wait()
        return fault.act

    async def _refused(self, phase: Phase) -> bool:
        self._script.commands.append(phase.value)
        answer = await self.misbehave(phase)
        if answer:
            await self.push(answer)
        if answer.startswith("421"):
            self._writer.close()
            raise asyncio.CancelledError
        return bool(answer)

    async def _handle_client(self) -> None:
        if await self._refused(Phase.CONNECT):
            self._writer.close()
        else:
            await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._refused(Phase.EHLO):
            await super().smtp_EHLO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._refused(Phase.AUTH):
            await super().smtp_AUTH(arg)

    async def smtp_QUIT(self, arg: str) -> None:
        self._script.commands.append("quit")
        await super().smtp_QUIT(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if self._script.mechanisms and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 Authentication required")
        elif not await self._refused(Phase.MAIL):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._refused(Phase.RCPT):
            await super().smtp_RCPT(arg)

    async def smtp_RSET(self, arg: str) -> None:
        if not await self._refused(Phase.RSET):
            await super().smtp_RSET(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if await self._refused(Phase.DATA):
            return
        if any(fault.phase is Phase.CONTENT for fault in self._script.faults):
            await self.push("354 go ahead")
            await self._reader.readuntil(b"\r\n")
            if await self._refused(Phase.CONTENT):
                return
        await super().smtp_DATA(arg)


class _Hooks:
    """Takes messages, and knows the log-ins that aiosmtpd does not."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    async def handle_DATA(self, peer: _Peer, session: Session, envelope: Envelope) -> str:
        refusal = await peer.misbehave(Phase.FINAL)
        if refusal:
            return refusal
        content = envelope.original_content or b""
        options = tuple(envelope.mail_options)
        message_id = str(message_from_bytes(content).get("Message-ID", ""))
        recipients = tuple(str(one) for one in envelope.rcpt_tos)
        self._server.accepted.append(
            Accepted(
                mail_from=envelope.mail_from or "",
                recipients=recipients,
                options=options,
                content=content,
                message_id=message_id,
                connection=peer.number,
                encrypted=session.ssl is not None or self._server.implicit_tls,
            )
        )
        return await peer.misbehave(Phase.ACCEPTED) or "250 2.0.0 accepted"

    async def auth_XOAUTH2(self, peer: _Peer, args: list[str]) -> AuthResult:
        fields = b64decode(args[1]).decode().split("\x01")
        return self._bearer("XOAUTH2", fields[0].removeprefix("user="), fields[1].removeprefix("auth=Bearer "))

    async def auth_OAUTHBEARER(self, peer: _Peer, args: list[str]) -> AuthResult:
        header, *fields = b64decode(args[1]).decode().split("\x01")
        name = header.removeprefix("n,a=").removesuffix(",")
        return self._bearer("OAUTHBEARER", name, fields[-3].removeprefix("auth=Bearer "))

    def _bearer(self, mechanism: str, username: str, token: str) -> AuthResult:
        right = username == USERNAME and token in self._server.tokens
        self._server.logins.append((mechanism, username, right))
        return AuthResult(success=right, handled=False)


class _Passwords:
    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def __call__(
        self, peer: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
    ) -> AuthResult:
        right = (given.login, given.password) == (USERNAME.encode(), PASSWORD.encode())
        self._server.logins.append((mechanism, given.login.decode(), right))
        return AuthResult(success=right, handled=False)


def _server_context(made: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate_file, made.key_file)
    return context


@contextmanager
def smtp_server(
    *, certificates: Certificates | None = None, implicit_tls: bool = False, mechanisms: tuple[str, ...] = ()
) -> Iterator[SmtpServer]:
    """Run a server: in clear, with STARTTLS where there are `certificates`, or with TLS from the beginning."""
    server = SmtpServer(certificates=certificates, implicit_tls=implicit_tls, mechanisms=mechanisms)
    server.start()
    try:
        yield server
    finally:
        server.stop()
