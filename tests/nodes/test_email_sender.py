"""The sender node: what is sent to whom, under which marks, and every way it can stop."""

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from annotated_types import Le

from assurances import FixedAssurance
from clocks import SetClock
from engine.test_control_deferred import Counted
from nodes.stage import DRAFT, NOW, Post, Stage, Watch, classified, decided, raw_email, take_in
from postroom.errors import ConfigurationError, InputError, PluginError, TransientError
from postroom.interfaces.provider import Claim, Delivery, SendResult
from postroom.knowledge.disclosure import disclosure
from postroom.model.answer import FlaggedAnswer
from postroom.model.classification import Classification
from postroom.model.draft import Draft
from postroom.model.email import Address
from postroom.model.execution import Outcome
from postroom.model.mailbox import Mode, SentPolicy
from postroom.model.reply import OutgoingEmail, ReplyId, ReplyState
from postroom.model.review import Decision, Review, ReviewId, ReviewKind, ReviewStatus, Verdict
from postroom.nodes.email_sender import TIMEOUT_SECONDS
from postroom.providers.imap_smtp.smtp_config import SmtpConfig


class Killed(Post):
    """A sender whose process ends after the claim, before anything is recorded."""

    async def send(self, message: OutgoingEmail, claim: Callable[[], Awaitable[Claim]]) -> SendResult:
        await claim()
        raise asyncio.CancelledError


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
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
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
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    assert found.output == "sent"
    headers = message_from_bytes(stage.post.sent[0].content, policy=default)
    assert headers["Auto-Submitted"] is None
    assert (await sent_text(stage)).strip() == "A person's answer."


async def test_run_again_it_finds_its_row_and_sends_nothing(stage: Stage) -> None:
    for _ in range(3):
        assert (await stage.play("email_sender", draft=DRAFT, classification=classified())).output == "sent"
    assert len(stage.post.sent) == 1


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_dry_run_and_mode_observe_send_nothing(stage: Stage, *, dry_run: bool) -> None:
    changes = {} if dry_run else stage.in_mode(Mode.OBSERVE)
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), dry_run=dry_run, **changes)
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
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
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
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **mailbox, **alias, **services)
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
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **stage.with_mailbox(sent_policy=policy))
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
    await stage.play(
        "email_sender", {"sender": "other"}, draft=DRAFT, classification=classified(), **services, **mailbox
    )
    assert (len(other.sent), len(stage.post.sent)) == (1, 0)


async def test_a_reply_that_is_too_large_fails_and_leaves_no_row(stage: Stage) -> None:
    with pytest.raises(InputError, match="more than the 100 of its mailbox"):
        await stage.play(
            "email_sender", draft=DRAFT, classification=classified(), **stage.with_mailbox(max_reply_bytes=100)
        )
    assert await stage.stores.outbox.count() == {}


async def test_what_a_machine_wrote_to_an_address_that_bounced_goes_to_a_person(stage: Stage) -> None:
    await stage.suppress()
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    review = await stage.stores.reviews.get(ReviewId(waiting_review(found)))
    assert "off the suppression list" in review.reason
    assert (stage.post.sent, await state(stage)) == ([], ReplyState.WITHDRAWN)


async def test_what_a_person_approved_for_an_address_that_bounced_fails_until_it_is_allowed_again(stage: Stage) -> None:
    await stage.suppress()
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
        assert "off the suppression list" in caught.value.hint
        assert "ada@" not in f"{caught.value.message} {caught.value.hint}"
        assert await state(stage) is ReplyState.FAILED
    assert await stage.stores.suppressions.remove("ada@example.org")
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    ).output == "sent"
    assert len(stage.post.sent) == 1


async def test_a_bounce_after_the_send_does_not_undo_it(stage: Stage) -> None:
    await stage.play("email_sender", draft=DRAFT, classification=classified())
    await stage.suppress()
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified())).output == "sent"
    assert len(stage.post.sent) == 1


