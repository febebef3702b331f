"""A real engine on real SQLite files, with kinds of nodes made for tests."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from assurances import FixedAssurance
from empty_store import open_stores_at
from postroom.engine.journal import Journal, Synchronous
from postroom.engine.runtime import Engine, EngineOptions
from postroom.errors import PluginError, TransientError
from postroom.intake.accept import Intake, accept
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Effect, Identity, NodeContext, NodeType, Services, node
from postroom.interfaces.stores import Stores
from postroom.model.article import ArticleId, Passage
from postroom.model.classification import Classification, Label
from postroom.model.draft import Draft
from postroom.model.email import Address, MailboxId, RawEmail
from postroom.model.execution import Execution, ExecutionStatus, Outcome
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.model.workflow import Edge, JsonValue, Node, NodeId, RetryPolicy, Workflow, WorkflowSlug

MAILBOX = Mailbox(
    id=MailboxId("main"),
    address=Address(name="Support", address="support@lindenhof.example"),
    workflow="test",
    mode=Mode.AUTOMATIC,
    # The mail of tests has fixed dates.
    answer_within_hours=math.inf,
)
SECRET = b"s" * 32
PASSAGE = Passage(article_id=ArticleId("how"), language="en", text="So.", score=1.0)
LABELS = Classification(
    category=Label(name="returns", probability=0.9),
    priority=Label(name="normal", probability=0.9),
    sentiment=Label(name="neutral", probability=0.9),
    language=Label(name="en", probability=0.9),
    classifier="fixed@1",
)
QUICK = RetryPolicy(max_attempts=3, interval_seconds=0.01, timeout_seconds=30)


class Nothing(BaseModel):
    """No settings."""


class WorkConfig(BaseModel):
    """How a test node behaves: the output it takes, how often it fails first, and whether for good."""

    output: str = "main"
    failures: int = 0
    permanent: bool = False
    gate: str = ""


@dataclass
class Bench:
    """What test nodes did, and gates that hold them up."""

    runs: list[str] = field(default_factory=list)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    reached: dict[str, asyncio.Event] = field(default_factory=dict)

    def gate(self, name: str) -> asyncio.Event:
        return self.gates.setdefault(name, asyncio.Event())

    def arrival(self, name: str) -> asyncio.Event:
        return self.reached.setdefault(name, asyncio.Event())

    def count(self, node_id: str) -> int:
        return self.runs.count(node_id)


def make_types(bench: Bench) -> dict[str, NodeType[BaseModel]]:
    async def work(context: NodeContext, config: WorkConfig) -> Outcome:
        bench.runs.append(context.node_id)
        if config.gate:
            bench.arrival(config.gate).set()
            await bench.gate(config.gate).wait()
        if bench.count(context.node_id) <= config.failures:
            error = PluginError if config.permanent else TransientError
            raise error(f"{context.node_id} fails")
        text = f"{context.node_id} after {','.join(source for source, _ in context.reached_by)}"
        draft = Draft(text=text, language="en", probability=1.0, passages=(PASSAGE,), responder=context.node_id)
        note = context.draft.text if context.draft else ""
        return Outcome(output=config.output, draft=draft, classification=LABELS, note=note)

    async def begin(context: NodeContext, config: Nothing) -> Outcome:
        bench.runs.append(context.node_id)
        return Outcome(output="main")

    async def ask(context: NodeContext, config: Nothing) -> Outcome:
        bench.runs.append(context.node_id)
        if context.decided_here is not None:
            return Outcome(output="main", decision=context.decided_here)
        review = Review(
            id=ReviewId(context.key),
            kind=ReviewKind.DRAFT,
            execution_id=context.execution_id,
            node_id=context.node_id,
            email_id=context.stored.id,
            rank=2,
            reason="test",
            draft=None,
            status=ReviewStatus.OPEN,
            created_at=context.services.clock.now(),
        )
        await context.services.stores.reviews.add(review)
        return Outcome(output="main", waiting_for="review", review_id=review.id)

    outputs = ("main", "other")
    kinds: list[NodeType[BaseModel]] = []
    for effect in Effect:
        declare = node(name=effect.value, title="Work", config=WorkConfig, outputs=outputs, effect=effect, retry=QUICK)
        kinds.append(_widened(declare(work)))
    start = node(name="start", title="Start", config=Nothing, outputs=outputs, starts=True)
    kinds.append(_widened(start(begin)))
    kinds.append(_widened(node(name="ask", title="Ask", config=Nothing, outputs=outputs, effect=Effect.KEYED)(ask)))
    return {kind.name: kind for kind in kinds}


def _widened(kind: object) -> NodeType[BaseModel]:
    assert isinstance(kind, NodeType)
    return kind


def make_workflow(nodes: dict[str, str | tuple[str, dict[str, JsonValue]]], edges: list[str]) -> Workflow:
    """Nodes as id → type or (type, config); edges as "a>b" or "a.output>b"."""

    def one(node_id: str, spec: str | tuple[str, dict[str, JsonValue]]) -> Node:
        kind, config = (spec, {}) if isinstance(spec, str) else spec
        return Node(id=NodeId(node_id), type=kind, config=config)

    def edge(text: str) -> Edge:
        source, target = text.split(">")
        source, _, output = source.partition(".")
        return Edge(source=NodeId(source), output=output or "main", target=NodeId(target))

    return Workflow(
        slug=WorkflowSlug("test"),
        title="Test",
        nodes=tuple(one(node_id, spec) for node_id, spec in nodes.items()),
        edges=tuple(edge(text) for text in edges),
    )


@dataclass
class House:
    """An engine's surroundings in one folder; engines come and go, the files stay."""

    folder: Path
    stores: Stores
    bench: Bench
    types: dict[str, NodeType[BaseModel]]
    services: Services
    sent: int = 0

    @asynccontextmanager
    async def engine(self, *, parallel: int = 10, synchronous: Synchronous = "NORMAL") -> AsyncIterator[Engine]:
        engine = Engine(
            journal=Journal(url=f"sqlite:///{self.folder / 'journal.sqlite'}", synchronous=synchronous),
            services=self.services,
            types=self.types,
            options=EngineOptions(parallel=parallel, poll_seconds=0.05),
        )
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()

    async def accept(self, workflow: Workflow, count: int = 1) -> list[Execution]:
        saved = await self.stores.workflows.save(workflow, at=SystemClock().now())
        intake = Intake(
            ledger=self.stores.ledger,
            clock=SystemClock(),
            mailbox=MAILBOX,
            workflow=saved,
            own_addresses=frozenset(MAILBOX.addresses),
            secret=SECRET,
            max_bytes=1_000_000,
        )
        mails = [self._mail(self.sent + index) for index in range(count)]
        self.sent += count
        accepted = await accept(intake, [(mail, mail.uid) for mail in mails])
        ids = [each.execution_id for each in accepted]
        return [await self.stores.executions.get(each) for each in ids if each is not None]

    async def until(self, execution: Execution, status: ExecutionStatus) -> Execution:
        async def reached() -> bool:
            return (await self.stores.executions.get(execution.id)).status is status

        await eventually(reached)
        return await self.stores.executions.get(execution.id)

    async def wished(self, engine: Engine, execution: Execution) -> None:
        """Return when the engine knows that this execution, which is under way, is to be held."""

        async def known() -> bool:
            return engine._wishes.hold_of(execution) is not None

        await eventually(known)

    async def decide(self, execution: Execution, node_id: str, verdict: Verdict = Verdict.APPROVE) -> None:
        """Decide what a node asked about an execution."""
        decision = Decision(verdict=verdict, by="tester", at=SystemClock().now(), text="yes")
        assert await self.stores.reviews.decide(ReviewId(f"{execution.id}/{node_id}"), decision)

    @staticmethod
    def _mail(index: int) -> RawEmail:
        content = f"From: Ada <ada{index}@example.org>\nMessage-ID: <{index}@example.org>\nSubject: no {index}\n\nHi\n"
        return RawEmail(
            mailbox_id=MAILBOX.id,
            uid_validity="1",
            uid=str(index),
            received_at=datetime(2026, 1, 5, tzinfo=UTC),
            content=content.encode(),
        )


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds in the store, which another task writes; a test that hangs fails by its time-out."""
    async with asyncio.timeout(30):
        while not await holds():  # noqa: ASYNC110 - the store tells nobody when it changes.
            await asyncio.sleep(0.01)


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Open a house in an empty folder."""
    stores = await open_stores_at(folder / "store.sqlite")
    bench = Bench()
    services = Services(
        stores=stores,
        clock=SystemClock(),
        identity=Identity(secret=SECRET),
        assurance=FixedAssurance(),
        classifiers={},
        responders={},
        notifiers={},
        senders={},
        mailboxes={MAILBOX.id: MAILBOX},
    )
    house = House(folder=folder, stores=stores, bench=bench, types=make_types(bench), services=services)
    try:
        yield house
    finally:
        await stores.connection.close()
