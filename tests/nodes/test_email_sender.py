"""The sender node: what is sent to whom, under which marks, and every way it can stop."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from nodes.stage import DRAFT, HandClock, Post, Stage, classified, decided, raw_email, take_in
from postroom.errors import ConfigurationError, InputError, PluginError, TransientError
from postroom.interfaces.provider import Delivery
from postroom.knowledge.disclosure import disclosure
from postroom.model.email import Address
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode, SentPolicy
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


@pytest.mark.parametrize(
    ("email", "mailbox", "reason"),
    [
        ({}, {"mode": Mode.REVIEW}, "mode review"),
        ({"cautions": ("encrypted",)}, {}, "encrypted"),
        ({"automatic": "mailing_list"}, {}, "mailing_list"),
        ({}, {"automatic_categories": ("refund",)}, "category returns"),
        ({}, {"answer_within_hours": 72.0}, "older than 72 hours"),
    ],
)
async def test_a_reply_that_the_rules_forbid_by_now_goes_to_a_person(
    stage: Stage, email: dict[str, object], mailbox: dict[str, object], reason: str
) -> None:
    changes = {**stage.with_email(**email), **stage.with_mailbox(**mailbox), "classification": classified()}
    for _ in range(2):
        review_id = waiting_review(await stage.play("email_sender", draft=DRAFT, **changes))
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.id, review.kind, review.draft, review.rank) == (review_id, ReviewKind.DRAFT, DRAFT, 1)
    assert reason in review.reason
    assert (stage.post.sent, await state(stage)) == ([], ReplyState.WITHDRAWN)
    await stage.decide(review_id, decided())
    assert (await stage.play("email_sender", draft=DRAFT, **changes)).output == "sent"
    assert (await sent_text(stage)).strip() == "A person's answer."


async def test_a_sender_needs_something_to_send(stage: Stage) -> None:
    with pytest.raises(ConfigurationError, match="neither a draft nor a decision"):
        await stage.play("email_sender")
    assert stage.post.sent == []


async def test_an_automation_that_stopped_meanwhile_stops_what_was_drafted_before(stage: Stage) -> None:
    assert await stage.stores.mailboxes.add(stage.context.mailbox)
    assert await stage.stores.mailboxes.stop(stage.context.mailbox.id, reason="too many")
    found = await stage.play("email_sender", draft=DRAFT)
    review = await stage.stores.reviews.get(ReviewId(waiting_review(found)))
    assert "stopped: too many" in review.reason
    assert stage.post.sent == []


async def test_the_mailbox_says_who_sends_from_where_and_what_stands_below(stage: Stage) -> None:
    mailbox = stage.with_mailbox(
        aliases=("help@lindenhof.example",),
        bounce_address="bounces@lindenhof.example",
        reply_to="answers@lindenhof.example",
        signatures={"en": "Lindenhof Ltd\nPhone 1", "*": "Other"},
        sender="good",
        sent_policy=SentPolicy.APPEND,
    )
    alias = stage.with_email(to=(Address(name="", address="Help+x@lindenhof.example"),))
    other = Post()
    services = stage.with_services(senders={"bad": other, "good": stage.post})
    found = await stage.play("email_sender", draft=DRAFT, **mailbox, **alias, **services)
    (message,) = stage.post.sent
    headers = message_from_bytes(message.content, policy=default)
    assert (message.mail_from, headers["From"]) == ("bounces@lindenhof.example", "Support <help@lindenhof.example>")
    assert headers["Reply-To"] == "answers@lindenhof.example"
    text = (await sent_text(stage)).replace("\r\n", "\n")
    assert "\n\n-- \nLindenhof Ltd\nPhone 1\n\n" + disclosure("en", by_model=False) in text
    assert found.reply is not None
    assert (await stage.stores.outbox.get(found.reply.reply_id)).filed is False
    assert other.sent == []


@pytest.mark.parametrize(("policy", "filed"), [(each, each is not SentPolicy.APPEND) for each in SentPolicy])
async def test_only_what_is_to_be_appended_still_has_to_be_filed(
    stage: Stage, policy: SentPolicy, *, filed: bool
) -> None:
    await stage.play("email_sender", draft=DRAFT, **stage.with_mailbox(sent_policy=policy))
    ((row,), headers) = (
        await stage.stores.outbox.of_execution(stage.context.execution_id),
        message_from_bytes(stage.post.sent[0].content, policy=default),
    )
    assert (row.filed, row.outgoing.mail_from) == (filed, "support@lindenhof.example")
    assert headers["Reply-To"] is None


async def test_the_node_may_name_another_sender_than_the_mailbox(stage: Stage) -> None:
    other = Post()
    services = stage.with_services(senders={"post": stage.post, "other": other})
    mailbox = stage.with_mailbox(sender="post")
    await stage.play("email_sender", {"sender": "other"}, draft=DRAFT, **services, **mailbox)
    assert (len(other.sent), len(stage.post.sent)) == (1, 0)


async def test_a_reply_that_is_too_large_fails_and_leaves_no_row(stage: Stage) -> None:
    with pytest.raises(InputError, match="more than the 100 of its mailbox"):
        await stage.play("email_sender", draft=DRAFT, **stage.with_mailbox(max_reply_bytes=100))
    assert await stage.stores.outbox.count() == {}


async def test_what_a_machine_wrote_to_an_address_that_bounced_goes_to_a_person(stage: Stage) -> None:
    await stage.suppress()
    found = await stage.play("email_sender", draft=DRAFT)
    review = await stage.stores.reviews.get(ReviewId(waiting_review(found)))
    assert "postroom suppression remove" in review.reason
    assert (stage.post.sent, await state(stage)) == ([], ReplyState.WITHDRAWN)


async def test_what_a_person_approved_for_an_address_that_bounced_fails_until_it_is_allowed_again(stage: Stage) -> None:
    await stage.suppress()
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            await stage.play("email_sender", draft=DRAFT, decision=decided())
        assert "postroom suppression remove" in caught.value.hint
        assert "ada@" not in f"{caught.value.message} {caught.value.hint}"
        assert await state(stage) is ReplyState.FAILED
    assert await stage.stores.suppressions.remove("ada@example.org")
    assert (await stage.play("email_sender", draft=DRAFT, decision=decided())).output == "sent"
    assert len(stage.post.sent) == 1


async def test_a_bounce_after_the_send_does_not_undo_it(stage: Stage) -> None:
    await stage.play("email_sender", draft=DRAFT)
    await stage.suppress()
    assert (await stage.play("email_sender", draft=DRAFT)).output == "sent"
    assert len(stage.post.sent) == 1


async def test_the_sender_must_be_clear(stage: Stage) -> None:
    services = stage.context.services
    for senders in ({}, {"a": stage.post, "b": stage.post}):
        with pytest.raises(ConfigurationError):
            await stage.play("email_sender", draft=DRAFT, services=replace(services, senders=senders))
    with pytest.raises(ConfigurationError, match="'c'"):
        await stage.play("email_sender", {"sender": "c"}, draft=DRAFT)


@pytest.mark.parametrize("breaks", [False, True])
async def test_a_deferred_reply_is_parked_and_tried_again_when_it_is_due(stage: Stage, *, breaks: bool) -> None:
    clock = HandClock()
    services = stage.with_services(clock=clock)
    if breaks:
        stage.post.errors = [TransientError("no route")]
    else:
        stage.post.answers = [Delivery.DEFERRED]
    found = await stage.play("email_sender", draft=DRAFT, **services)
    assert (found.waiting_for, await state(stage)) == ("sending", ReplyState.PENDING)
    assert (
        found.note == f"not taken yet: {'no route' if breaks else '250 or not'}; tried again at 2026-01-06 00:01:00 UTC"
    )
    clock.moment += timedelta(seconds=59)
    early = await stage.play("email_sender", draft=DRAFT, **services)
    assert (early.waiting_for, stage.post.sent) == ("sending", [])
    clock.moment += timedelta(seconds=1)
    assert (await stage.play("email_sender", draft=DRAFT, **services)).output == "sent"
    assert len(stage.post.sent) == 1


async def test_what_was_deferred_is_withdrawn_when_the_mailbox_only_observes_by_then(stage: Stage) -> None:
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT)
    found = await stage.play("email_sender", draft=DRAFT, attempt=2, **stage.in_mode(Mode.OBSERVE))
    assert (found.output, found.waiting_for, stage.post.sent) == ("sent", None, [])
    assert await state(stage) is ReplyState.WITHDRAWN


async def test_a_sender_that_breaks_for_good_before_it_claims_leaves_a_failed_row(stage: Stage) -> None:
    stage.post.errors = [PluginError("no such account")]
    with pytest.raises(PluginError, match="no such account"):
        await stage.play("email_sender", draft=DRAFT)
    assert await state(stage) is ReplyState.FAILED


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


@pytest.mark.parametrize(
    ("verdict", "times"), [(Verdict.APPROVE, 2), (Verdict.REJECT, 1), (Verdict.ANSWERED_ELSEWHERE, 1)]
)
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


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.ANSWERED_ELSEWHERE])
async def test_a_stale_draft_that_a_person_rejects_is_never_sent(stage: Stage, verdict: Verdict) -> None:
    await write_again(stage)
    review_id = waiting_review(await stage.play("email_sender", draft=DRAFT))
    rejection = decided(verdict)
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


@pytest.mark.parametrize("place", ["decision", "decided_here"])
async def test_what_a_person_approved_does_not_vanish_in_mode_observe(stage: Stage, place: str) -> None:
    approved = {place: decided(), **stage.in_mode(Mode.OBSERVE)}
    with pytest.raises(ConfigurationError) as caught:
        await stage.play("email_sender", draft=DRAFT, **approved)
    assert "mode observe" in caught.value.message
    assert stage.post.sent == []


@pytest.mark.parametrize("decision", [decided(Verdict.REJECT), decided(Verdict.ANSWERED_ELSEWHERE), decided(text="  ")])
async def test_only_approved_words_are_sent(stage: Stage, decision: Decision) -> None:
    with pytest.raises(ConfigurationError):
        await stage.play("email_sender", draft=DRAFT, decision=decision)
    assert stage.post.sent == []


async def test_what_a_person_approved_is_never_stale(stage: Stage) -> None:
    await write_again(stage)
    assert (await stage.play("email_sender", draft=DRAFT, decision=decided())).output == "sent"
    assert len(stage.post.sent) == 1
