"""Signs of answers: each is told once, so none may be lost between the mailbox and the store."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.house import MAILBOX
from intake.scene import Scene, Signs, mail, open_scene
from postroom.errors import InputError, StoreError, TransientError
from postroom.intake.answers import AnswerWatch, watched
from postroom.model.answer import Answer, FlaggedAnswer
from postroom.model.conversation import AnsweredConversation
from postroom.model.review import ReviewStatus

DAY_SECONDS = 24 * 3_600


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


def sign(uid: int) -> FlaggedAnswer:
    return FlaggedAnswer(mailbox_id=MAILBOX.id, uid_validity="1", uid=str(uid), seen_at=mail(1).received_at)


class Refusing:
    """The ledger, save that it raises what it was given when it is asked to note answers."""

    def __init__(self, scene: Scene, *failures: Exception, never: Answer | None = None) -> None:
        self._ledger, self._failures, self._never = scene.stores.ledger, list(failures), never

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    async def note_answers(self, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
        if self._failures:
            raise self._failures.pop(0)
        if self._never in answers:
            raise InputError("it can never be stored")
        return await self._ledger.note_answers(answers)


def watch_of(scene: Scene, signs: Signs, ledger: Refusing | None = None) -> AnswerWatch:
    stores = replace(scene.stores, ledger=ledger) if ledger else scene.stores  # type: ignore[arg-type]  # By name.
    return AnswerWatch(signs, stores, scene.clock)


async def open_reviews(scene: Scene) -> int:
    return (await scene.stores.reviews.count()).get(ReviewStatus.OPEN, 0)


async def test_signs_that_could_not_be_noted_are_noted_by_the_next_look(scene: Scene) -> None:
    (email_id,) = await scene.accept(mail(1))
    await scene.ask(email_id)
    watch = watch_of(scene, Signs([[sign(1)]]), Refusing(scene, StoreError("away")))
    with pytest.raises(StoreError):
        await watch.look()
    assert await watch.look() == 1
    assert await open_reviews(scene) == 0


async def test_a_look_that_fails_keeps_what_waits_from_nothing(scene: Scene) -> None:
    (email_id,) = await scene.accept(mail(1))
    await scene.ask(email_id)
    watch = watch_of(scene, Signs([[sign(1)], TransientError("away")]), Refusing(scene, StoreError("away")))
    with pytest.raises(StoreError):
        await watch.look()
    with pytest.raises(TransientError):
        await watch.look()
    assert await open_reviews(scene) == 0


async def test_a_sign_that_can_never_be_stored_does_not_hold_up_the_others(scene: Scene) -> None:
    mails = [mail(uid, message_id=f"<{uid}@example.org>") for uid in (1, 2)]
    for email_id in await scene.accept(*mails):
        await scene.ask(email_id)
    watch = watch_of(scene, Signs([[sign(1), sign(9), sign(2)]]), Refusing(scene, never=sign(9)))
    assert await watch.look() == 2
    assert await watch.look() == 0


async def test_what_another_caller_was_told_is_noted_before_anybody_goes_on(scene: Scene) -> None:
    (email_id,) = await scene.accept(mail(1))
    await scene.ask(email_id)
    noting, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Refusing):
        async def note_answers(self, answers: Sequence[Answer]) -> tuple[AnsweredConversation, ...]:
            noting.set()
            await go_on.wait()
            return await super().note_answers(answers)

    watch = watch_of(scene, Signs([[sign(1)]]), Slow(scene))
    async with asyncio.TaskGroup() as group:
        first = group.create_task(watch.answers())
        await noting.wait()
        second = group.create_task(watch.answers())
        for _ in range(50):
            # Long enough for a look that waits for nothing.
            await asyncio.sleep(0)
        assert not second.done()
        go_on.set()
    assert (first.result(), second.result()) == ((sign(1),), ())
    assert await watch.look() == 1
    assert await open_reviews(scene) == 0


async def test_a_watch_is_not_watched_again(scene: Scene) -> None:
    watch = watch_of(scene, Signs([]))
    assert watched(watch, scene.stores, scene.clock) is watch
    assert watched(Signs([]), scene.stores, scene.clock) is not watch


async def test_a_review_that_is_opened_after_the_answer_is_closed_within_minutes(scene: Scene) -> None:
    (email_id,) = await scene.accept(mail(1))
    watch = watch_of(scene, Signs([[sign(1)]]))
    assert await watch.look() == 0
    await scene.ask(email_id)
    scene.clock.advance(299)
    assert await watch.look() == 0
    scene.clock.advance(1)
    assert await watch.look() == 1


async def test_a_sign_that_comes_before_its_email_closes_the_review_in_the_end(scene: Scene) -> None:
    watch = watch_of(scene, Signs([[sign(1)]]))
    assert await watch.look() == 0
    (email_id,) = await scene.accept(mail(1))
    await scene.ask(email_id)
    scene.clock.advance(300)
    assert await watch.look() == 1


async def test_signs_are_kept_for_a_month_even_by_another_watch(scene: Scene) -> None:
    mails = [mail(uid, message_id=f"<{uid}@example.org>") for uid in (1, 2)]
    email_id, other = await scene.accept(*mails)
    await watch_of(scene, Signs([[sign(1), sign(2)]])).look()
    watch = watch_of(scene, Signs([]))
    scene.clock.advance(30 * DAY_SECONDS)
    await watch.look()
    assert await scene.stores.ledger.answered_at(email_id) == sign(1).seen_at
    await scene.ask(email_id)
    scene.clock.advance(300)
    assert await watch.look() == 1
    scene.clock.advance(3 * DAY_SECONDS)
    await watch.look()
    assert await scene.stores.ledger.answered_at(other) is None


async def test_many_signs_cost_no_more_when_nobody_waits_for_a_decision(scene: Scene) -> None:
    mails = [mail(uid, message_id=f"<{uid}@example.org>") for uid in range(1, 60)]
    await scene.accept(*mails)
    steps: Counter[str] = Counter()

    class Counting:
        """The part of the store behind `answers`, counted by name."""

        def __init__(self, part: object) -> None:
            self._part = part

        def __getattr__(self, name: str) -> object:
            steps[name] += 1
            return getattr(self._part, name)

    counted = replace(
        scene.stores,
        ledger=Counting(scene.stores.ledger),  # type: ignore[arg-type]  # By name.
        reviews=Counting(scene.stores.reviews),  # type: ignore[arg-type]  # By name.
    )
    watch = AnswerWatch(Signs([[sign(uid) for uid in range(1, 60)]]), counted, scene.clock)
    await watch.look()
    assert steps == {"note_answers": 1, "answered_drafts": 1}
    steps.clear()
    scene.clock.advance(301)
    await watch.look()
    assert steps == {"answered_drafts": 1, "forget_answers": 1}