async def test_the_sender_must_be_clear(stage: Stage) -> None:
    services = stage.context.services
    for senders in ({}, {"a": stage.post, "b": stage.post}):
        with pytest.raises(ConfigurationError):
            await stage.play(
                "email_sender", draft=DRAFT, classification=classified(), services=replace(services, senders=senders)
            )
    with pytest.raises(ConfigurationError, match="'c'"):
        await stage.play("email_sender", {"sender": "c"}, draft=DRAFT, classification=classified())


@pytest.mark.parametrize("breaks", [False, True])
async def test_a_deferred_reply_is_parked_and_tried_again_when_it_is_due(stage: Stage, *, breaks: bool) -> None:
    clock = SetClock(NOW)
    services = stage.with_services(clock=clock)
    if breaks:
        stage.post.errors = [TransientError("no route")]
    else:
        stage.post.answers = [Delivery.DEFERRED]
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    assert (found.waiting_for, await state(stage)) == ("sending", ReplyState.PENDING)
    assert (
        found.note == f"not taken yet: {'no route' if breaks else '250 or not'}; tried again at 2026-01-06 00:01:00 UTC"
    )
    clock.at += timedelta(seconds=59)
    early = await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    assert (early.waiting_for, stage.post.sent) == ("sending", [])
    clock.at += timedelta(seconds=1)
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)).output == "sent"
    assert len(stage.post.sent) == 1


async def test_what_was_deferred_is_withdrawn_when_the_mailbox_only_observes_by_then(stage: Stage) -> None:
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT, classification=classified())
    observing = stage.in_mode(Mode.OBSERVE)
    for _ in range(2):
        review_id = waiting_review(
            await stage.play("email_sender", draft=DRAFT, classification=classified(), **observing)
        )
        review = await stage.stores.reviews.get(ReviewId(review_id))
        assert ("mode observe" in review.reason, review.draft, stage.post.sent) == (True, DRAFT, [])
        assert await state(stage) is ReplyState.WITHDRAWN
    await stage.decide(review_id, decided(Verdict.REJECT))
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **observing)
    ).output == "withdrawn"


@pytest.mark.parametrize("gone", [False, True])
async def test_a_crash_while_sending_is_told_to_a_person_although_the_mailbox_only_observes_by_then(
    stage: Stage, *, gone: bool
) -> None:
    with pytest.raises(asyncio.CancelledError):
        await stage.play(
            "email_sender", draft=DRAFT, classification=classified(), **stage.with_services(senders={"post": Killed()})
        )
    services = stage.with_services(senders={}, mailboxes={}) if gone else {}
    observing = {**stage.in_mode(Mode.OBSERVE), **services}
    for _ in range(2):
        review_id = waiting_review(
            await stage.play("email_sender", draft=DRAFT, classification=classified(), **observing)
        )
        review = await stage.stores.reviews.get(ReviewId(review_id))
        assert (review.kind, await state(stage)) == (ReviewKind.UNCERTAIN_SEND, ReplyState.UNCERTAIN)
    await stage.decide(review_id, decided(text=""))
    with pytest.raises(ConfigurationError):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **observing)
    assert await state(stage) is ReplyState.UNCERTAIN
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified())).output == "sent"


async def test_what_was_sent_before_the_mailbox_only_observed_counts_as_sent(stage: Stage) -> None:
    await stage.play("email_sender", draft=DRAFT, classification=classified())
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **stage.in_mode(Mode.OBSERVE))
    assert found.reply is not None
    assert (found.output, found.reply.state) == ("sent", ReplyState.SENT)


async def test_what_a_person_approved_fails_in_mode_observe_and_is_sent_after_it(stage: Stage) -> None:
    await stage.stores.controls.halt_sending()
    await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    await stage.stores.controls.allow_sending()
    with pytest.raises(ConfigurationError, match="mode observe"):
        await stage.play(
            "email_sender", draft=DRAFT, classification=classified(), decision=decided(), **stage.in_mode(Mode.OBSERVE)
        )
    assert await state(stage) is ReplyState.FAILED
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    ).output == "sent"
    assert len(stage.post.sent) == 1


async def test_the_mode_that_is_stored_by_now_counts_for_what_a_person_approved(stage: Stage) -> None:
    await stage.stores.mailboxes.add(replace(stage.context.mailbox, mode=Mode.OBSERVE))
    with pytest.raises(ConfigurationError, match="mode observe"):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    assert (stage.post.sent, await state(stage)) == ([], ReplyState.FAILED)


