"""A token endpoint (RFC 6749) on 127.0.0.1 in a thread, which answers as it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass(slots=True, kw_only=True)
class TokenEndpoint:
    """The endpoint: `answers` are (status, fields) to give in turn, then a token of an hour each; `asked` are forms.

    Tokens are called `token-1`, `token-2` … in the order they were given.
    """

    port: int = 0
    lifetime_seconds: int | str = 3600
    answers: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address to ask."""
        return f"http://127.0.0.1:{self.port}/token"

    def answer(self, form: dict[str, str]) -> tuple[int, bytes]:
        """Return the status and body for one question."""
        self.asked.append(form)
        if self.answers:
            status, fields = self.answers.pop(0)
        else:
            token = f"token-{len(self.asked)}"
            status, fields = 200, {"access_token": token, "expires_in": self.lifetime_seconds, "token_type": "Bearer"}
        return status, json.dumps(fields).encode()


@contextmanager
def token_endpoint() -> Iterator[TokenEndpoint]:
    """Run an endpoint on a free port."""
    endpoint = TokenEndpoint()

    class Questions(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer = endpoint.answer({name: values[0] for name, values in parse_qs(body).items()})
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name is the library's
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Questions) as server:
        endpoint.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


def new_private_key() -> str:
    """Return a new RSA key in PEM form, as a service account has one."""
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
