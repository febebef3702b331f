"""The whole main job: parse, classify, answer, store, write the reply; and how its rate depends on what is stored."""

import asyncio
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.progress import say
from postroom.bootstrap import MAILBOX_ID, Postroom, open_postroom
from postroom.intake.accept import accept
from postroom.interfaces.stores import Stores
from postroom.logs import configure_logging
from postroom.model.email import RawEmail
from postroom.model.execution import Event, EventKind, Execution, ExecutionStatus, FinalState
from postroom.model.ledger import Acceptance
from postroom.providers.mock.generate import generate
from postroom.settings import Settings

EMAILS = 400
STORED = (1_000, 20_000, 100_000)
ROUNDS = 5
BATCH = 500
START = datetime(2026, 1, 5, 8, tzinfo=UTC)
STEPS = ("email_trigger", "ai_classifier", "priority_router", "auto_responder", "email_sender", "data_logger")


async def run(folder: Path, models: Path, *, seed: int, emails: int = EMAILS) -> dict[str, float]:
    """Receive `emails` generated mails at once and wait until everything rests."""
    share(models, folder)
    raws = list(_mails(seed, emails))
    settings = Settings(data_dir=folder, mode="automatic", mailbox_kind="mock", fast_journal=True)
    async with open_postroom(settings) as postroom:
        engine = postroom.engine()
        await engine.start()
        began, cpu = time.monotonic(), time.process_time()
        for first in range(0, emails, 50):
            await accept(postroom.intake, [(raw, raw.uid) for raw in raws[first : first + 50]])
            engine.wake()
        await engine.quiet()
        seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
        await engine.stop()
    return {
        "per_second": emails / seconds,
        "cpu_ms": cpu_seconds * 1000 / emails,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


async def fill(folder: Path, models: Path, count: int) -> float:
    """Store `count` finished e-mails in bulk, each with the events of a life; return e-mails per second."""
    settings = Settings(data_dir=folder, mode="automatic", mailbox_kind="mock")
    share(models, folder)
    began = time.monotonic()
    async with open_postroom(settings) as postroom:
        for first in range(0, count, BATCH):
            arrived = [_short(index) for index in range(first, min(first + BATCH, count))]
            accepted = await accept(postroom.intake, [(raw, raw.uid) for raw in arrived])
            await asyncio.gather(*(_finish(postroom.stores, postroom, each) for each in accepted))
            if first % 10_000 == 0:
                say(f"filling: {first} of {count}")
    return count / (time.monotonic() - began)


def measure() -> dict[str, object]:
    """Return the main job's figures on an empty store and its rate for each number of stored e-mails."""
    with tempfile.TemporaryDirectory() as place:
        models = Path(place) / "models"
        runs = [_process("run", Path(place) / f"empty-{round_}", models, round_) for round_ in range(ROUNDS)]
        growth = _growth(Path(place), models)
    return {"emails": EMAILS, "empty_store": _medians(runs), "growth": growth}


def _growth(place: Path, models: Path) -> dict[str, object]:
    for count in STORED:
        say(f"storing {count} e-mails")
        _process("fill", place / f"stored-{count}", models, count)
    rates: dict[int, list[float]] = {count: [] for count in STORED}
    for round_ in range(ROUNDS):
        say(f"main job on grown stores, round {round_ + 1} of {ROUNDS}")
        for count in STORED:
            found = _process("run", place / f"stored-{count}", models, 100 + round_)
            rates[count].append(found["per_second"])
    pairs = [last / first for first, last in zip(rates[STORED[0]], rates[STORED[-1]], strict=True)]
    return {
        "per_second": {str(count): round(statistics.median(found), 1) for count, found in rates.items()},
        "ratio_last_to_first": round(statistics.median(pairs), 2),
    }


def _process(what: str, folder: Path, models: Path, number: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.main_job", what, str(folder), str(models), str(number)],
        stdout=subprocess.PIPE,
        text=True,
        timeout=3600,
        check=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]}


def share(models: Path, folder: Path) -> None:
    """Give `folder` the models of `models`, which the first run trains."""
    if not models.exists():
        # In a process of its own: training's memory is not the main job's.
        subprocess.run([sys.executable, "-m", "benchmarks.train_models", str(models)], timeout=600, check=True)
    if not (folder / "models").exists():
        shutil.copytree(models, folder / "models")


def _mails(seed: int, count: int) -> Iterator[RawEmail]:
    for index, mail in enumerate(generate(seed, count, start=START)):
        yield RawEmail(
            mailbox_id=MAILBOX_ID,
            uid_validity=f"seed-{seed}",
            uid=str(index),
            received_at=mail.received_at,
            content=mail.content,
        )


def _short(index: int) -> RawEmail:
    content = (
        f"From: Customer <customer{index % 50_000}@example.org>\nTo: support@lindenhof.example\n"
        f"Message-ID: <stored-{index}@example.org>\nSubject: Order {index}\n\n"
        f"Where is my order {index}? It should have been here by now.\n"
    )
    received = START - timedelta(days=30) + timedelta(seconds=index)
    return RawEmail(
        mailbox_id=MAILBOX_ID, uid_validity="stored", uid=str(index), received_at=received, content=content.encode()
    )


async def _finish(stores: Stores, postroom: Postroom, accepted: Acceptance) -> None:
    assert accepted.execution_id is not None
    queued = await stores.executions.get(accepted.execution_id)
    now = postroom.services.clock.now()
    kinds = (EventKind.NODE_STARTED, EventKind.NODE_SUCCEEDED)
    events = [
        Event(execution_id=queued.id, node_id=node_id, attempt=1, kind=kind, at=now, workflow=queued.workflow)
        for node_id in STEPS
        for kind in kinds
    ]
    done: Execution = replace(queued, status=ExecutionStatus.SUCCEEDED, final_state=FinalState.ANSWERED, updated_at=now)
    await stores.executions.settle(done, events)


if __name__ == "__main__":
    configure_logging("CRITICAL")
    if len(sys.argv) == 1:
        print(json.dumps(measure()))
    elif sys.argv[1] == "fill":
        print(json.dumps({"per_second": asyncio.run(fill(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))}))
    else:
        print(json.dumps(asyncio.run(run(Path(sys.argv[2]), Path(sys.argv[3]), seed=int(sys.argv[4])))))