async def test_a_removed_mailbox_is_called_removed(stage: Stage) -> None:
    gone = {**stage.in_mode(Mode.OBSERVE), **stage.with_services(mailboxes={})}
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), **gone)
    assert (found.output, found.note) == ("sent", "nothing is sent: its mailbox was removed")
    with pytest.raises(ConfigurationError, match="its mailbox was removed") as caught:
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided(), **gone)
    assert "Add the mailbox again" in caught.value.hint


@pytest.mark.parametrize("halted", [False, True])
async def test_an_approved_reply_that_had_to_wait_is_not_sent_where_another_person_answered_since(
    stage: Stage, *, halted: bool
) -> None:
    clock, watch = SetClock(NOW), Watch()
    services = stage.with_services(clock=clock, lookouts={stage.context.mailbox.id: watch})
    approved = {"draft": DRAFT, "decision": decided(text="My own words."), **services}
    if halted:
        await stage.stores.controls.halt_sending()
    else:
        stage.post.answers = [Delivery.DEFERRED]
    assert (await stage.play("email_sender", **approved)).waiting_for == "sending"
    assert watch.looks == 1
    await stage.stores.controls.allow_sending()
    clock.at += timedelta(hours=20)
    raw = raw_email()
    sign = FlaggedAnswer(mailbox_id=raw.mailbox_id, uid_validity="1", uid=raw.uid, seen_at=clock.at)
    await stage.stores.ledger.note_answers([sign])
    review_id = waiting_review(await stage.play("email_sender", **approved))
    review = await stage.stores.reviews.get(ReviewId(review_id))
    assert review.draft is not None
    assert (review.draft.text, watch.looks, stage.post.sent) == ("My own words.", 2, [])
    assert await state(stage) is ReplyState.WITHDRAWN
    later = replace(decided(text="After all."), at=clock.at)
    await stage.decide(review_id, later)
    found = await stage.play("email_sender", **approved)
    assert (found.output, found.decision, (await sent_text(stage)).strip()) == ("sent", later, "After all.")


async def test_an_approved_reply_that_had_to_wait_is_sent_where_nobody_answered(stage: Stage) -> None:
    clock, watch = SetClock(NOW), Watch()
    services = stage.with_services(clock=clock, lookouts={stage.context.mailbox.id: watch})
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided(), **services)
    clock.at += timedelta(minutes=1)
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided(), **services)
    ).output == "sent"
    assert watch.looks == 2


async def test_a_parked_reply_is_neither_composed_nor_written_again(stage: Stage) -> None:
    clock = SetClock(NOW)
    stage.post.answers = [Delivery.DEFERRED]
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **stage.with_services(clock=clock))
    calls: Counter[str] = Counter()
    outbox = Counted(stage.stores.outbox, calls)
    stores = replace(stage.stores, outbox=outbox)  # type: ignore[arg-type]  # The rest is delegated by name.
    # Composed anew it would be too large now.
    small = stage.with_mailbox(max_reply_bytes=1)
    found = await stage.play(
        "email_sender",
        draft=DRAFT,
        classification=classified(),
        **small,
        **stage.with_services(clock=clock, stores=stores),
    )
    assert found.waiting_for == "sending"
    assert set(calls) == {"of_execution", "of_execution.rows"}


async def test_a_reply_that_was_withdrawn_without_a_question_goes_to_a_person_at_once(stage: Stage) -> None:
    await stage.stores.controls.halt_sending()
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert found.reply is not None
    await stage.stores.controls.allow_sending()
    withdrawn = ReplyState.WITHDRAWN
    await stage.stores.outbox.settle(found.reply.reply_id, before=ReplyState.PENDING, after=withdrawn, detail="Stop.")
    review = await stage.stores.reviews.get(
        ReviewId(waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified())))
    )
    assert ("Stop." in review.reason, stage.post.sent) == (True, [])


