"""The child: one life of Postroom, from start to the kill, or, in the last life, to rest."""

import asyncio
import math
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from postroom.bootstrap import ledger_memory
from postroom.bootstrap.assured import Assured, Ground
from postroom.bootstrap.preferred import Preferred
from postroom.engine.journal import Journal
from postroom.engine.runtime import Engine, EngineOptions
from postroom.intake.accept import Intake
from postroom.intake.answers import watched
from postroom.intake.receive import Reception, receive_forever, receive_once
from postroom.intake.sent_copies import SentCopies
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.clock import Clock, SystemClock
from postroom.interfaces.node import Identity, NodeType, Services
from postroom.interfaces.provider import Claim, Lookout
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.outbox import Outbox
from postroom.model.control import Request, Wish
from postroom.model.email import Address, MailboxId
from postroom.model.execution import ExecutionFilter, ExecutionId, ExecutionStatus
from postroom.model.judgement import Decider
from postroom.model.mailbox import Caps, Mailbox, Mode, SentPolicy
from postroom.model.preferences import Preferences
from postroom.model.reply import Reply, ReplyState
from postroom.model.review import Decision, Review, ReviewKind, ReviewStatus, Verdict
from postroom.notifiers.log import LogNotifier
from postroom.stores.sql.open import open_stores
from postroom.workflows.load import template
from reviewed import reviewed
from torture.borders import MAIL_STORE_METHODS, Borders
from torture.mailrooms import Mailroom, OpenMailroom

REVIEWED = 2_000
"""So many that what the harness rejects meanwhile never closes what they opened."""
AUDITED = 0.5
MAILBOX = Mailbox(
    id=MailboxId("main"),
    address=Address(name="Lindenhof", address="support@lindenhof.example"),
    workflow="customer_support",
    mode=Mode.AUTOMATIC,
    sent_policy=SentPolicy.NONE,
    # The mail of tests has fixed dates, and what is counted here is not how much of it is answered.
    answer_within_hours=math.inf,
    caps=Caps(per_correspondent=None, per_domain=None, per_conversation=None, per_hour=None, per_day=None),
)
SECRET = b"torture!" * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a life needs: its folder, what was loaded before it was born, its mailbox, and whether its outbox is broken.

    Its clock is `ahead` of the machine's, so that what waits for a later try becomes due without anybody waiting.
    """

    folder: Path
    open_mailroom: OpenMailroom
    node_types: Mapping[str, NodeType[BaseModel]]
    classifier: Classifier
    responder: Responder
    mailbox: Mailbox = MAILBOX
    ahead: timedelta = timedelta(0)
    fast: bool = True
    blind: bool = False


@dataclass(frozen=True, slots=True)
class ClockAhead:
    """The machine's clock, moved into the future."""

    ahead: timedelta

    def now(self) -> datetime:
        """Return the time that it is for this life."""
        return SystemClock().now() + self.ahead


