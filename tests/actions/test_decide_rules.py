"""What a decision asks for, before anything is written."""

from dataclasses import replace

import pytest

from actions.case import Case, PostReview
from contracts.store_nouns import SHOP, mailbox
from postroom.actions.decide import approve, claim
from postroom.actions.decide_rules import (
    require_answerable,
    require_mailbox,
    require_status,
    require_undecided,
    require_undoable,
)
from postroom.actions.desk import Desk
from postroom.errors import ConflictError
from postroom.model.execution import ExecutionStatus


async def test_what_somebody_else_claimed_is_theirs(desk: Desk, post_review: PostReview) -> None:
    review = await claim(desk, (await post_review(Case())).id)
    require_undecided(review, by=desk.by)
    with pytest.raises(ConflictError, match="claimed by 'ann'"):
        require_undecided(review, by="ben")


async def test_what_the_execution_is_not_in_the_state_for_is_refused(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    await require_status(desk, review, frozenset(ExecutionStatus), "send this")
    with pytest.raises(ConflictError, match="nobody can send this now"):
        await require_status(desk, review, frozenset(), "send this")


async def test_a_mailbox_that_is_gone_sends_nothing(desk: Desk, post_review: PostReview) -> None:
    review = await post_review(Case())
    with pytest.raises(ConflictError, match="is gone"):
        await require_mailbox(desk, review)
    await desk.stores.mailboxes.add(mailbox(SHOP))
    await require_mailbox(desk, review)
    await require_answerable(desk, review.email_id)


async def test_what_is_not_decided_or_is_final_cannot_be_undone(desk: Desk, post_review: PostReview) -> None:
    await desk.stores.mailboxes.add(mailbox(SHOP))
    review = await post_review(Case())
    with pytest.raises(ConflictError, match="not decided"):
        require_undoable(desk, review)
    final = await approve(desk, review.id)
    with pytest.raises(ConflictError, match="too late"):
        require_undoable(desk, final)


async def test_until_it_is_final_only_who_decided_can_undo(desk: Desk, post_review: PostReview) -> None:
    await desk.stores.mailboxes.add(mailbox(SHOP))
    decided = await approve(desk, (await post_review(Case())).id, patience_seconds=3600)
    require_undoable(desk, decided)
    with pytest.raises(ConflictError, match="decided by 'ann'"):
        require_undoable(replace(desk, by="ben"), decided)