async def test_after_being_given_up_a_retry_has_two_days_again(stage: Stage) -> None:
    clock = SetClock(NOW)
    services = stage.with_services(clock=clock)
    stage.post.answers = [Delivery.DEFERRED] * 4
    await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    clock.at += timedelta(hours=49)
    with pytest.raises(PluginError, match="two days"):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
    for hours in (11, 1):
        clock.at += timedelta(hours=hours)
        assert (
            await stage.play("email_sender", draft=DRAFT, classification=classified(), **services)
        ).waiting_for == "sending"
    assert (await stage.stores.alarms.open()).rows != ()
    assert stage.post.answers == []


async def test_the_node_waits_longer_than_a_sender_may_take() -> None:
    fields = SmtpConfig.model_fields
    longest = [
        float(str(bound.le))
        for name in ("data_timeout_seconds", "wait_seconds")
        for bound in fields[name].metadata
        if isinstance(bound, Le)
    ]
    assert len(longest) == 2
    # Connecting, greeting, TLS, greeting again, log-in in three steps, MAIL, RCPT and DATA may each take their time.
    assert sum(longest) + 10 * float(fields["timeout_seconds"].default) < TIMEOUT_SECONDS


async def test_a_sender_that_breaks_for_good_before_it_claims_leaves_a_failed_row(stage: Stage) -> None:
    stage.post.errors = [PluginError("no such account")]
    with pytest.raises(PluginError, match="no such account"):
        await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert await state(stage) is ReplyState.FAILED


async def test_a_refused_reply_fails_and_a_retry_hands_it_over_again(stage: Stage) -> None:
    stage.post.answers = [Delivery.REFUSED]
    with pytest.raises(PluginError, match="refused") as caught:
        await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert not caught.value.retryable
    assert await state(stage) is ReplyState.FAILED
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified(), attempt=2)).output == "sent"
    assert len(stage.post.sent) == 1


async def test_while_sending_is_halted_it_waits_and_then_sends_once(stage: Stage) -> None:
    await stage.stores.controls.halt_sending()
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    assert (found.waiting_for, stage.post.sent) == ("sending", [])
    await stage.stores.controls.allow_sending()
    assert (await stage.play("email_sender", draft=DRAFT, classification=classified())).output == "sent"
    assert len(stage.post.sent) == 1


@pytest.mark.parametrize(
    ("verdict", "times"), [(Verdict.APPROVE, 2), (Verdict.REJECT, 1), (Verdict.ANSWERED_ELSEWHERE, 1)]
)
async def test_an_uncertain_send_is_settled_by_a_person(stage: Stage, verdict: Verdict, times: int) -> None:
    stage.post.answers = [Delivery.UNCERTAIN]
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT, classification=classified())
        review_id = waiting_review(found)
        assert len(stage.post.sent) == 1
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.id, review.kind) == (review_id, ReviewKind.UNCERTAIN_SEND)
    decision = decided(verdict, text="")
    await stage.decide(review_id, decision)
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT, classification=classified(), decided_here=decision)
    assert found.output == ("sent" if verdict is Verdict.APPROVE else "uncertain")
    assert len(stage.post.sent) == times
    assert {message.message_id for message in stage.post.sent} == {stage.post.sent[0].message_id}


async def test_a_stale_draft_sends_nothing_and_asks_a_person(stage: Stage) -> None:
    await write_again(stage)
    for _ in range(2):
        review_id = waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified()))
    (review,) = await stage.stores.reviews.of_execution(stage.context.execution_id)
    assert (review.id, review.kind, review.draft) == (review_id, ReviewKind.DRAFT, DRAFT)
    assert stage.post.sent == []
    assert await state(stage) is ReplyState.WITHDRAWN


async def test_a_stale_draft_that_a_person_approves_after_all_is_sent_once(stage: Stage) -> None:
    await write_again(stage)
    review_id = waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified()))
    await stage.decide(review_id, decided())
    for _ in range(2):
        found = await stage.play("email_sender", draft=DRAFT, classification=classified(), decided_here=decided())
    assert (found.output, found.decision) == ("sent", decided())
    assert (await sent_text(stage)).strip() == "A person's answer."
    assert (await state(stage), await state(stage, "/approved")) == (ReplyState.WITHDRAWN, ReplyState.SENT)


