"""An assurance over a real store, the watch beside it, and people who judge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from clocks import SetClock
from contracts.store_nouns import at
from empty_store import open_stores_at
from nodes.stage import FixedModel, classified
from postroom.bootstrap.assured import Assured, Ground
from postroom.bootstrap.assured_watch import Watch
from postroom.bootstrap.preferred import Preferred
from postroom.interfaces.classifier import Classifier
from postroom.interfaces.responder import Responder
from postroom.interfaces.stores import Stores
from postroom.learning.bounds import reviews_needed
from postroom.model.alarm import Alarm
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Address, MailboxId
from postroom.model.example import ExampleId
from postroom.model.judgement import Judgement
from postroom.model.mailbox import Mailbox, Mode
from postroom.model.preferences import Preferences

MADE_UP, SHOP, OFFICE = MailboxId("main"), MailboxId("shop"), MailboxId("office")
MODEL, DRAFTER = "fixed@1", "articles@1"
SCORE = 0.7
ENOUGH = reviews_needed(0)


def a_mailbox(name: MailboxId = SHOP, mode: Mode = Mode.AUTOMATIC) -> Mailbox:
    return Mailbox(id=name, address=Address(name="", address="a@b.example"), workflow="w", mode=mode)


def a_draft(responder: str = DRAFTER, *, generated: bool = False) -> Draft:
    return Draft(text="So.", language="en", probability=SCORE, passages=(), responder=responder, generated=generated)


@dataclass
class Office:
    """An assurance over a real store, and people who judge."""

    stores: Stores
    preferred: Preferred
    classifiers: dict[str, Classifier]
    mailboxes: dict[str, Mailbox]
    assured: Assured
    watch: Watch
    judged: int = 0

    def begin_anew(self, *, box: str = "", responders: dict[str, Responder] | None = None) -> None:
        """Let another process take over a minute later, with other settings."""
        self.judged += 1
        ground = ground_on(self.stores, self.preferred, self.classifiers, self.mailboxes)
        ground = replace(
            ground,
            clock=SetClock(at(self.judged)),
            boxes={SHOP: box} if box else {},
            responders=responders or ground.responders,
        )
        self.assured = Assured(ground)
        self.watch = Watch(self.assured, ground)

    async def judge(self, number: int, **changes: object) -> None:
        """Let people judge so many decisions, and let the assurance look."""
        for _ in range(number):
            self.judged += 1
            fields: dict[str, object] = {
                "example_id": ExampleId(f"xa_{self.judged}"),
                "model": MODEL,
                "responder": DRAFTER,
                "category": "returns",
                "score": SCORE,
                "right": True,
                "at": at(self.judged),
                "mailbox_id": SHOP,
            }
            await self.stores.judgements.put([Judgement(**{**fields, **changes})])  # type: ignore[arg-type]
        await self.look()

    async def look(self) -> None:
        await self.preferred.refresh()
        await self.assured.refresh()
        await self.watch.look()

    async def alarms(self) -> tuple[Alarm, ...]:
        return (await self.stores.alarms.open()).rows

    def threshold(self, found: Classification | None = None, mailbox: Mailbox | None = None) -> float | None:
        where = mailbox or a_mailbox()
        draft = a_draft(generated=self.assured.generates(where))
        return self.assured.ruling(where, found or classified(), draft).threshold

    def doubt(self, found: Classification | None = None) -> str:
        return self.assured.ruling(a_mailbox(), found or classified(), a_draft()).doubt


def ground_on(
    stores: Stores, preferred: Preferred, classifiers: dict[str, Classifier], mailboxes: dict[str, Mailbox]
) -> Ground:
    return Ground(
        stores=stores,
        clock=SetClock(at(0)),
        preferred=preferred,
        classifiers=classifiers,
        responders={"articles": FixedModel(name=DRAFTER)},
        secret=b"s" * 32,
        made_up=MADE_UP,
        mailboxes=mailboxes,
    )


@asynccontextmanager
async def office_in(folder: Path) -> AsyncIterator[Office]:
    stores = await open_stores_at(folder / "postroom.db")
    preferred = Preferred(stores, Preferences())
    classifiers: dict[str, Classifier] = {"fixed": FixedModel(name=MODEL)}
    mailboxes: dict[str, Mailbox] = {name: a_mailbox(name) for name in (MADE_UP, SHOP, OFFICE)}
    ground = ground_on(stores, preferred, classifiers, mailboxes)
    assured = Assured(ground)
    made = Office(stores, preferred, classifiers, mailboxes, assured, Watch(assured, ground))
    await made.look()
    yield made
    await stores.connection.close()
