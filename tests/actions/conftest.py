"""A real store for the actions, with mails that were accepted into it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from actions.case import Case, PostReview
from actions.setup_case import setup_of
from clocks import SetClock
from contracts.store_nouns import SUPPORT, arrival, at, workflow
from empty_store import open_stores_at
from postroom.actions.accounts import Setup
from postroom.actions.desk import Desk
from postroom.interfaces.stores import Stores
from postroom.model.article import ArticleId, Passage
from postroom.model.draft import Draft
from postroom.model.ledger import Arrival
from postroom.model.review import Review, ReviewId, ReviewStatus


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    """An open, empty store."""
    opened = await open_stores_at(tmp_path / "postroom.db")
    yield opened
    await opened.connection.close()


@pytest.fixture
def desk(stores: Stores) -> Desk:
    """The desk of Ann; it is always five past nine."""
    return Desk(stores=stores, clock=SetClock(at(5)), by="ann")


@pytest.fixture
async def setup(desk: Desk) -> Setup:
    """What Ann acts on accounts with, and the workflow that mailboxes name."""
    await desk.stores.workflows.save(workflow(SUPPORT), at=at(0))
    return setup_of(desk)


@pytest.fixture
def post_review(stores: Stores) -> PostReview:
    """Accept a mail, put its execution where the case wants it, and ask about it."""

    async def post(case: Case) -> Review:
        mail = arrival(1)
        email = replace(mail.email, automatic=case.automatic)
        if case.without_sender:
            email = replace(email, from_address=None)
        return await _ask(stores, replace(mail, email=email), case)

    return post


async def _ask(stores: Stores, mail: Arrival, case: Case) -> Review:
    await stores.workflows.save(workflow(SUPPORT), at=at(0))
    await stores.ledger.accept([replace(mail, version=1)])
    execution = await stores.executions.get(mail.execution_id)
    await stores.executions.settle(replace(execution, status=case.status), ())
    passages = tuple(
        Passage(article_id=ArticleId(name), language="en", text="Look here.", score=1.0) for name in case.articles
    )
    review = Review(
        id=ReviewId(f"{mail.execution_id}/ask"),
        kind=case.kind,
        execution_id=mail.execution_id,
        node_id="ask",
        email_id=mail.email_id,
        rank=1,
        reason="unsure",
        draft=Draft(text="Dear Ann", language="en", probability=0.5, passages=passages, responder="articles"),
        status=ReviewStatus.OPEN,
        created_at=at(2),
    )
    await stores.reviews.add(review)
    return review