@pytest.mark.parametrize("verdict", [Verdict.REJECT, Verdict.ANSWERED_ELSEWHERE])
async def test_a_stale_draft_that_a_person_rejects_is_never_sent(stage: Stage, verdict: Verdict) -> None:
    await write_again(stage)
    review_id = waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified()))
    rejection = decided(verdict)
    await stage.decide(review_id, rejection)
    found = await stage.play("email_sender", draft=DRAFT, classification=classified(), decided_here=rejection)
    assert (found.output, found.decision, stage.post.sent) == ("withdrawn", rejection, [])


@pytest.mark.parametrize("uncertain", [False, True])
@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT])
async def test_what_a_person_can_still_take_back_is_not_acted_on(
    stage: Stage, *, uncertain: bool, verdict: Verdict
) -> None:
    if uncertain:
        stage.post.answers = [Delivery.UNCERTAIN]
    else:
        await write_again(stage)
    review_id = ReviewId(waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified())))
    sent = len(stage.post.sent)
    made = replace(decided(verdict), not_before=NOW + timedelta(seconds=30))
    await stage.decide(review_id, made)
    # Whatever begins the next run, as a retry or another question's answer.
    assert waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified())) == review_id
    assert await stage.stores.reviews.undo(review_id, by=made.by)
    assert waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified())) == review_id
    assert len(stage.post.sent) == sent


async def test_an_approval_to_send_again_counts_for_the_text_it_was_given_for_alone(stage: Stage) -> None:
    stage.post.answers = [Delivery.UNCERTAIN]
    await stage.decide(
        waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified())), decided(text="")
    )
    await write_again(stage)
    await stage.decide(
        waiting_review(await stage.play("email_sender", draft=DRAFT, classification=classified())), decided()
    )
    stage.post.answers = [Delivery.UNCERTAIN]
    found = await stage.play("email_sender", draft=DRAFT, classification=classified())
    review = await stage.stores.reviews.get(ReviewId(waiting_review(found)))
    assert (review.kind, review.status) == (ReviewKind.UNCERTAIN_SEND, ReviewStatus.OPEN)
    assert len(stage.post.sent) == 2


@pytest.mark.parametrize("place", ["decision", "decided_here"])
async def test_what_a_person_approved_does_not_vanish_in_mode_observe(stage: Stage, place: str) -> None:
    approved = {place: decided(), **stage.in_mode(Mode.OBSERVE)}
    with pytest.raises(ConfigurationError) as caught:
        await stage.play("email_sender", draft=DRAFT, classification=classified(), **approved)
    assert "mode observe" in caught.value.message
    assert stage.post.sent == []


@pytest.mark.parametrize("decision", [decided(Verdict.REJECT), decided(Verdict.ANSWERED_ELSEWHERE), decided(text="  ")])
async def test_only_approved_words_are_sent(stage: Stage, decision: Decision) -> None:
    with pytest.raises(ConfigurationError):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decision)
    assert stage.post.sent == []


async def test_what_a_person_approved_is_never_stale(stage: Stage) -> None:
    await write_again(stage)
    assert (
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    ).output == "sent"
    assert len(stage.post.sent) == 1


async def test_what_a_person_decides_about_a_stale_draft_is_an_example_once_and_judges_nobody(stage: Stage) -> None:
    await write_again(stage)
    context = {"draft": DRAFT, "classification": classified()}
    review_id = waiting_review(await stage.play("email_sender", **context))
    await stage.play("email_sender", **context)
    assert (await stage.stores.examples.list()).rows == ()
    decision = replace(decided(), category="refund")
    await stage.decide(review_id, decision)
    for _ in range(2):
        await stage.play("email_sender", **context, decided_here=decision)
    (example,) = (await stage.stores.examples.list()).rows
    assert (example.id, example.category, example.article_ids) == (review_id, "refund", ("return_how",))
    assert await stage.stores.judgements.of_model("fixed@1") == ()


async def test_what_a_person_had_approved_is_no_example_again_when_it_is_stopped(stage: Stage) -> None:
    await stage.suppress()
    with pytest.raises(ConfigurationError):
        await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decided())
    assert (await stage.stores.examples.list()).rows == ()


