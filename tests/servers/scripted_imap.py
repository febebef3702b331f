"""An IMAP server that says what a test tells it to, for what no real server at hand does."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"


@dataclass(slots=True, kw_only=True)
class ScriptedImap:
    """`answers` are what follows a command that begins with a key: untagged lines, then the end (`OK`, `NO …`).

    Any other command is answered with OK. `asked` are the commands without their tags.
    """

    answers: Mapping[str, tuple[str, ...]]
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, line: str) -> str:
        """Return what to send for one line of the client."""
        tag, _, command = line.partition(" ")
        self.asked.append(command)
        found = (lines for start, lines in self.answers.items() if command.startswith(start))
        *untagged, end = next(found, ("OK done",))
        return "".join(f"{one}\r\n" for one in (*untagged, f"{tag} {end}"))


@contextmanager
def running_scripted_imap(answers: Mapping[str, tuple[str, ...]]) -> Iterator[ScriptedImap]:
    """Run one on a free loopback port."""
    script = ScriptedImap(answers=answers)

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK hello\r\n")
            for line in self.rfile:
                self.wfile.write(script.answer(line.decode().rstrip("\r\n")).encode())
                if script.asked[-1].startswith("LOGOUT"):
                    return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server((LOOPBACK, 0), Session) as server:
        script.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
