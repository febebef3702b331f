"""The live stream under the engine's load: how late a client learns, and what two hundred clients cost.

The server runs as in production, in one process with the engine; the clients run in another one.
"""

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import uvicorn

from benchmarks import trivial
from benchmarks.live_clients import OF_ALL, OF_ONE, STALLED, TOKEN, WORKFLOW, Key, followers
from benchmarks.progress import say
from postroom.actions.accounts import Setup
from postroom.api.app import create_app
from postroom.api.live.feed import Feed
from postroom.api.live.protocol import StreamProtocol
from postroom.api.live.stream import ROUTER
from postroom.api.office import Office, OfficeStanding, Trials
from postroom.bootstrap.plugins import node_types, notifier_plugins, receiver_plugins, sender_plugins
from postroom.engine.journal import Journal
from postroom.engine.runtime import Engine, EngineOptions
from postroom.intake.accept import Intake, accept
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Identity, Services
from postroom.interfaces.stores import Stores
from postroom.knowledge.articles import ArticleShelf
from postroom.logs import configure_logging
from postroom.model.account import Account
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.email import Address, MailboxId, RawEmail
from postroom.model.execution import Event, Execution
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.preferences import Preferences
from postroom.model.user import Permission, Role, User, UserId
from postroom.model.workflow import WorkflowSlug
from postroom.notifiers.post import Reach
from postroom.sealing import Seal
from postroom.stores.sql.database import Database
from postroom.stores.sql.executions import SqlExecutions
from postroom.stores.sql.open import open_stores