async def audits(stage: Stage) -> list[Review]:
    found = await stage.stores.reviews.of_execution(stage.context.execution_id)
    return [one for one in found if one.kind is ReviewKind.AUDIT]


async def test_a_drawn_automatic_reply_is_put_before_a_person_once_whatever_follows_in_its_workflow(
    stage: Stage,
) -> None:
    given = {"classification": classified(), **stage.with_services(assurance=FixedAssurance(audits=True))}
    for _ in range(2):
        assert (await stage.play("email_sender", draft=DRAFT, **given)).waiting_for is None
    (audit,) = await audits(stage)
    assert (audit.draft, audit.status, audit.email_id) == (DRAFT, ReviewStatus.OPEN, stage.context.stored.id)
    assert audit.rank > 3
    # Nothing waits for it: neither the conversation nor a reminder.
    assert await stage.stores.reviews.undecided_in(stage.context.stored.conversation_id) == ()
    assert (await stage.stores.figures.backlog()).undecided == 0


@pytest.mark.parametrize(
    ("drawn", "decision", "delivery"),
    [(False, None, Delivery.SENT), (True, decided(), Delivery.SENT), (True, None, Delivery.UNCERTAIN)],
)
async def test_what_was_not_drawn_not_automatic_or_not_sent_is_not_audited(
    stage: Stage, *, drawn: bool, decision: Decision | None, delivery: Delivery
) -> None:
    services = stage.with_services(assurance=FixedAssurance(audits=drawn), senders={"post": Post(answers=[delivery])})
    await stage.play("email_sender", draft=DRAFT, classification=classified(), decision=decision, **services)
    assert await audits(stage) == []


@pytest.mark.parametrize(
    ("draft", "found", "assurance", "words"),
    [
        (DRAFT, classified(), FixedAssurance(threshold=None, doubt="it was demoted"), "it was demoted"),
        (DRAFT, classified(), FixedAssurance(threshold=0.98), "below the guaranteed 0.98"),
        (replace(DRAFT, probability=math.nan), classified(), FixedAssurance(), "below the guaranteed 0.00"),
        (replace(DRAFT, passages=()), classified(), FixedAssurance(), "no passage supports it"),
        (DRAFT, None, FixedAssurance(), "nothing has labelled it"),
    ],
)
async def test_whatever_led_here_nothing_goes_out_by_itself_that_is_not_guaranteed_now(
    stage: Stage, draft: Draft, found: Classification | None, assurance: FixedAssurance, words: str
) -> None:
    given = {"draft": draft, "classification": found, **stage.with_services(assurance=assurance)}
    for _ in range(2):
        review_id = waiting_review(await stage.play("email_sender", **given))
    review = await stage.stores.reviews.get(ReviewId(review_id))
    assert words in review.reason
    assert (stage.post.sent, await state(stage)) == ([], ReplyState.WITHDRAWN)
    await stage.decide(review_id, decided())
    assert (await stage.play("email_sender", **given)).output == "sent"
    assert (await sent_text(stage)).strip() == "A person's answer."


async def test_what_waited_to_be_sent_is_held_to_the_guarantee_again(stage: Stage) -> None:
    post = Post(answers=[Delivery.DEFERRED])
    given = {"draft": DRAFT, "classification": classified()}
    parked = await stage.play("email_sender", **given, **stage.with_services(senders={"post": post}))
    assert parked.waiting_for == "sending"
    row = await stage.stores.outbox.get(ReplyId(f"{stage.context.execution_id}/email_sender"))
    assert row.not_before is not None
    demoted = FixedAssurance(threshold=None, doubt="it was demoted")
    later = stage.with_services(senders={"post": post}, assurance=demoted, clock=SetClock(row.not_before))
    assert "it was demoted" in (await stage.play("email_sender", **given, **later)).note
    assert post.sent == []


async def test_what_a_person_approved_needs_no_guarantee(stage: Stage) -> None:
    nothing = stage.with_services(assurance=FixedAssurance(threshold=None, doubt="not yet"))
    found = await stage.play("email_sender", draft=DRAFT, decision=decided(), **nothing)
    assert found.output == "sent"
