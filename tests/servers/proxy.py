"""A TCP proxy that can swallow everything or reset its connections, as bad networks do."""

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LOOPBACK = "127.0.0.1"
WAIT_SECONDS = 20.0


class Proxy:
    """Forwards a loopback port to another, and keeps what the client said, as it came over the wire."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._changed = threading.Condition()
        self._peers: dict[socket.socket, socket.socket] = {}
        self._clients: set[socket.socket] = set()
        self._said = b""
        self._ended = False
        self._swallowing = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait_for(self, words: bytes) -> None:
        """Return once clients have said `words` since `forget`; fails after 20 s."""
        self.wait_until(lambda said: words in said)

    def wait_until(self, enough: Callable[[bytes], bool]) -> None:
        """Return once `enough` is true of what clients have said since `forget`; fails after 20 s."""
        with self._changed:
            assert self._changed.wait_for(lambda: enough(self._said), WAIT_SECONDS)

    def wait_for_no_connection(self) -> None:
        """Return once no client is connected; fails after 20 s."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._clients, WAIT_SECONDS)

    def said(self) -> bytes:
        """Return what clients have said since `forget`."""
        with self._changed:
            return self._said

    def forget(self) -> None:
        """Forget what clients have said."""
        with self._changed:
            self._said = b""

    def swallow(self) -> None:
        """Keep connections and take what is sent, but pass nothing on any more."""
        with self._changed:
            self._swallowing = True

    def forward(self) -> None:
        """Pass things on again, on new connections: what was swallowed is gone, so the old ones are reset."""
        with self._changed:
            self._swallowing = False
        self.reset()

    def reset(self) -> None:
        """Reset all connections (TCP RST), and forget what was said."""
        with self._changed:
            self._said = b""
            for client in tuple(self._clients):
                # Lingering for no time makes closing a reset.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self._part(client)
        self._wake.send(b"x")

    def close(self) -> None:
        """End all connections and the thread."""
        with self._changed:
            self._ended = True
        self._wake.send(b"x")
        self._thread.join()
        for one in (*self._peers, self._listener, self._wake, self._woken):
            one.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                if self._ended:
                    return
                watched = [self._listener, self._woken, *self._peers]
            with suppress(ValueError, OSError):  # One of them was closed by `reset` meanwhile.
                ready, _, _ = select.select(watched, [], [])
                for one in ready:
                    self._serve(one)

    def _serve(self, one: socket.socket) -> None:
        with self._changed:
            if one is self._listener:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection((LOOPBACK, self._target_port))
                except OSError:
                    client.close()
                    raise
                self._peers |= {client: server, server: client}
                self._clients.add(client)
            elif one is self._woken:
                self._woken.recv(100)
            elif one in self._peers:
                self._pass_on(one)
            self._changed.notify_all()

    def _pass_on(self, one: socket.socket) -> None:
        received = b""
        with suppress(OSError):
            received = one.recv(65536)
        if not received:
            self._part(one)
            return
        if one in self._clients:
            self._said += received
        if not self._swallowing:
            with suppress(OSError):
                self._peers[one].sendall(received)

    def _part(self, one: socket.socket) -> None:
        other = self._peers.pop(one, None)
        if other is not None:
            self._peers.pop(other, None)
            self._clients -= {one, other}
            one.close()
            other.close()
            self._changed.notify_all()


@contextmanager
def running_proxy(target_port: int) -> Iterator[Proxy]:
    """Give a proxy to a loopback port."""
    proxy = Proxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
