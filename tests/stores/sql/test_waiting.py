"""What waits in a mailbox, in SQL: counted with three statements, at one moment."""

from dataclasses import replace

from contracts.store_nouns import SALES, SHOP, execution, reply, review
from postroom.interfaces.stores import Stores
from postroom.model.execution import ExecutionStatus
from postroom.model.review import ReviewId
from postroom.model.waiting import Waiting


async def test_reviews_replies_and_what_has_neither_are_counted(stores: Stores) -> None:
    for name in ("asked", "answering", "alone", "alone too"):
        await stores.executions.add(execution(name, status=ExecutionStatus.WAITING))
    await stores.executions.add(execution("ended", status=ExecutionStatus.SUCCEEDED))
    await stores.executions.add(replace(execution("elsewhere"), mailbox_id=SALES))
    for name, of in (("r1", "asked"), ("r2", "asked"), ("r3", "ended"), ("r4", "elsewhere"), ("r5", "alone")):
        await stores.reviews.add(review(name, execution_id=of))
    await stores.reviews.close(ReviewId("r5"))
    await stores.outbox.add(reply("answering/send"))
    assert await stores.figures.waiting(SHOP) == Waiting(reviews=3, replies=1, emails=2)
    assert await stores.figures.waiting(SALES) == Waiting(reviews=1, replies=0, emails=0)


async def test_the_execution_of_a_reply_is_told_from_those_whose_ids_begin_alike(stores: Stores) -> None:
    for name in ("x", "x1", "x0", "x-"):
        await stores.executions.add(execution(name))
    await stores.outbox.add(reply("x/send"))
    assert await stores.figures.waiting(SHOP) == Waiting(reviews=0, replies=1, emails=3)
