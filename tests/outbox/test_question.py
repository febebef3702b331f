"""Questions about a reply show the words that were really to be sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clocks import SetClock
from nodes.stage import DRAFT, NOW, Stage, classified, decided
from postroom.interfaces.provider import Delivery
from postroom.model.draft import Draft
from postroom.model.execution import ExecutionId
from postroom.model.mailbox import Mode
from postroom.model.review import Review, ReviewId, ReviewKind, ReviewStatus
from postroom.outbox.question import ANOTHER_IS_OUT, waiting


async def asked(stage: Stage, **context: object) -> Review:
    found = await stage.play("email_sender", **context)
    assert found.review_id is not None
    return await stage.stores.reviews.get(ReviewId(found.review_id))


async def test_a_doubt_about_words_that_a_person_approved_after_all_shows_those_words(stage: Stage) -> None:
    await stage.stores.mailboxes.add(replace(stage.context.mailbox, mode=Mode.REVIEW))
    stopped = await asked(stage, draft=DRAFT)
    assert stopped.draft == DRAFT
    await stage.decide(stopped.id, decided(text="MY OWN WORDS"))
    stage.post.answers = [Delivery.UNCERTAIN]
    doubt = await asked(stage, draft=DRAFT)
    assert (doubt.kind, doubt.draft) == (ReviewKind.UNCERTAIN_SEND, replace(DRAFT, text="MY OWN WORDS"))
    assert b"MY OWN WORDS" in stage.post.sent[0].content


@pytest.mark.parametrize("language", ["de", None])
async def test_a_doubt_about_words_that_no_draft_was_made_for_shows_them_too(
    stage: Stage, language: str | None
) -> None:
    stage.post.answers = [Delivery.UNCERTAIN]
    found = classified()
    known = replace(found, language=replace(found.language, name=language)) if language else None
    doubt = await asked(stage, decision=decided(text="Mine."), classification=known)
    words = Draft(text="Mine.", language=language or "en", probability=1.0, passages=(), responder="ann")
    assert doubt.draft == words


async def test_whoever_approves_words_that_a_rule_stopped_learns_of_another_reply_to_the_same_mail(
    stage: Stage,
) -> None:
    clock, review_mode = SetClock(NOW), stage.in_mode(Mode.REVIEW)
    services = stage.with_services(clock=clock)
    alone = await asked(stage, draft=DRAFT, **review_mode, **services)
    assert ANOTHER_IS_OUT not in alone.reason
    clock.at += timedelta(minutes=1)
    other = {"execution_id": ExecutionId("other"), "decision": decided(), **services}
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **other)).output == "sent"
    # The first question did not tell of it, so its approval is not enough.
    await stage.decide(alone.id, decided(text="Second words."))
    told = await asked(stage, draft=DRAFT, **review_mode, **services)
    assert (told.id == alone.id, ANOTHER_IS_OUT in told.reason, len(stage.post.sent)) == (False, True, 1)
    await stage.decide(told.id, decided(text="Third words."))
    for _ in range(2):
        assert (
            await stage.play("email_sender", draft=DRAFT, classification=classified(), **review_mode, **services)
        ).output == "sent"
    assert [b"Third words." in message.content for message in stage.post.sent] == [False, True]


async def test_a_question_waits_for_its_decision(stage: Stage) -> None:
    review = Review(
        id=ReviewId("x/send/stale"),
        kind=ReviewKind.DRAFT,
        execution_id="x",
        node_id="send",
        email_id=stage.context.stored.id,
        rank=1,
        reason="why",
        draft=None,
        status=ReviewStatus.OPEN,
        created_at=NOW,
    )
    found = waiting(review)
    assert (found.waiting_for, found.review_id, found.note) == ("review", "x/send/stale", "why")
