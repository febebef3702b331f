"""A person answered with another program: what was open about it is closed, once, and nothing else."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine.house import MAILBOX
from intake.scene import ARRIVED, Scene, mail, open_scene
from postroom.errors import StoreError
from postroom.model.answer import Answer, FlaggedAnswer, SentAnswer
from postroom.model.email import RawEmail
from postroom.model.review import Decision, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.outbox.elsewhere import close_answered, note_answers

FIRST = mail(1, message_id="<1@example.org>", body="first")
SECOND = replace(
    mail(2, message_id="<2@example.org>\r\nIn-Reply-To: <1@example.org>", body="second"),
    received_at=ARRIVED + timedelta(minutes=30),
)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as opened:
        yield opened


def flagged(raw: RawEmail) -> FlaggedAnswer:
    return FlaggedAnswer(mailbox_id=MAILBOX.id, uid_validity="1", uid=raw.uid, seen_at=ARRIVED + timedelta(hours=1))


def sent(*refers_to: str, minutes: float, to: str = "ada@example.org") -> SentAnswer:
    return SentAnswer(
        mailbox_id=MAILBOX.id,
        message_id="<by-hand@lindenhof.example>",
        refers_to=refers_to,
        recipients=(to,),
        sent_at=ARRIVED + timedelta(minutes=minutes),
    )


async def note(scene: Scene, *answers: Answer) -> int:
    return await note_answers(answers, stores=scene.stores, clock=scene.clock)


async def verdict(scene: Scene, review_id: ReviewId) -> Verdict | None:
    decision = (await scene.stores.reviews.get(review_id)).decision
    return decision.verdict if decision else None


async def test_a_flag_closes_the_review_of_that_very_email_only(scene: Scene) -> None:
    first, second = [await scene.ask(email_id) for email_id in await scene.accept(FIRST, SECOND)]
    assert await note(scene, flagged(SECOND)) == 1
    assert (await verdict(scene, first), await verdict(scene, second)) == (None, Verdict.ANSWERED_ELSEWHERE)
    decision = (await scene.stores.reviews.get(second)).decision
    assert decision is not None
    assert (decision.by, decision.at) == ("mailbox", scene.clock.now())
    assert "another program" in decision.reason


async def test_a_sent_answer_closes_what_had_arrived_before_it(scene: Scene) -> None:
    first, second = [await scene.ask(email_id) for email_id in await scene.accept(FIRST, SECOND)]
    assert await note(scene, sent("<1@example.org>", minutes=10)) == 1
    assert (await verdict(scene, first), await verdict(scene, second)) == (Verdict.ANSWERED_ELSEWHERE, None)


async def test_a_later_answer_closes_both(scene: Scene) -> None:
    for email_id in await scene.accept(FIRST, SECOND):
        await scene.ask(email_id)
    assert await note(scene, sent("<2@example.org>", minutes=31)) == 2


async def test_a_claimed_review_is_closed_too_and_a_decided_one_stays(scene: Scene) -> None:
    first, second = [await scene.ask(email_id) for email_id in await scene.accept(FIRST, SECOND)]
    assert await scene.stores.reviews.claim(first, by="ann")
    decision = Decision(verdict=Verdict.REJECT, by="ann", at=scene.clock.now())
    assert await scene.stores.reviews.decide(second, decision)
    assert await note(scene, sent("<1@example.org>", minutes=60)) == 1
    assert (await verdict(scene, first), await verdict(scene, second)) == (Verdict.ANSWERED_ELSEWHERE, Verdict.REJECT)


@pytest.mark.parametrize("kind", [ReviewKind.FAILURE, ReviewKind.UNCERTAIN_SEND])
async def test_what_asks_for_no_answer_stays_open(scene: Scene, kind: ReviewKind) -> None:
    (email_id,) = await scene.accept(FIRST)
    review = await scene.ask(email_id, kind=kind)
    assert await note(scene, flagged(FIRST)) == 0
    assert (await scene.stores.reviews.get(review)).status is ReviewStatus.OPEN


async def test_signs_of_nothing_known_close_nothing(scene: Scene) -> None:
    (email_id,) = await scene.accept(FIRST)
    await scene.ask(email_id)
    assert await note(scene, flagged(SECOND), sent("<other@example.org>", minutes=60)) == 0
    assert await note(scene) == 0


async def test_a_forward_to_a_colleague_closes_nothing(scene: Scene) -> None:
    (email_id,) = await scene.accept(FIRST)
    review = await scene.ask(email_id)
    assert await note(scene, sent("<1@example.org>", minutes=60, to="accounting@lindenhof.example")) == 0
    assert (await scene.stores.reviews.get(review)).status is ReviewStatus.OPEN


async def test_two_answers_without_a_message_id_close_two_reviews(scene: Scene) -> None:
    other = mail(2, message_id="<2@example.org>", body="second")
    for email_id in await scene.accept(FIRST, other):
        await scene.ask(email_id)
    for uid in (1, 2):
        nameless = replace(sent(f"<{uid}@example.org>", minutes=60), message_id="", place=f"1/{uid}")
        assert await note(scene, nameless) == 1


@pytest.mark.parametrize("sign", [flagged(FIRST), sent("<1@example.org>", minutes=5)], ids=["flagged", "sent"])
async def test_what_was_answered_before_it_was_stored_is_closed_once_a_draft_waits(scene: Scene, sign: Answer) -> None:
    assert await note(scene, sign) == 0
    (email_id,) = await scene.accept(FIRST)
    assert await close_answered(stores=scene.stores, clock=scene.clock) == 0
    review = await scene.ask(email_id)
    assert await close_answered(stores=scene.stores, clock=scene.clock) == 1
    assert await verdict(scene, review) is Verdict.ANSWERED_ELSEWHERE
    assert await close_answered(stores=scene.stores, clock=scene.clock) == 0


async def test_noting_again_changes_nothing_and_closes_what_was_opened_meanwhile(scene: Scene) -> None:
    (email_id,) = await scene.accept(FIRST)
    assert await note(scene, flagged(FIRST)) == 0
    stored = await scene.stores.emails.get(email_id)
    version = (await scene.stores.emails.conversation(stored.conversation_id)).version
    assert version > stored.conversation_version
    await scene.ask(email_id)
    assert await note(scene, flagged(FIRST)) == 1
    assert await note(scene, flagged(FIRST)) == 0
    assert (await scene.stores.emails.conversation(stored.conversation_id)).version == version


async def test_cut_off_after_the_first_review_the_rest_is_closed_by_noting_again(scene: Scene) -> None:
    for email_id in await scene.accept(FIRST, SECOND):
        await scene.ask(email_id)

    class Cut:
        """The reviews, until the connection breaks behind the first decision."""

        decided = 0

        def __getattr__(self, name: str) -> object:
            return getattr(scene.stores.reviews, name)

        async def decide(self, review_id: ReviewId, decision: Decision) -> bool:
            if self.decided:
                raise StoreError("away")
            self.decided += 1
            return await scene.stores.reviews.decide(review_id, decision)

    signs: Sequence[Answer] = [sent("<2@example.org>", minutes=31)]
    broken = replace(scene.stores, reviews=Cut())  # type: ignore[arg-type]  # The rest is delegated by name.
    with pytest.raises(StoreError):
        await note_answers(signs, stores=broken, clock=scene.clock)
    assert await note_answers(signs, stores=scene.stores, clock=scene.clock) == 1
    assert (await scene.stores.reviews.count()).get(ReviewStatus.OPEN, 0) == 0
