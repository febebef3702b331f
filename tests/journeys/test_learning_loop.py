"""The learning loop in small: people review, the mailbox answers by itself, people audit, it stops by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.house import eventually
from journeys.letters import letter
from journeys.rooms import maildir_settings
from journeys.shop import copy_articles
from postroom.actions.decide import approve, reject
from postroom.actions.desk import Desk
from postroom.bootstrap import Postroom, open_postroom
from postroom.engine.runtime import Engine
from postroom.intake.receive import receive_once
from postroom.interfaces.clock import SystemClock
from postroom.interfaces.stores.pages import every
from postroom.learning.bounds import TARGET, reviews_needed
from postroom.learning.guarantee import Decided, guarantee
from postroom.model.example import Origin
from postroom.model.execution import ExecutionStatus
from postroom.model.judgement import Judgement
from postroom.model.reply import Reply
from postroom.model.review import Review, ReviewKind, ReviewStatus
from postroom.settings import Settings

ADDRESS = "support@shop.example"
ENOUGH = reviews_needed(0, target=TARGET)


@dataclass
class Room:
    """A Postroom on a Maildir, and the person who decides."""

    settings: Settings
    postroom: Postroom
    engine: Engine
    delivered: int = 0

    @property
    def desk(self) -> Desk:
        return Desk(stores=self.postroom.stores, clock=SystemClock(), by="carla")

    async def receive(self, number: int) -> None:
        """Let customers ask the same question so often, each in a conversation of their own, and rest."""
        folder = self.settings.mailbox_path
        assert folder is not None
        for _ in range(number):
            self.delivered += 1
            name = f"{self.delivered}.letter"
            content, _id = letter(sender=f"C{self.delivered} <c{self.delivered}@customer.example>", to=ADDRESS)
            (folder / "tmp" / name).write_bytes(content)
            (folder / "tmp" / name).rename(folder / "new" / name)
        reception = self.postroom.reception(self.engine)
        while len((await self.postroom.stores.ledger.entries(limit=1000)).rows) < self.delivered:
            await receive_once(reception)

        async def rest() -> bool:
            counts = await self.postroom.stores.executions.count()
            resting = counts.get(ExecutionStatus.WAITING, 0) + counts.get(ExecutionStatus.SUCCEEDED, 0)
            return resting == self.delivered

        await eventually(rest)
        await self.engine.quiet()

    async def questions(self, kind: ReviewKind = ReviewKind.DRAFT) -> tuple[Review, ...]:
        page = await self.postroom.stores.reviews.list(
            statuses=(ReviewStatus.OPEN, ReviewStatus.CLAIMED), kinds=(kind,), limit=1000
        )
        return page.rows

    async def approve_all(self) -> None:
        """Approve every draft, and wait until it is sent."""
        asked = await self.questions()
        sent = await self.over() + len(asked)
        for review in asked:
            await approve(self.desk, review.id)
        self.engine.wake()

        async def there() -> bool:
            return await self.over() == sent

        await eventually(there)
        await self.engine.quiet()
        await self.postroom.refresh()

    async def over(self) -> int:
        return (await self.postroom.stores.executions.count()).get(ExecutionStatus.SUCCEEDED, 0)

    async def replies(self, *, automatic: bool) -> list[Reply]:
        rows = every(lambda after: self.postroom.stores.outbox.list(after=after))
        return [one async for one in rows if one.automatic is automatic]

    async def judgements(self) -> tuple[Judgement, ...]:
        (decider,) = self.postroom.assured.standings
        return await self.postroom.stores.judgements.of_model(decider.model)


@pytest.fixture
def settings(tmp_path: Path, models: Path) -> Settings:
    """A mailbox that may answer by itself, with its own articles; every automatic reply is audited."""
    copy_articles(tmp_path / "articles")
    made = maildir_settings(tmp_path, models, "automatic")
    return made.model_copy(update={"articles_dir": tmp_path / "articles", "audit_share": 1.0})


@asynccontextmanager
async def room_of(settings: Settings) -> AsyncIterator[Room]:
    async with open_postroom(settings) as postroom:
        engine = postroom.engine()
        await engine.start()
        try:
            yield Room(settings=settings, postroom=postroom, engine=engine)
        finally:
            await engine.stop()


async def test_reviewed_drafts_open_automation_by_themselves_and_wrong_audits_close_it(settings: Settings) -> None:
    async with room_of(settings) as room:
        await room.receive(ENOUGH - 1)
        assert "more reviewed e-mails" in (await room.questions())[0].reason
        await room.approve_all()
        assert len(await room.judgements()) == ENOUGH - 1

        # One less than it takes does not open it.
        await room.receive(1)
        assert await room.replies(automatic=True) == []
        assert len(await room.questions()) == 1
        await room.approve_all()

        # Now the promise is what the guarantee gives for the same numbers, and mail is answered by itself.
        judged = await room.judgements()
        found = guarantee([Decided(category=one.category, score=one.score, right=one.right) for one in judged])
        (standings,) = room.postroom.assured.standings.values()
        assert standings[judged[0].mailbox_id].guarantee == found
        assert (found.threshold, found.reviewed, found.more_reviews) == (judged[0].score, ENOUGH, 0)
        await room.receive(3)
        assert len(await room.replies(automatic=True)) == 3
        assert await room.questions() == ()

        # People look at them: they were wrong. Three are enough to send this category back to people.
        audits = await room.questions(ReviewKind.AUDIT)
        assert len(audits) == 3
        for audit in audits:
            await reject(room.desk, audit.id, category="complaint")
        await room.postroom.refresh()
        await room.receive(1)
        assert len(await room.replies(automatic=True)) == 3
        (asked,) = await room.questions()
        assert "was demoted: of the newest 3 judged replies 0 were right" in asked.reason
        (alarm, *_) = (await room.postroom.stores.alarms.open()).rows
        assert alarm.key.startswith("demoted/linear")

        examples = (await room.postroom.stores.examples.list(limit=500)).rows
        assert len(examples) == ENOUGH + 3
        assert [one.category for one in examples if one.origin is Origin.AUDIT] == ["complaint"] * 3
        assert [one.automatic for one in await room.judgements()][:3] == [True] * 3
