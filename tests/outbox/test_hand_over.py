"""Sending again after an uncertain hand-over: nothing that is forbidden, and the first doubt is never forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from clocks import SetClock
from nodes.stage import DRAFT, NOW, Stage, classified, decided, raw_email, take_in
from postroom.errors import ConfigurationError, PluginError
from postroom.interfaces.provider import Delivery
from postroom.model.mailbox import Mode
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import ReviewId, ReviewKind, Verdict


async def state(stage: Stage) -> ReplyState:
    return (await stage.stores.outbox.get(ReplyId(f"{stage.context.execution_id}/email_sender"))).state


async def decide_to_send_again(stage: Stage, **context: object) -> None:
    """Leave a reply uncertain, and have a person decide that it is sent again."""
    stage.post.answers = [Delivery.UNCERTAIN]
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **context)
    assert found.review_id is not None
    await stage.decide(found.review_id, decided(text=""))


async def test_nothing_is_sent_again_to_an_address_that_bounced_until_it_is_allowed(stage: Stage) -> None:
    await decide_to_send_again(stage)
    await stage.suppress()
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="suppression list"):
            await stage.play("email_sender", draft=DRAFT, classification=classified())
        assert (await state(stage), len(stage.post.sent)) == (ReplyState.UNCERTAIN, 1)
    assert await stage.stores.suppressions.remove("ada@example.org")
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified())).output == "sent"
    assert len(stage.post.sent) == 2


async def test_nothing_is_sent_again_for_a_mailbox_that_only_observes_by_then(stage: Stage) -> None:
    await decide_to_send_again(stage)
    await stage.stores.mailboxes.add(replace(stage.context.mailbox, mode=Mode.OBSERVE))
    with pytest.raises(ConfigurationError, match="mode observe"):
        await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert (await state(stage), len(stage.post.sent)) == (ReplyState.UNCERTAIN, 1)


@pytest.mark.parametrize("halted_first", [False, True])
async def test_where_the_conversation_moved_on_it_is_uncertain_again_and_the_question_says_so(
    stage: Stage, *, halted_first: bool
) -> None:
    await decide_to_send_again(stage)
    if halted_first:
        await stage.stores.controls.halt_sending()
        assert (await stage.play("email_sender", draft=DRAFT, classification=classified())).waiting_for == "sending"
        await stage.stores.controls.allow_sending()
    await take_in(stage.stores, raw_email(2, head="In-Reply-To: <1@example.org>\n", body="Never mind."))
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT, classification=classified())
        assert found.review_id is not None
        review = await stage.stores.reviews.get(ReviewId(found.review_id))
        assert (review.kind, "the customer may have it already" in review.reason) == (ReviewKind.DRAFT, True)
        assert (await state(stage), len(stage.post.sent)) == (ReplyState.UNCERTAIN, 1)
    await stage.decide(review.id, decided(Verdict.REJECT))
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert found.reply is not None
    assert (found.output, found.reply.state, len(stage.post.sent)) == ("withdrawn", ReplyState.UNCERTAIN, 1)


async def test_sending_again_that_is_forbidden_while_it_waits_stays_uncertain(stage: Stage) -> None:
    await decide_to_send_again(stage, decision=decided())
    await stage.stores.controls.halt_sending()
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    ).waiting_for == "sending"
    await stage.stores.controls.allow_sending()
    await stage.suppress()
    with pytest.raises(ConfigurationError, match="suppression list"):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    assert await state(stage) is ReplyState.UNCERTAIN


async def test_sending_again_that_is_deferred_waits_as_any_other(stage: Stage) -> None:
    services = stage.with_services(clock=SetClock(NOW))
    await decide_to_send_again(stage, **services)
    stage.post.answers = [Delivery.DEFERRED]
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    ).waiting_for == "sending"
    assert await state(stage) is ReplyState.PENDING


async def test_sending_again_after_days_has_two_days_of_its_own_and_then_is_uncertain_again(stage: Stage) -> None:
    clock = SetClock(NOW)
    services = stage.with_services(clock=clock)
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    clock.at += timedelta(minutes=1)
    await decide_to_send_again(stage, **services)
    clock.at += timedelta(hours=60)
    for hours in (0, 47):
        clock.at += timedelta(hours=hours)
        stage.post.answers = [Delivery.DEFERRED]
        assert (
            await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
        ).waiting_for == "sending"
    clock.at += timedelta(hours=1)
    stage.post.answers = [Delivery.DEFERRED]
    with pytest.raises(PluginError, match=r"two days: .* the customer may have it already"):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    assert await state(stage) is ReplyState.UNCERTAIN


async def test_sending_again_that_is_refused_keeps_the_word_that_the_customer_may_have_it(stage: Stage) -> None:
    await decide_to_send_again(stage)
    stage.post.answers = [Delivery.REFUSED]
    with pytest.raises(PluginError, match=r"refused: .* the customer may have it already"):
        await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert (await state(stage), len(stage.post.sent)) == (ReplyState.UNCERTAIN, 1)
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert (found.waiting_for, len(stage.post.sent)) == ("review", 1)


async def test_sending_again_that_breaks_for_good_is_uncertain_again(stage: Stage) -> None:
    await decide_to_send_again(stage)
    stage.post.errors = [PluginError("no such account")]
    with pytest.raises(PluginError, match="no such account"):
        await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert await state(stage) is ReplyState.UNCERTAIN
