"""A stage for single nodes: a real store with one accepted e-mail, and services that do what the test says."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from assurances import FixedAssurance
from empty_store import open_stores_at
from engine.house import MAILBOX, SECRET, make_workflow
from postroom.bootstrap import node_types
from postroom.intake.accept import Intake, accept
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.node import Identity, NodeContext, Services
from postroom.interfaces.provider import Claim, Delivery, SendResult
from postroom.interfaces.stores import Stores
from postroom.model.answer import Answer
from postroom.model.article import ArticleId, Passage
from postroom.model.classification import Classification, Label
from postroom.model.draft import Draft
from postroom.model.email import Email, RawEmail
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.notification import Notification
from postroom.model.reply import OutgoingEmail
from postroom.model.review import Decision, ReviewId, Verdict
from postroom.model.suppression import Suppression
from postroom.model.workflow import JsonValue, NodeId

NOW = datetime(2026, 1, 6, tzinfo=UTC)
TYPES = node_types()
PASSAGE = Passage(article_id=ArticleId("return_how"), language="en", text="Send it back.", score=3.0)
DRAFT = Draft(
    text="Dear Ada, send it back.",
    language="en",
    probability=0.97,
    passages=(PASSAGE,),
    responder="fixed",
    eligible=True,
    answerable=True,
)


def classified(*, category: str = "returns", sure: float = 0.9, priority: str = "normal") -> Classification:
    return Classification(
        category=Label(name=category, probability=sure),
        priority=Label(name=priority, probability=0.9),
        sentiment=Label(name="neutral", probability=0.8),
        language=Label(name="en", probability=0.99),
        classifier="fixed@1",
    )


def decided(verdict: Verdict = Verdict.APPROVE, *, text: str = "A person's answer.") -> Decision:
    return Decision(verdict=verdict, by="ann", at=NOW, text=text)


@dataclass
class FixedModel:
    """A classifier and a responder with fixed answers."""

    found: Classification = field(default_factory=classified)
    draft: Draft = DRAFT
    name: str = "fixed"
    signatures: list[str] = field(default_factory=list)

    async def classify(self, email: Email) -> Classification:
        return self.found

    async def respond(self, email: Email, classification: Classification, *, signature: str) -> Draft:
        self.signatures.append(signature)
        return self.draft


@dataclass
class Watch:
    """A lookout that fails with each of `failures` first, then does what the test says and sees `seen`."""

    seen: tuple[Answer, ...] = ()
    failures: list[Exception] = field(default_factory=list)
    looks: int = 0

    async def answers(self) -> tuple[Answer, ...]:
        self.looks += 1
        if self.failures:
            raise self.failures.pop(0)
        return self.seen


@dataclass
class Told:
    """A notifier that notes what it is told, after failing with each of `failures` first."""

    failures: list[Exception] = field(default_factory=list)
    heard: list[Notification] = field(default_factory=list)

    async def notify(self, notification: Notification) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.heard.append(notification)

    async def check(self) -> str:
        return "told"


@dataclass
class Post:
    """A sender with fixed answers, one after the other, then `SENT`; with `errors` it breaks before it claims."""

    answers: list[Delivery] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    sent: list[OutgoingEmail] = field(default_factory=list)

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        if self.errors:
            raise self.errors.pop(0)
        granted = await claim()
        if granted is not Claim.GRANTED:
            return SendResult(delivery=Delivery.NOT_CLAIMED, claim=granted)
        answer = self.answers.pop(0) if self.answers else Delivery.SENT
        if answer in {Delivery.SENT, Delivery.UNCERTAIN}:
            self.sent.append(message)
        return SendResult(delivery=answer, detail="250 or not")

    async def find(self, message_id: str) -> bool | None:
        return None

    async def check(self) -> str:
        return "post"

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Stage:
    """One node under test and everything around it."""

    stores: Stores
    context: NodeContext
    model: FixedModel
    post: Post
    notifiers: dict[str, Told]

    async def play(self, name: str, config: Mapping[str, JsonValue] | None = None, /, **context: object) -> Outcome:
        """Run a node of this type with the context changed as given."""
        fields = {each: getattr(self.context, each) for each in NodeContext.__dataclass_fields__}
        changed = NodeContext(**{**fields, "node_id": NodeId(name), "done": set(), **context})
        return await TYPES[name].configure(config or {})(changed)

    def with_email(self, **changes: object) -> dict[str, object]:
        """Return the context's change to an e-mail with other fields."""
        email = self.context.email
        fields = {each: getattr(email, each) for each in Email.__dataclass_fields__}
        return {"stored": replace(self.context.stored, email=Email(**{**fields, **changes}))}

    def in_mode(self, mode: Mode) -> dict[str, object]:
        """Return the context's change to a mailbox in another mode."""
        return self.with_mailbox(mode=mode)

    def with_mailbox(self, **changes: object) -> dict[str, object]:
        """Return the context's change to a mailbox with other fields."""
        mailbox = self.context.mailbox
        fields = {each: getattr(mailbox, each) for each in Mailbox.__dataclass_fields__}
        return {"mailbox": Mailbox(**{**fields, **changes})}

    def with_services(self, **changes: object) -> dict[str, object]:
        """Return the context's change to services of which some are others."""
        services = self.context.services
        fields = {each: getattr(services, each) for each in Services.__dataclass_fields__}
        return {"services": Services(**{**fields, **changes})}

    async def suppress(self, address: str = "ada@example.org") -> None:
        """Put an address on the suppression list."""
        suppression = Suppression(address=address, reason="bounced", reply_id=None, at=NOW)
        assert await self.stores.suppressions.add(suppression)

    async def decide(self, review_id: str, decision: Decision) -> None:
        """Decide a review."""
        assert await self.stores.reviews.decide(ReviewId(review_id), decision)