EMAILS = 600
ROUNDS = 5
TURN_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An engine with nothing to do yet, and the stream over its store."""

    stores: Stores
    intake: Intake
    engine: Engine
    port: int
    recorded: dict[Key, float]


class TimedExecutions(SqlExecutions):
    """Notes when each event was committed, on a clock that all processes share."""

    def __init__(self, database: Database, recorded: dict[Key, float]) -> None:
        super().__init__(database)
        self._recorded = recorded

    async def record(self, events: Sequence[Event]) -> None:
        await super().record(events)
        self._note(events)

    async def settle(self, execution: Execution, events: Sequence[Event]) -> bool:
        settled = await super().settle(execution, events)
        self._note(events)
        return settled

    def _note(self, events: Sequence[Event]) -> None:
        now = time.monotonic()
        for event in events:
            self._recorded.setdefault((event.execution_id, event.node_id, event.attempt, event.kind.value), now)


def measure() -> dict[str, object]:
    """Return latency over one client and the cost of 200 clients, at half the rate of which the engine is able."""
    full = _median([_run("benchmarks.trivial", "400", "fast") for _ in range(3)], "per_second")
    half = f"{full / 2:.1f}"
    runs: dict[str, list[dict[str, float]]] = {"none": [], "one": [], "many": []}
    for round_ in range(ROUNDS):
        say(f"live stream, round {round_ + 1} of {ROUNDS}")
        for clients, found in runs.items():
            found.append(_run("benchmarks.live", clients, half))
    ratios = [many["cpu_ms"] / none["cpu_ms"] for many, none in zip(runs["many"], runs["none"], strict=True)]
    return {
        "emails": EMAILS,
        "full_per_second": full,
        "emails_per_second": _median(runs["many"], "per_second"),
        "events_per_second": _median(runs["many"], "events_per_second"),
        "latency_p50_ms": _median(runs["one"], "latency_p50_ms"),
        "latency_p99_ms": _median(runs["one"], "latency_p99_ms"),
        "clients": OF_ONE + OF_ALL + STALLED,
        "cpu_ms_without_clients": _median(runs["none"], "cpu_ms"),
        "cpu_ms_with_one_client": _median(runs["one"], "cpu_ms"),
        "cpu_ms_with_clients": _median(runs["many"], "cpu_ms"),
        "cpu_ratio": round(statistics.median(ratios), 2),
        "cpu_ratios": [round(each, 2) for each in ratios],
        "kb_per_client": _median(runs["many"], "kb_per_client"),
        "events_told_to_each_of_all": _median(runs["many"], "told_all"),
        "events_told_to_each_of_one": _median(runs["many"], "told_one"),
    }


async def run(folder: Path, clients: str, rate: float) -> dict[str, float]:
    """Run the engine at `rate` e-mails a second, followed by `none`, `one` or `many` clients in another process."""
    async with _served(folder) as served:
        (first,) = await accept(served.intake, _mails(0, 1))
        assert first.execution_id is not None
        with followers(clients, served.port, first.execution_id) as parent:
            before = _memory_kb()
            if parent is not None:
                parent.send("connect")
                await asyncio.to_thread(parent.recv)
            grown = _memory_kb() - before
            began, cpu = time.monotonic(), time.process_time()
            await _work(served, rate)
            seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
            stored = await served.stores.executions.events(limit=10_000_000)
            of_one = sum(event.execution_id == first.execution_id for event in stored)
            found = {
                "per_second": EMAILS / seconds,
                "events_per_second": len(stored) / seconds,
                "cpu_ms": cpu_seconds * 1000 / EMAILS,
                "kb_per_client": grown / (OF_ONE + OF_ALL + STALLED),
            }
            if parent is not None:
                parent.send((len(stored), of_one))
                told, received = await asyncio.to_thread(parent.recv)
                found |= told
                if clients == "one":
                    found |= _latency(served.recorded, received)
        await served.engine.stop()
    return found


async def _work(served: Served, rate: float) -> None:
    await served.engine.start()
    began, done = time.monotonic(), 1
    while done < EMAILS:
        await asyncio.sleep(TURN_SECONDS)
        due = min(EMAILS, 1 + int((time.monotonic() - began) * rate))
        if due > done:
            await accept(served.intake, _mails(done, due))
            served.engine.wake()
            done = due
    await served.engine.quiet()


def _latency(recorded: dict[Key, float], received: dict[Key, float]) -> dict[str, float]:
    # A reader may see a commit a moment before its writer is told of it.
    late = sorted(max(0.0, received[key] - at) * 1000 for key, at in recorded.items())
    return {"latency_p50_ms": late[len(late) // 2], "latency_p99_ms": late[int(len(late) * 0.99)]}


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[Served]:
    opened = await open_stores(f"sqlite:///{folder / 'store.sqlite'}")
    recorded: dict[Key, float] = {}
    assert isinstance(opened.connection, Database)
    stores = replace(opened, executions=TimedExecutions(opened.connection, recorded))
    clock = SystemClock()
    await _let_in(stores, clock.now())
    mailbox = Mailbox(
        id=MailboxId("main"),
        address=Address(name="", address="support@lindenhof.example"),
        workflow=WORKFLOW,
        mode=Mode.AUTOMATIC,
    )
    intake = Intake(
        ledger=stores.ledger,
        clock=clock,
        mailbox=mailbox,
        workflow=await stores.workflows.save(trivial.graph(), at=clock.now()),
        own_addresses=frozenset(mailbox.addresses),
        secret=trivial.SECRET,
        max_bytes=10**6,
    )
    engine = _engine(stores, clock, mailbox, folder)
    feed = Feed(stores.executions)
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(
        create_app(_office(stores, clock, feed), [ROUTER]),
        ws=StreamProtocol,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        following = group.create_task(feed.run())
        serving = group.create_task(server.serve(sockets=[listening]))
        yield Served(stores=stores, intake=intake, engine=engine, port=listening.getsockname()[1], recorded=recorded)
        server.should_exit = True
        await serving
        following.cancel()
    await stores.connection.close()


def _engine(stores: Stores, clock: SystemClock, mailbox: Mailbox, folder: Path) -> Engine:
    services = Services(
        stores=stores,
        clock=clock,
        identity=Identity(secret=trivial.SECRET),
        assurance=trivial.Never(),
        classifiers={},
        responders={},
        notifiers={},
        senders={},
        mailboxes={mailbox.id: mailbox},
    )
    return Engine(
        journal=Journal(url=f"sqlite:///{folder / 'journal.sqlite'}", fast=True),
        services=services,
        types={name: trivial.trivial(kind) for name, kind in node_types().items()},
        options=EngineOptions(parallel=trivial.PARALLEL),
    )


async def _let_in(stores: Stores, now: datetime) -> None:
    user = User(
        id=UserId("us_viewer"), name="viewer", display_name="Viewer", role=Role.VIEWER, created_at=now, updated_at=now
    )
    await stores.users.add(user)
    token = Credential(
        id=CredentialId("cr_viewer"),
        kind=CredentialKind.TOKEN,
        digest=sha256(TOKEN.encode()).hexdigest(),
        user_id=user.id,
        created_at=now,
        expires_at=now + timedelta(hours=1),
        scopes=(Permission.READ,),
    )
    await stores.credentials.add(token)


def _office(stores: Stores, clock: SystemClock, feed: Feed) -> Office:
    async def of_mailbox(_mailbox: Mailbox, _account: Account) -> str:
        return ""

    async def of_account(_account: Account) -> str:
        return ""

    return Office(
        stores=stores,
        clock=clock,
        node_types={},
        setup=lambda desk: Setup(
            desk=desk,
            seal=Seal(trivial.SECRET),
            receivers=receiver_plugins(),
            senders=sender_plugins(),
            notifiers=notifier_plugins(),
        ),
        trials=Trials(receiver=of_mailbox, sender=of_account, notifier=of_account),
        standing=lambda: OfficeStanding(mailboxes={}, failures={}),
        shelf=lambda: ArticleShelf(()),
        feed=feed,
        wake=lambda: None,
        preferences=Preferences(undo_seconds=10.0, reminder_minutes=30.0, silent_minutes=15.0, session_hours=12.0),
        reach=Reach(private_allowed=False),
        secret=trivial.SECRET,
        workflow=WorkflowSlug(WORKFLOW),
    )


def _mails(first: int, end: int) -> list[tuple[RawEmail, str]]:
    found = []
    for index in range(first, end):
        content = f"From: a{index}@example.org\nMessage-ID: <{index}@example.org>\nSubject: {index}\n\nHello {index}\n"
        raw = RawEmail(
            mailbox_id=MailboxId("main"),
            uid_validity="1",
            uid=str(index),
            received_at=datetime(2026, 1, 5, tzinfo=UTC),
            content=content.encode(),
        )
        found.append((raw, raw.uid))
    return found


def _memory_kb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def _median(runs: list[dict[str, float]], name: str) -> float:
    return round(statistics.median(run[name] for run in runs), 2)


def _run(module: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True, timeout=600, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    configure_logging("CRITICAL")
    if len(sys.argv) == 1:
        print(json.dumps(measure()))
    else:
        with tempfile.TemporaryDirectory() as place:
            print(json.dumps(asyncio.run(run(Path(place), sys.argv[1], float(sys.argv[2])))))
