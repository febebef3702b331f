"""Schemathesis against the API of a whole Postroom: what the OpenAPI document says is what the server does."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from servers.postroom import RunningPostroom, running_postroom

RULES = Path(__file__).with_name("schemathesis.toml")
ROLES = ("admin", "agent", "viewer", "nobody")
SEED = "7"
# A part of what the long look does: who may do everything gets most of it.
SHORT_SECONDS = {"admin": 15, "agent": 4, "viewer": 4, "nobody": 4}
LONG_EXAMPLES = 50
# A request that takes longer hangs: even trials of accounts give up before.
REQUEST_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Fuzzed:
    """A running Postroom, and the token and the user that a run may take away."""

    postroom: RunningPostroom
    token_id: str
    user_id: str

    def run(self, role: str, folder: Path, *options: str) -> None:
        """Run Schemathesis in `folder` as a new user with that role; it must find nothing."""
        token = "" if role == "nobody" else self.postroom.token(f"{role}-{folder.name}", role)
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(RULES), "run",
            f"{self.postroom.url}/api/v1/openapi.json", "--checks", "all",
            "--seed", SEED, "--no-color",
            "--request-timeout", str(REQUEST_SECONDS), "--generation-database", "none", *options,
        ]  # fmt: skip
        if token:
            command += ["--header", f"Authorization: Bearer {token}"]
        told = {"FUZZED_TOKEN": self.token_id, "FUZZED_USER": self.user_id}
        done = subprocess.run(
            command, cwd=folder, env=os.environ | told, capture_output=True, text=True, check=False, timeout=3600
        )
        assert done.returncode == 0, done.stdout + done.stderr
        self._still_stands(token)

    def _still_stands(self, token: str) -> None:
        with httpx.Client(base_url=self.postroom.url) as client:
            assert client.get("/health/ready").json()["status"] == "ok"
            if token:
                # Otherwise much of the run was only refused.
                who = client.get("/api/v1/sessions/current", headers={"Authorization": f"Bearer {token}"})
                assert who.status_code == 200
        assert [line for line in self.postroom.said if "request_broke" in line] == []


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Fuzzed]:
    settings = {"POSTROOM_MAILBOX_KIND": "mock", "POSTROOM_MOCK_EMAILS": "30", "POSTROOM_MODE": "review"}
    with running_postroom(tmp_path_factory.mktemp("fuzz"), models, settings) as postroom:
        postroom.token("prey", "viewer")
        users = postroom.admin.get("/api/v1/users").json()["rows"]
        tokens = postroom.admin.get("/api/v1/tokens/all").json()["rows"]
        yield Fuzzed(
            postroom=postroom,
            token_id=next(one["id"] for one in tokens if one["name"] == "prey"),
            user_id=next(one["id"] for one in users if one["name"] == "prey"),
        )


@pytest.mark.parametrize("role", ROLES)
def test_a_short_look_finds_nothing(fuzzed: Fuzzed, role: str, tmp_path: Path) -> None:
    # Without coverage: its thousands of cases are for the long look.
    phases = "examples,fuzzing,stateful"
    fuzzed.run(role, tmp_path, "--phases", phases, "--max-examples", "1", "--max-time", str(SHORT_SECONDS[role]))


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_a_long_look_finds_nothing(fuzzed: Fuzzed, role: str, tmp_path: Path) -> None:
    phases = "examples,coverage,fuzzing,stateful"
    fuzzed.run(role, tmp_path, "--phases", phases, "--max-examples", str(LONG_EXAMPLES))
