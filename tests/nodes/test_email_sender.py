"""The sender node: what is sent to whom, under which marks, and every way it can stop."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from nodes.stage import DRAFT, Stage, decided, raw_email, take_in
from postroom.errors import ConfigurationError, PluginError, TransientError
from postroom.interfaces.provider import Delivery
from postroom.knowledge.disclosure import disclosure
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import Decision, ReviewId, ReviewKind, ReviewStatus, Verdict


async def state(stage: Stage, edition: str = "") -> ReplyState:
    return (await stage.stores.outbox.get(ReplyId(f"{stage.context.execution_id}/email_sender{edition}"))).state


async def sent_text(stage: Stage) -> str:
    (message,) = stage.post.sent
    body = message_from_bytes(message.content, policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def write_again(stage: Stage) -> None:
    """The customer writes again in the same conversation."""
    await take_in(stage.stores, raw_email(2, head="In-Reply-To: <1@example.org>\n", body="Never mind."))


def waiting_review(found: Outcome) -> str:
    assert found.waiting_for == "review"
    assert found.review_id is not None
    return found.review_id


async def test_an_automatic_reply_says_so_in_header_and_text_and_goes_to_the_sender_only(stage: Stage) -> None:
    found = await stage.play("email_sender", draft=DRAFT)
    assert found.output == "sent"
    assert found.reply is not None
    assert found.reply.state is ReplyState.SENT
    (message,) = stage.post.sent
    headers = message_from_bytes(message.content, policy=default)
    assert headers["Auto-Submitted"] == "auto-replied"
    assert disclosure("en", by_model=False) in await sent_text(stage)
    assert message.recipient.address == "ada@example.org"
    assert (headers["To"], headers["Cc"], headers["Bcc"]) == ("Ada <ada@example.org>", None, None)
    row = await stage.stores.outbox.get(found.reply.reply_id)
    assert (row.automatic, row.conversation_version, row.article_ids) == (True, 1, ("return_how",))


async def test_an_approved_reply_carries_the_persons_words_and_no_marks_of_a_machine(stage: Stage) -> None:
    found = await stage.play("email_sender", draft=DRAFT, decision=decided())
    assert found.output == "sent"
    headers = message_from_bytes(stage.post.sent[0].content, policy=default)
    assert headers["Auto-Submitted"] is None
    assert (await sent_text(stage)).strip() == "A person's answer."


async def test_run_again_it_finds_its_row_and_sends_nothing(stage: Stage) -> None:
    for _ in range(3):
        assert (await stage.play("email_sender", draft=DRAFT)).output == "sent"
    assert len(stage.post.sent) == 1


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_dry_run_and_mode_observe_send_nothing(stage: Stage, *, dry_run: bool) -> None:
    changes = {} if dry_run else stage.in_mode(Mode.OBSERVE)
    found = await stage.play("email_sender", draft=DRAFT, dry_run=dry_run, **changes)
    assert (found.output, found.reply, stage.post.sent) == ("sent", None, [])
    assert await stage.stores.outbox.count() == {}


async def test_without_a_person_only_mode_automatic_answers_and_only_where_nothing_speaks_against_it(
    stage: Stage,
) -> None:
    for changes in (
        stage.in_mode(Mode.REVIEW),
        stage.with_email(cautions=("encrypted",)),
        stage.with_email(automatic="mailing_list"),
    ):
        with pytest.raises(ConfigurationError, match="may not be answered without a person"):
            await stage.play("email_sender", draft=DRAFT, **changes)
    with pytest.raises(ConfigurationError, match="neither a draft nor a decision"):
        await stage.play("email_sender")
    assert stage.post.sent == []


async def test_the_sender_must_be_clear(stage: Stage) -> None:
    services = stage.context.services
    for senders in ({}, {"a": stage.post, "b": stage.post}):
        with pytest.raises(ConfigurationError):
            await stage.play("email_sender", draft=DRAFT, services=replace(services, senders=senders))
    with pytest.raises(ConfigurationError, match="'c'"):
        await stage.play("email_sender", {"sender": "c"}, draft=DRAFT)


async def test_a_deferred_reply_is_tried_again(stage: Stage) -> None:
    stage.post.answers = [Delivery.DEFERRED]
    with pytest.raises(TransientError):
        await stage.play("email_sender", draft=DRAFT)
    assert (await stage.play("email_sender", draft=DRAFT, attempt=2)).output == "sent"
    assert len(stage.post.sent) == 1


async def test_a_refused_reply_fails_and_a_retry_hands_it_over_again(stage: Stage) -> None:
    stage.post.answers = [Delivery.REFUSED]
    with pytest.raises(PluginError, match="refused") as caught:
        await stage.play("email_sender", draft=DRAFT)
    assert not caught.value.retryable
    assert await state(stage) is ReplyState.FAILED
    assert (await stage.play("email_sender", draft=DRAFT, attempt=2)).output == "sent"
    assert len(stage.post.sent) == 1


async def test_while_sending_is_halted_it_waits_and_then_sends_once(stage: Stage) -> None:
    await stage.stores.controls.halt_sending()
    found = await stage.play("email_sender", draft=DRAFT)
    assert (found.waiting_for, stage.post.sent) == ("sending", [])
    await stage.stores.controls.allow_sending()
    assert (await stage.play("email_sender", draft=DRAFT)).output == "sent"
    assert len(stage.post.sent) == 1


@pytest.mark.parametrize(("verdict", "times"), [(Verdict.APPROVE, 2), (Verdict.REJECT, 1)])
async def test_an_uncertain_send_is_settled_by_a_person(stage: Stage, verdict: Verdict, times: int) -> None:
    stage.post.answers = [Delivery.UNCERTAIN]
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT)
        review_id = waiting_review(found)
        assert len(stage.post.sent) == 1
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.id, review.kind) == (review_id, ReviewKind.UNCERTAIN_SEND)
    decision = decided(verdict, text="")
    await stage.decide(review_id, decision)
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT, decided_here=decision)
    assert found.output == ("sent" if verdict is Verdict.APPROVE else "uncertain")
    assert len(stage.post.sent) == times
    assert {message.message_id for message in stage.post.sent} == {stage.post.sent[0].message_id}


async def test_a_stale_draft_sends_nothing_and_asks_a_person(stage: Stage) -> None:
    await write_again(stage)
    for _ in range(2):
        review_id = waiting_review(await stage.play("email_sender", draft=DRAFT))
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.id, review.kind, review.draft) == (review_id, ReviewKind.DRAFT, DRAFT)
    assert stage.post.sent == []
    assert await state(stage) is ReplyState.WITHDRAWN


async def test_a_stale_draft_that_a_person_approves_after_all_is_sent_once(stage: Stage) -> None:
    await write_again(stage)
    review_id = waiting_review(await stage.play("email_sender", draft=DRAFT))
    await stage.decide(review_id, decided())
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT, decided_here=decided())
    assert (found.output, found.decision) == ("sent", decided())
    assert (await sent_text(stage)).strip() == "A person's answer."
    assert (await state(stage), await state(stage, "/approved")) == (ReplyState.WITHDRAWN, ReplyState.SENT)


async def test_a_stale_draft_that_a_person_rejects_is_never_sent(stage: Stage) -> None:
    await write_again(stage)
    review_id = waiting_review(await stage.play("email_sender", draft=DRAFT))
    rejection = decided(Verdict.REJECT)
    await stage.decide(review_id, rejection)
    found = await stage.play("email_sender", draft=DRAFT, decided_here=rejection)
    assert (found.output, found.decision, stage.post.sent) == ("withdrawn", rejection, [])


async def test_an_approval_to_send_again_counts_for_the_text_it_was_given_for_alone(stage: Stage) -> None:
    stage.post.answers = [Delivery.UNCERTAIN]
    await stage.decide(waiting_review(await stage.play("email_sender", draft=DRAFT)), decided(text=""))
    await write_again(stage)
    await stage.decide(waiting_review(await stage.play("email_sender", draft=DRAFT)), decided())
    stage.post.answers = [Delivery.UNCERTAIN]
    found = await stage.play("email_sender", draft=DRAFT)
    review = await stage.stores.reviews.get(ReviewId(waiting_review(found)))
    assert (review.kind, review.status) == (ReviewKind.UNCERTAIN_SEND, ReviewStatus.OPEN)
    assert len(stage.post.sent) == 2


async def test_what_a_person_approved_does_not_vanish_in_mode_observe(stage: Stage) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await stage.play("email_sender", draft=DRAFT, decision=decided(), **stage.in_mode(Mode.OBSERVE))
    assert "mode observe" in caught.value.message
    assert stage.post.sent == []


@pytest.mark.parametrize("decision", [decided(Verdict.REJECT), decided(text="  ")])
async def test_only_approved_words_are_sent(stage: Stage, decision: Decision) -> None:
    with pytest.raises(ConfigurationError):
        await stage.play("email_sender", draft=DRAFT, decision=decision)
    assert stage.post.sent == []


async def test_what_a_person_approved_is_never_stale(stage: Stage) -> None:
    await write_again(stage)
    assert (await stage.play("email_sender", draft=DRAFT, decision=decided())).output == "sent"
    assert len(stage.post.sent) == 1
