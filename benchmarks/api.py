"""Status and lists of the API over a grown store while the engine works at half its rate: the quantiles of each."""

import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import httpx

from benchmarks import main_job
from benchmarks.progress import say
from postroom.bootstrap import MAILBOX_ID, Postroom, open_postroom
from postroom.bootstrap.web import open_web
from postroom.engine.runtime import Engine
from postroom.intake.accept import accept
from postroom.logs import configure_logging
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.email import RawEmail
from postroom.model.user import Permission, Role, User, UserId
from postroom.providers.mock.generate import generate
from postroom.settings import Settings

STORED = 100_000
REQUESTS_PER_SECOND = 50
SECONDS = 40
TICK_SECONDS = 0.1
TOKEN = "a-token-that-only-this-benchmark-knows"
WORKFLOW = "/api/v1/visual/workflows/customer_support"
ENDPOINTS = {
    "status": f"{WORKFLOW}/status",
    "status_of_one": f"{WORKFLOW}/status?execution_id={{execution_id}}",
    "logs": f"{WORKFLOW}/logs",
    "logs_of_errors": f"{WORKFLOW}/logs?level=error",
    "executions": "/api/v1/executions",
    "executions_failed": "/api/v1/executions?status=failed",
    "emails": "/api/v1/emails",
    "conversations": "/api/v1/conversations",
    "reviews": "/api/v1/reviews",
    "search": "/api/v1/search?q=delivery",
}


def measure() -> dict[str, object]:
    """Return milliseconds by endpoint at 50 requests a second, over 100,000 executions, with the engine at work."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        models = folder / "models"
        full = [
            json.loads(_process("benchmarks.main_job", "run", str(folder / f"rate-{n}"), str(models), str(n)))
            for n in range(3)
        ]
        rate = statistics.median(one["per_second"] for one in full) / 2
        say(f"storing {STORED} e-mails")
        _process("benchmarks.main_job", "fill", str(folder / "stored"), str(models), str(STORED))
        say(f"asking {REQUESTS_PER_SECOND} times a second, engine at {rate:.0f} e-mails/s")
        found: dict[str, object] = asyncio.run(_asked(folder / "stored", rate))
    return {"stored": STORED, "engine_per_second": round(rate, 1), "requests_per_second": REQUESTS_PER_SECOND} | found


async def _asked(folder: Path, rate: float) -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks.api", str(folder), str(rate)]
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    url = (await server.stdout.readline()).decode().strip()
    seconds: dict[str, list[float]] = defaultdict(list)
    late: list[float] = []
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
        first = (await client.get("/api/v1/executions")).raise_for_status().json()
        execution_id = first["rows"][0]["id"]
        names = random.Random(1).choices(list(ENDPOINTS), k=REQUESTS_PER_SECOND * SECONDS)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number, name in enumerate(names):
                due = began + number / REQUESTS_PER_SECOND
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                late.append(time.monotonic() - due)
                path = ENDPOINTS[name].format(execution_id=execution_id)
                group.create_task(_ask(client, path, seconds[name]))
    server.terminate()
    told = (await server.stdout.read()).decode()
    await server.wait()
    everything = [one for found in seconds.values() for one in found]
    return {
        "all": _quantiles(everything),
        "by_endpoint": {name: _quantiles(found) for name, found in seconds.items()},
        "asked_late_ms_p95": round(_quantile(late, 0.95) * 1000, 1),
        "engine_ended_per_second": round(float(told.splitlines()[-1]), 1),
    }


async def _ask(client: httpx.AsyncClient, path: str, into: list[float]) -> None:
    began = time.monotonic()
    (await client.get(path)).raise_for_status()
    into.append(time.monotonic() - began)


async def serve(folder: Path, rate: float) -> None:
    """Serve the API of `folder` while `rate` e-mails a second arrive; print the address, and at the end the rate."""
    async with _at_work(folder) as (postroom, engine):
        await _let_in(postroom)
        async with open_web(postroom, engine) as web, asyncio.TaskGroup() as group:
            serving = group.create_task(web.serve(postroom.settings))
            print(web.url, flush=True)
            began = time.monotonic()
            ended = await _arrive(postroom, engine, rate)
            print(ended / (time.monotonic() - began), flush=True)
            serving.cancel()


async def _arrive(postroom: Postroom, engine: Engine, rate: float) -> int:
    """Let mail arrive until nobody reads any more, which SIGTERM says; return how many executions were accepted."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(15, stop.set)
    mails = iter(generate(5000, int(rate * SECONDS * 3), start=main_job.START))
    began, count = time.monotonic(), 0
    while not stop.is_set():
        due = int((time.monotonic() - began) * rate) - count
        batch = [mail for _, mail in zip(range(due), mails, strict=False)]
        if batch:
            raws = [_raw(mail.content, count + number) for number, mail in enumerate(batch)]
            await accept(postroom.intake, [(raw, raw.uid) for raw in raws])
            engine.wake()
            count += len(batch)
        await asyncio.sleep(TICK_SECONDS)
    return count


def _raw(content: bytes, number: int) -> RawEmail:
    return RawEmail(
        mailbox_id=MAILBOX_ID,
        uid_validity="bench",
        uid=str(number),
        received_at=main_job.START,
        content=content,
    )


@asynccontextmanager
async def _at_work(folder: Path) -> AsyncIterator[tuple[Postroom, Engine]]:
    settings = Settings(data_dir=folder, mode="automatic", mailbox_kind="mock", api_port=0)
    async with open_postroom(settings) as postroom:
        engine = postroom.engine()
        await engine.start()
        try:
            yield postroom, engine
        finally:
            await engine.stop()


async def _let_in(postroom: Postroom) -> None:
    now = postroom.services.clock.now()
    user = User(id=UserId("us_b"), name="bench", display_name="Bench", role=Role.ADMIN, created_at=now, updated_at=now)
    await postroom.stores.users.add(user)
    await postroom.stores.credentials.add(
        Credential(
            id=CredentialId("cr_b"),
            kind=CredentialKind.TOKEN,
            digest=sha256(TOKEN.encode()).hexdigest(),
            user_id=user.id,
            created_at=now,
            expires_at=None,
            scopes=tuple(Permission),
        )
    )


def _quantiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{round(share * 100)}_ms": round(_quantile(seconds, share) * 1000, 1) for share in (0.5, 0.95, 0.99)}


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _process(module: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True, timeout=3600, check=True
    )
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    configure_logging("ERROR", "console")
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2])))
