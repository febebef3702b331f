"""The other side, in a process of its own: a real Dovecot, an SMTP server, and the wires that lead to them."""

import asyncio
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import NoReturn

from pydantic import BaseModel

from servers.dovecot import Dovecot, running_dovecot
from servers.smtp import Accepted, Fault, SmtpServer
from torture.talk import ImapTalk, SmtpTalk, Witness
from torture.wire import Trap, Traps, Wire

ANSWER_LIMIT_BYTES = 50_000_000


class Order(BaseModel):
    """What the other side shall do, in this order; what is left out stays as it is."""

    restart_imap: bool = False
    drop_connections: bool = False
    faults: tuple[Fault, ...] | None = None
    traps: tuple[Trap, ...] | None = None
    child: int | None = None


class Kept(BaseModel):
    """A message that the SMTP server took and kept, whether or not anybody heard of it."""

    message_id: str
    in_reply_to: str


class Report(BaseModel):
    """What happened since the last report, and in all: contents begun, and answers to them that were passed on.

    `confirmed` are Message-IDs that a 2xx was passed on for; `armed` is how many traps have not gone off.
    """

    kept: tuple[Kept, ...]
    confirmed: tuple[str, ...]
    begun: int
    answered: int
    armed: int


class Ports(BaseModel):
    """Where everything is: Dovecot's own ports and folder for the harness, the wires' ports for the child."""

    imap: int
    imaps: int
    lmtp: int
    folder: Path
    ca_file: Path
    imap_wire: int
    smtp_wire: int


class Peers:
    """The harness's hold on the other side."""

    def __init__(self, talk: socket.socket) -> None:
        """Wait until the servers run.

        Raises:
            RuntimeError: they cannot be started.
        """
        self._talk = talk
        self._file = talk.makefile("rw")
        ready = self._file.readline()
        if not ready:
            raise RuntimeError("The servers did not start; the reason stands above.")
        self.ports = Ports.model_validate_json(ready)
        self.dovecot = Dovecot(
            folder=self.ports.folder,
            imap_port=self.ports.imap,
            imaps_port=self.ports.imaps,
            lmtp_port=self.ports.lmtp,
            ca_file=self.ports.ca_file,
            tokens={},
        )

    def do(self, order: Order) -> Report:
        """Have something done and return what happened up to now.

        Raises:
            EOFError: the other side is gone.
        """
        self._file.write(order.model_dump_json() + "\n")
        self._file.flush()
        line = self._file.readline()
        if not line:
            raise EOFError("The process of the servers has ended.")
        return Report.model_validate_json(line)

    def let_go(self) -> None:
        """Forget the other side in a forked child: it must end with the harness, however that ends."""
        os.close(self._talk.fileno())


@contextmanager
def other_side(user: str) -> Iterator[Peers]:
    """Run the servers in a forked process, with a mailbox for `user`; no thread runs in this one."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        ours.close()
        _serve_and_leave(theirs, user)
    theirs.close()
    with ours:
        try:
            yield Peers(ours)
        finally:
            ours.shutdown(socket.SHUT_RDWR)
            os.waitpid(child, 0)


def _serve_and_leave(talk: socket.socket, user: str) -> NoReturn:
    """Serve in this forked process and leave it without any clean-up of the parent's."""
    # Dovecot is ended in any case. SIGHUP comes to a whole group that loses its shell while one of it is stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        _serve(talk, user)
    except BaseException:  # noqa: BLE001 - whatever it is, this process must not go on as the parent.
        traceback.print_exc()
        os._exit(5)
    os._exit(0)


def _serve(talk: socket.socket, user: str) -> None:
    sink = SmtpServer()
    # Never stopped: it ends with this process, even where it was told to be silent for ever.
    sink.start()
    with running_dovecot() as dovecot:
        dovecot.add_user(user)
        with dovecot.session(user) as session:
            session.create_folder("Sent")
        asyncio.run(_OtherSide(dovecot, sink).obey(talk))


class _OtherSide:
    def __init__(self, dovecot: Dovecot, sink: SmtpServer) -> None:
        self._dovecot = dovecot
        self._sink = sink
        self._traps = Traps()
        self._witness = Witness()
        self._kept = 0
        self._confirmed = 0

    async def obey(self, talk: socket.socket) -> None:
        imap = Wire(self._dovecot.imap_port, self._traps, ImapTalk)
        smtp = Wire(self._sink.port, self._traps, lambda: SmtpTalk(self._witness))
        async with await imap.listen() as imap_server, await smtp.listen() as smtp_server:
            reader, writer = await asyncio.open_connection(sock=talk, limit=ANSWER_LIMIT_BYTES)
            ports = Ports(
                imap=self._dovecot.imap_port,
                imaps=self._dovecot.imaps_port,
                lmtp=self._dovecot.lmtp_port,
                folder=self._dovecot.folder,
                ca_file=self._dovecot.ca_file,
                imap_wire=imap_server.sockets[0].getsockname()[1],
                smtp_wire=smtp_server.sockets[0].getsockname()[1],
            )
            writer.write(ports.model_dump_json().encode() + b"\n")
            while line := await reader.readline():
                order = Order.model_validate_json(line)
                if order.drop_connections:
                    imap.drop_all()
                    smtp.drop_all()
                await self._carry_out(order)
                writer.write(self._report().model_dump_json().encode() + b"\n")
                await writer.drain()
            await imap.close()
            await smtp.close()

    async def _carry_out(self, order: Order) -> None:
        if order.restart_imap:
            await asyncio.to_thread(self._dovecot.restart)
        if order.faults is not None:
            self._sink.faults[:] = order.faults
        if order.traps is not None:
            self._traps.set(order.traps)
            self._traps.aim(order.child)
        elif order.child is not None:
            self._traps.aim(order.child)

    def _report(self) -> Report:
        kept, confirmed = self._sink.accepted[self._kept :], self._witness.confirmed[self._confirmed :]
        self._kept += len(kept)
        self._confirmed += len(confirmed)
        return Report(
            kept=tuple(_kept(one) for one in kept),
            confirmed=tuple(confirmed),
            begun=self._witness.begun,
            answered=self._witness.answered,
            armed=len(self._traps.waiting),
        )


def _kept(message: Accepted) -> Kept:
    headers = BytesHeaderParser().parsebytes(message.content)
    return Kept(message_id=message.message_id, in_reply_to=str(headers.get("In-Reply-To", "")))
