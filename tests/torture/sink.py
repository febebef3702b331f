"""The sink: a process of its own that writes down every message it accepts and never deduplicates; and its sender."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from email.parser import BytesHeaderParser
from pathlib import Path

from postroom.interfaces.provider import Claim, Delivery, SendResult
from postroom.model.reply import OutgoingEmail
from torture.borders import Borders


def serve(address: Path, log: Path) -> None:
    """Accept messages for ever; each is in `log` and flushed before its sender hears of it."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(address))
    server.listen(64)
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    while True:
        connection, _ = server.accept()
        with connection:
            message = _receive(connection)
            if message is None:
                continue
            headers = BytesHeaderParser().parsebytes(message)
            entry = {"message_id": headers["Message-ID"], "in_reply_to": headers["In-Reply-To"], "to": headers["To"]}
            os.write(descriptor, json.dumps(entry).encode() + b"\n")
            os.fsync(descriptor)
            try:
                connection.sendall(b"OK")
            except OSError:
                continue  # The sender died before it heard of it: that is what the harness is about.


def _receive(connection: socket.socket) -> bytes | None:
    try:
        head = _exactly(connection, 4)
        return None if head is None else _exactly(connection, struct.unpack("!I", head)[0])
    except OSError:
        return None


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    found = b""
    while len(found) < size:
        piece = connection.recv(size - len(found))
        if not piece:
            return None
        found += piece
    return found


class SinkSender:
    """Sends to the sink, one connection per message, with a border in each phase."""

    def __init__(self, address: Path, borders: Borders) -> None:
        self._address = address
        self._borders = borders

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        """Connect, claim, hand over, and wait for the answer."""
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._address))
        except OSError as error:
            return SendResult(delivery=Delivery.DEFERRED, detail=str(error))
        try:
            self._borders.cross("sender:connected")
            granted = await claim()
            if granted is not Claim.GRANTED:
                return SendResult(delivery=Delivery.NOT_CLAIMED, claim=granted)
            self._borders.cross("sender:claimed")
            body = struct.pack("!I", len(message.content)) + message.content
            writer.write(body[: len(body) // 2])
            await writer.drain()
            self._borders.cross("sender:half")
            writer.write(body[len(body) // 2 :])
            await writer.drain()
            answer = await asyncio.wait_for(reader.read(2), timeout=30)
            self._borders.cross("sender:accepted")
        except (OSError, TimeoutError) as error:
            return SendResult(delivery=Delivery.UNCERTAIN, detail=str(error))
        finally:
            writer.close()
        return SendResult(delivery=Delivery.SENT if answer == b"OK" else Delivery.UNCERTAIN)

    async def find(self, message_id: str) -> bool | None:
        """Tell nothing: a real SMTP server does not, either."""
        del message_id
        return None

    async def check(self) -> str:
        """Say where it sends."""
        return f"the sink at {self._address}"

    async def close(self) -> None:
        """Have nothing to let go of: each message has a connection of its own."""
