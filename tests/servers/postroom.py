"""A whole Postroom in a process of its own: `postroom serve` on a free port, with generated mail."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PASSWORD = "correct horse battery staple"
LINK = re.compile(r"(http://\S+)/welcome#(\S+)")
STOP_SECONDS = 30


@dataclass(slots=True, kw_only=True)
class RunningPostroom:
    """A running Postroom: its address, and what it said so far."""

    url: str
    process: subprocess.Popen[str]
    admin: httpx.Client
    said: list[str] = field(default_factory=list)

    def token(self, name: str, role: str) -> str:
        """Return an API token of a new user with that role (of the administrator for `admin`)."""
        scopes = {"viewer": ["read"], "agent": ["read", "decide", "operate"]}
        scopes["admin"] = [*scopes["agent"], "configure", "administer"]
        if role == "admin":
            return _token_of(self.admin, name, scopes[role])
        invited = self.admin.post("/api/v1/users", json={"name": name, "role": role})
        assert invited.status_code == 201, invited.text
        with browser(self.url) as client:
            accept(client, invited.json()["secret"])
            return _token_of(client, name, scopes[role])


def _token_of(client: httpx.Client, name: str, scopes: list[str]) -> str:
    made = client.post("/api/v1/tokens", json={"name": name, "scopes": scopes})
    assert made.status_code == 201, made.text
    return str(made.json()["secret"])


def browser(url: str) -> httpx.Client:
    """Return a client that keeps cookies and says where it comes from, as a browser does."""
    return httpx.Client(base_url=url, headers={"Origin": url}, timeout=30)


def accept(client: httpx.Client, secret: str, *, name: str | None = None) -> None:
    """Accept an invitation; the client is logged in then."""
    form = {"secret": secret, "password": PASSWORD} | ({"name": name, "display_name": name} if name else {})
    accepted = client.post("/api/v1/invitations/accept", json=form)
    assert accepted.is_success, accepted.text


@contextmanager
def running_postroom(folder: Path, models: Path, settings: Mapping[str, str]) -> Iterator[RunningPostroom]:
    """Give a Postroom with a data folder in `folder`, administered by `root`."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    (data / "models").symlink_to(models)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("POSTROOM_")}
    environment = clean | {"POSTROOM_DATA_DIR": str(data), "POSTROOM_API_PORT": "0"} | dict(settings)
    command = [sys.executable, "-c", "from postroom.cli import main; main()", "serve"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    try:
        url, secret = _link(process, said)
        # Read on, so that it never waits for somebody who reads its log.
        reader = threading.Thread(target=_read_on, args=(process, said), daemon=True)
        reader.start()
        with browser(url) as admin:
            accept(admin, secret, name="root")
            yield RunningPostroom(url=url, process=process, admin=admin, said=said)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _link(process: subprocess.Popen[str], said: list[str]) -> tuple[str, str]:
    assert process.stderr is not None
    for line in process.stderr:
        said.append(line)
        found = LINK.search(line)
        if found is not None:
            return found[1], found[2]
    raise AssertionError(f"It ended before it served: {''.join(said)}")


def _read_on(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stderr is not None
    said.extend(process.stderr)