def raw_email(uid: int = 1, *, head: str = "", body: str = "How do I return it?") -> RawEmail:
    content = (
        f"From: Ada <ada@example.org>\nTo: support@lindenhof.example, bob@example.org\nCc: carl@example.org\n{head}"
        f"Message-ID: <{uid}@example.org>\nSubject: A return\n\n{body}\n"
    )
    return RawEmail(mailbox_id=MAILBOX.id, uid_validity="1", uid=str(uid), received_at=NOW, content=content.encode())


async def take_in(stores: Stores, raw: RawEmail) -> str:
    """Accept a message and return its execution's id."""
    workflow = await stores.workflows.save(make_workflow({"s": "start"}, []), at=NOW)
    intake = Intake(
        ledger=stores.ledger,
        clock=SystemClock(),
        mailbox=MAILBOX,
        workflow=workflow,
        own_addresses=frozenset(MAILBOX.addresses),
        secret=SECRET,
        max_bytes=10_000,
    )
    (found,) = await accept(intake, [(raw, raw.uid)])
    assert found.execution_id is not None
    return found.execution_id


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    stores = await open_stores_at(folder / "store.sqlite")
    model, post = FixedModel(), Post()
    notifiers = {"log": Told(), "slack": Told()}
    services = Services(
        stores=stores,
        clock=SystemClock(),
        identity=Identity(secret=SECRET),
        assurance=FixedAssurance(),
        classifiers={"linear": model},
        responders={"articles": model},
        notifiers=dict(notifiers),
        senders={"post": post},
        mailboxes={MAILBOX.id: MAILBOX},
    )
    execution_id = await take_in(stores, raw_email())
    (execution,) = await stores.executions.queued(limit=1)
    assert execution.id == execution_id
    context = NodeContext(
        execution_id=execution.id,
        workflow=execution.workflow,
        version=execution.version,
        node_id=NodeId("node"),
        attempt=1,
        dry_run=False,
        mailbox=MAILBOX,
        stored=await stores.emails.get(execution.email_id),
        services=services,
    )
    try:
        yield Stage(stores, context, model, post, notifiers)
    finally:
        await stores.connection.close()