class BlindOutbox:
    """A broken outbox: after a crash it forgets that a reply was being sent, and lets it be sent again."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def __getattr__(self, name: str) -> object:
        return getattr(self._outbox, name)

    async def add(self, reply: Reply) -> Reply:
        """Return the stored row as if it had never been claimed."""
        stored = await self._outbox.add(reply)
        return replace(stored, state=ReplyState.PENDING) if stored.state is ReplyState.SENDING else stored

    async def claim(self, reply_id: str, **kwargs: object) -> Claim:
        """Grant every claim, whoever holds the lease."""
        del reply_id, kwargs
        return Claim.GRANTED


async def live(life: Life, borders: Borders, *, to_rest: bool) -> None:
    """Receive, run and decide until killed; with `to_rest` until nothing is left to do."""
    stores = _watched(await open_stores(f"sqlite:///{life.folder / 'store.sqlite'}"), borders, blind=life.blind)
    mailroom = life.open_mailroom(life.mailbox.id, ledger_memory(stores, life.mailbox), borders)
    services = await _services(life, stores, mailroom)
    journal = Journal(url=f"sqlite:///{life.folder / 'journal.sqlite'}", fast=life.fast)
    types = {name: borders.watch_node(kind) for name, kind in life.node_types.items()}
    engine = Engine(journal=journal, services=services, types=types, options=EngineOptions(poll_seconds=0.05))
    reception = await _reception(life, services, mailroom, engine)
    await engine.start()
    if not to_rest:
        async with asyncio.TaskGroup() as group:
            group.create_task(receive_forever(reception))
            group.create_task(_decide_forever(stores, services.clock, engine))
    await _come_to_rest(reception, engine)
    await mailroom.receiver.close()
    await mailroom.sender.close()
    await engine.stop()
    await stores.connection.close()


async def _reception(life: Life, services: Services, mailroom: Mailroom, engine: Engine) -> Reception:
    intake = Intake(
        ledger=services.stores.ledger,
        clock=services.clock,
        mailbox=life.mailbox,
        workflow=await services.stores.workflows.save(template("customer_support"), at=services.clock.now()),
        own_addresses=frozenset(life.mailbox.addresses),
        secret=SECRET,
        max_bytes=10_000_000,
    )
    return Reception(
        mailbox_id=life.mailbox.id,
        receiver=mailroom.receiver,
        intake=intake,
        stores=services.stores,
        accepted=lambda _: engine.wake(),
        lookout=services.lookouts.get(life.mailbox.id),
        sent_folder=mailroom.sent_folder,
    )


async def _come_to_rest(reception: Reception, engine: Engine) -> None:
    stores, clock = reception.stores, reception.intake.clock
    while await receive_once(reception):
        pass
    while await _decide(stores, clock) or await stores.reviews.decided(at=clock.now()):
        engine.wake()
        await engine.quiet()
        await asyncio.sleep(0.1)
    await engine.quiet()
    await _settled(stores)
    if reception.sent_folder is not None:
        copies = SentCopies(reception.mailbox_id, reception.sent_folder, stores.outbox, clock)
        while await copies.file():
            pass


def _watched(stores: Stores, borders: Borders, *, blind: bool) -> Stores:
    watched = replace(
        stores,
        ledger=borders.watch("ledger", stores.ledger, MAIL_STORE_METHODS["ledger"]),
        executions=borders.watch("executions", stores.executions, MAIL_STORE_METHODS["executions"]),
        reviews=borders.watch("reviews", stores.reviews, MAIL_STORE_METHODS["reviews"]),
        outbox=borders.watch("outbox", stores.outbox, MAIL_STORE_METHODS["outbox"]),
        records=borders.watch("records", stores.records, MAIL_STORE_METHODS["records"]),
        examples=borders.watch("examples", stores.examples, MAIL_STORE_METHODS["examples"]),
        judgements=borders.watch("judgements", stores.judgements, MAIL_STORE_METHODS["judgements"]),
    )
    if blind:
        broken: Outbox = BlindOutbox(watched.outbox)  # type: ignore[assignment]  # The rest is delegated by name.
        return replace(watched, outbox=broken)
    return watched


async def _assured(life: Life, stores: Stores, clock: Clock) -> Assured:
    """Return the assurance of a mailbox that people have reviewed so much of that it answers by itself."""
    if not await stores.judgements.of_model(life.classifier.name, limit=1):
        decider = Decider(model=life.classifier.name, responder=life.responder.name)
        examples, judgements = reviewed(decider, REVIEWED)
        await stores.examples.put(examples)
        await stores.judgements.put(judgements)
    ground = Ground(
        stores=stores,
        clock=clock,
        preferred=Preferred(stores, Preferences(audit_share=AUDITED)),
        classifiers={"linear": life.classifier},
        responders={"articles": life.responder},
        secret=SECRET,
        made_up=None,
        mailboxes={life.mailbox.id: life.mailbox},
    )
    assured = Assured(ground)
    await assured.refresh()
    return assured


async def _services(life: Life, stores: Stores, mailroom: Mailroom) -> Services:
    clock = ClockAhead(life.ahead)
    lookouts: dict[str, Lookout] = {}
    if mailroom.lookout is not None:
        # One watch for all who look, as bootstrap opens it: it alone notes what is seen.
        lookouts[life.mailbox.id] = watched(mailroom.lookout, stores, clock)
    return Services(
        stores=stores,
        clock=clock,
        identity=Identity(secret=SECRET),
        assurance=await _assured(life, stores, clock),
        classifiers={"linear": life.classifier},
        responders={"articles": life.responder},
        notifiers={"log": LogNotifier()},
        senders={"main": mailroom.sender},
        mailboxes={life.mailbox.id: life.mailbox},
        lookouts=lookouts,
    )


async def _decide_forever(stores: Stores, clock: Clock, engine: Engine) -> None:
    while True:
        await _decide(stores, clock)
        await _retry_failures(stores, clock)
        engine.wake()
        await asyncio.sleep(0.1)


async def _decide(stores: Stores, clock: Clock) -> int:
    """Decide the drafts whose number is even, and every audit; the others stay in review, as do uncertain sends."""
    decided = 0
    page = await stores.reviews.list(statuses=[ReviewStatus.OPEN], limit=100)
    for review in page.rows:
        if review.kind is ReviewKind.DRAFT and _even(review):
            verdict = Verdict.EDIT if _number(review) % 4 else Verdict.REJECT
            decision = Decision(verdict=verdict, by="harness", at=clock.now(), text="A person's answer.")
            decided += await stores.reviews.decide(review.id, decision)
    audits = await stores.reviews.list(statuses=[ReviewStatus.OPEN], kinds=[ReviewKind.AUDIT], limit=100)
    for review in audits.rows:
        right = Decision(verdict=Verdict.APPROVE, by="harness", at=clock.now())
        decided += await stores.reviews.decide(review.id, right)
    return decided


async def _retry_failures(stores: Stores, clock: Clock) -> None:
    page = await stores.executions.list(ExecutionFilter(status=ExecutionStatus.FAILED), limit=10)
    for execution in page.rows:
        await stores.controls.ask(Request(execution_id=execution.id, wish=Wish.RETRY, by="harness", at=clock.now()))


async def _settled(stores: Stores) -> None:
    # Executions recovered by DBOS run outside the engine's queue for a moment: wait until the store shows none.
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            while (await stores.executions.count()).get(ExecutionStatus.RUNNING, 0):  # noqa: ASYNC110
                await asyncio.sleep(0.2)


def _number(review: Review) -> int:
    return int(ExecutionId(review.execution_id)[-6:], 16)


def _even(review: Review) -> bool:
    return _number(review) % 2 == 0


def be_born(life: Life, borders: Borders, *, to_rest: bool) -> None:
    """Live in this forked process and leave it without any clean-up of the parent's."""
    try:
        asyncio.run(live(life, borders, to_rest=to_rest))
    except BaseException:  # noqa: BLE001 - a child that breaks by itself must be seen, and must not go on as the parent.
        import traceback  # noqa: PLC0415 - only here.

        traceback.print_exc()
        os._exit(5)
    os._exit(0)
