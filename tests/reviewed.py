"""A reviewed history: what people must have decided before a mailbox may answer by itself."""

from datetime import UTC, datetime

from postroom.bootstrap import Postroom
from postroom.knowledge.articles import starter_shelf
from postroom.learning.bounds import TARGET, reviews_needed
from postroom.model.email import MailboxId
from postroom.model.example import Example, ExampleId, Origin
from postroom.model.judgement import Decider, Judgement

LONG_AGO = datetime(2025, 6, 2, tzinfo=UTC)
SCORE = 0.95


def reviewed(
    decider: Decider, number: int, *, score: float = SCORE, mailbox: str = "main", at: datetime = LONG_AGO
) -> tuple[list[Example], list[Judgement]]:
    """Return so many drafts of one who decides that people approved, about each of the starter articles' categories."""
    categories = sorted({article.category for article in starter_shelf().articles})
    examples = [
        Example(
            id=ExampleId(f"reviewed long ago/{mailbox}/{place}"),
            origin=Origin.REVIEW,
            subject="A question",
            text="Where is it?",
            language="en",
            category=categories[place % len(categories)],
            by="carla",
            at=at,
            mailbox_id=MailboxId(mailbox),
        )
        for place in range(number)
    ]
    judgements = [
        Judgement(
            example_id=one.id,
            model=decider.model,
            responder=decider.responder,
            category=one.category,
            score=score,
            right=True,
            at=one.at,
            mailbox_id=one.mailbox_id,
        )
        for one in examples
    ]
    return examples, judgements


async def review_history(postroom: Postroom) -> None:
    """Put as many approved drafts of each decider and mailbox into the store as it takes to promise 95 %."""
    for decider in postroom.assured.standings:
        for mailbox in postroom.services.mailboxes.values():
            at = mailbox.connected_at or LONG_AGO
            examples, judgements = reviewed(decider, reviews_needed(0, target=TARGET), mailbox=mailbox.id, at=at)
            await postroom.stores.examples.put(examples)
            await postroom.stores.judgements.put(judgements)
    await postroom.assured.refresh()
