"""The main job's graph with nodes that do nothing, as a Postroom workflow; one run of it, in a process of its own."""

import asyncio
import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from postroom.engine.journal import Journal
from postroom.engine.runtime import Engine, EngineOptions
from postroom.intake.accept import Intake, accept
from postroom.interfaces.assurance import Ruling
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Identity, NodeContext, NodeType, Services, node
from postroom.logs import configure_logging
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Address, MailboxId, RawEmail
from postroom.model.execution import EventKind, ExecutionId, Outcome
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.workflow import Workflow
from postroom.stores.sql.open import open_stores
from postroom.workflows.load import template

WAY = {
    "email_trigger": "email",
    "ai_classifier": "classified",
    "priority_router": "common",
    "auto_responder": "sure",
    "email_sender": "sent",
    "data_logger": "logged",
}
PARALLEL = 10
SECRET = b"b" * 32


class _Nothing(BaseModel):
    """No settings."""


class Never:
    """Lets nothing go out by itself; the nodes here do not ask."""

    def ruling(self, mailbox: Mailbox, classification: Classification, draft: Draft) -> Ruling:
        del mailbox, classification, draft
        return Ruling(threshold=None)

    def generates(self, mailbox: Mailbox) -> bool:
        del mailbox
        return False

    def drawn(self, execution_id: ExecutionId) -> bool:
        del execution_id
        return False


def trivial(kind: NodeType[BaseModel]) -> NodeType[BaseModel]:
    """Return the kind of node with its effect and outputs, doing nothing."""
    output = WAY.get(kind.name, kind.outputs[0])

    @node(
        name=kind.name, title=kind.title, config=_Nothing, outputs=kind.outputs, effect=kind.effect, starts=kind.starts
    )
    async def nothing(context: NodeContext, config: _Nothing) -> Outcome:
        del context, config
        return Outcome(output=output)

    found: object = nothing
    assert isinstance(found, NodeType)
    return found


def graph() -> Workflow:
    """Return the shipped workflow without its settings."""
    shipped = template("customer_support")
    return replace(shipped, nodes=tuple(replace(each, config={}) for each in shipped.nodes))


async def run(emails: int, folder: Path, *, fast_journal: bool) -> dict[str, float]:
    """Run `emails` executions, ten at a time; CPU and wall clock are of the executions alone, not of accepting."""
    from postroom.bootstrap import node_types  # noqa: PLC0415 - heavy, and only here.

    stores = await open_stores(f"sqlite:///{folder / 'store.sqlite'}")
    address = Address(name="", address="support@lindenhof.example")
    mailbox = Mailbox(id=MailboxId("main"), address=address, workflow="customer_support", mode=Mode.AUTOMATIC)
    clock = SystemClock()
    services = Services(
        stores=stores,
        clock=clock,
        identity=Identity(secret=SECRET),
        assurance=Never(),
        classifiers={},
        responders={},
        notifiers={},
        senders={},
        mailboxes={mailbox.id: mailbox},
    )
    workflow = await stores.workflows.save(graph(), at=clock.now())
    intake = Intake(
        ledger=stores.ledger,
        clock=clock,
        mailbox=mailbox,
        workflow=workflow,
        own_addresses=frozenset(mailbox.addresses),
        secret=SECRET,
        max_bytes=10**6,
    )
    raws = [_mail(mailbox.id, index) for index in range(emails)]
    for first in range(0, emails, 200):
        await accept(intake, [(raw, raw.uid) for raw in raws[first : first + 200]])
    engine = Engine(
        journal=Journal(url=f"sqlite:///{folder / 'journal.sqlite'}", fast=fast_journal),
        services=services,
        types={name: trivial(kind) for name, kind in node_types().items()},
        options=EngineOptions(parallel=PARALLEL),
    )
    began, cpu = time.monotonic(), time.process_time()
    await engine.start()
    await engine.quiet()
    seconds, cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    events = await stores.executions.events(limit=10_000_000)
    await engine.stop()
    await stores.connection.close()
    starts = {each.execution_id: each.at for each in events if each.kind is EventKind.EXECUTION_STARTED}
    ends = {each.execution_id: each.at for each in events if each.kind is EventKind.EXECUTION_SUCCEEDED}
    assert len(ends) == emails
    times = sorted((ends[each] - starts[each]).total_seconds() * 1000 for each in ends)
    return {
        "per_second": emails / seconds,
        "cpu_ms": cpu_seconds * 1000 / emails,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[int(len(times) * 0.99)],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _mail(mailbox_id: MailboxId, index: int) -> RawEmail:
    content = f"From: a{index}@example.org\nMessage-ID: <{index}@example.org>\nSubject: {index}\n\nHello {index}\n"
    return RawEmail(
        mailbox_id=mailbox_id,
        uid_validity="1",
        uid=str(index),
        received_at=datetime(2026, 1, 5, tzinfo=UTC),
        content=content.encode(),
    )


if __name__ == "__main__":
    configure_logging("CRITICAL")
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(asyncio.run(run(int(sys.argv[1]), Path(place), fast_journal="fast" in sys.argv))))
