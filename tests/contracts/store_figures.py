"""What every implementation of `Figures` does, on a story whose figures were counted by hand."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from contracts.store_nouns import SALES, SHOP, arrival, at, execution, record, reply, review
from postroom.errors import InputError
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.execution import ExecutionId, ExecutionStatus, FinalState
from postroom.model.ledger import Arrival
from postroom.model.reply import ReplyId, ReplyState
from postroom.model.review import ReviewId, ReviewStatus
from postroom.model.summary import Backlog, DayVolume, Summary

DAY = 24 * 60
SUCCEEDED, FAILED = ExecutionStatus.SUCCEEDED, ExecutionStatus.FAILED


def received(minute: int, *, mailbox: MailboxId = SHOP) -> Arrival:
    """Return the arrival of a mail at a minute of the story, which begins at nine in the morning."""
    mail = arrival(minute, mailbox=mailbox, content=f"mail of minute {minute}")
    return replace(mail, raw=replace(mail.raw, uid=str(minute)))


async def end(
    stores: Stores, mail: Arrival, final_state: FinalState, *, status: ExecutionStatus = SUCCEEDED, category: str = ""
) -> None:
    """Let the execution of a mail end, with a record where there is a category."""
    mailbox_id = mail.raw.mailbox_id
    ended = replace(execution(mail.execution_id, status=status), mailbox_id=mailbox_id, final_state=final_state)
    assert await stores.executions.settle(ended, [])
    if category:
        line = replace(record(mail.execution_id), email_id=mail.email_id, mailbox_id=mailbox_id, category=category)
        await stores.records.put(line)


async def answer(
    stores: Stores, mail: Arrival, name: str, *, when: datetime, automatic: bool, state: ReplyState = ReplyState.SENT
) -> None:
    """Let a reply to a mail be sent, or get as far as `state`."""
    stored = await stores.emails.get(mail.email_id)
    made = replace(
        reply(f"{mail.execution_id}/{name}"),
        email_id=mail.email_id,
        mailbox_id=mail.raw.mailbox_id,
        conversation_id=stored.conversation_id,
        automatic=automatic,
    )
    await stores.outbox.add(made)
    assert await stores.outbox.claim(made.id, lease=1, at=when) == "granted"
    assert await stores.outbox.record(made.id, lease=1, state=state, detail="", at=when)


async def again(
    stores: Stores,
    mail: Arrival,
    name: str,
    final_state: FinalState,
    *,
    category: str = "",
    dry_run: bool = False,
) -> None:
    """Let a mail be executed once more, to an end."""
    made = replace(execution(name), email_id=mail.email_id, mailbox_id=mail.raw.mailbox_id, dry_run=dry_run)
    assert await stores.executions.add(made)
    await end(stores, replace(mail, execution_id=made.id), final_state, category=category)


async def whole(stores: Stores, mailbox: MailboxId | None = None) -> Summary:
    """Return the figures of the first three days of the story."""
    return await stores.figures.summary(since=at(0), until=at(2 * DAY), mailbox_id=mailbox)


class FiguresContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_an_empty_store_has_empty_figures(self, stores: Stores) -> None:
        found = await whole(stores)
        assert found == Summary(
            since=at(0),
            until=at(2 * DAY),
            received=0,
            results={},
            answered_automatically=0,
            answered_by_person=0,
            first_reply_p50_seconds=None,
            first_reply_p95_seconds=None,
            days=tuple(volume(day, 0, 0, 0) for day in (1, 2, 3)),
        )
        assert found.automation_rate is None
        assert await stores.figures.backlog() == Backlog(undecided=0, urgent=0, oldest_at=None)

    async def test_a_story_is_counted_as_by_hand(self, stores: Stores) -> None:
        await tell(stores)
        found = await whole(stores)
        assert found.received == 7
        assert found.results == {"answered": 3, "ignored_automatic": 1, "failed": 1, "queued": 2}
        assert (found.answered_automatically, found.answered_by_person) == (2, 2)
        # 60, 120, 600 and 3,600 seconds: the second of four, and the fourth.
        assert (found.first_reply_p50_seconds, found.first_reply_p95_seconds) == (120.0, 3600.0)
        assert found.categories == {"refund": 2, "delivery": 1}
        assert found.days == (volume(1, 4, 2, 1), volume(2, 2, 0, 1), volume(3, 1, 0, 0))
        assert found.ignored == 1
        assert found.automation_rate == pytest.approx(2 / 6)
        assert await stores.figures.answered_automatically(since=at(0), until=at(2 * DAY)) == {"refund": 2}
        assert await stores.figures.answered_automatically(since=at(-DAY), until=at(0)) == {}

    async def test_a_story_is_counted_by_mailbox(self, stores: Stores) -> None:
        await tell(stores)
        sales, shop = await whole(stores, SALES), await whole(stores, SHOP)
        assert (sales.received, shop.received) == (2, 5)
        assert sales.results == {"answered": 1, "queued": 1}
        assert shop.results == {"answered": 2, "ignored_automatic": 1, "failed": 1, "queued": 1}
        assert (sales.answered_automatically, sales.answered_by_person) == (0, 1)
        assert (sales.first_reply_p50_seconds, sales.first_reply_p95_seconds) == (3600.0, 3600.0)
        assert sales.categories == {"delivery": 1}
        assert shop.categories == {"refund": 2}
        assert sales.days == (volume(1, 0, 0, 0), volume(2, 2, 0, 1), volume(3, 0, 0, 0))
        none = await whole(stores, MailboxId("none"))
        assert (none.received, none.results, none.categories) == (0, {}, {})

    async def test_the_end_of_the_time_does_not_belong_to_it(self, stores: Stores) -> None:
        await stores.ledger.accept([received(5), received(10)])
        for since, until, number in ((5, 10, 1), (5, 11, 2), (6, 10, 0), (10, 10, 0), (11, 5, 0)):
            found = await stores.figures.summary(since=at(since), until=at(until))
            assert found.received == number
            assert found.results == ({"queued": number} if number else {})
        assert (await stores.figures.summary(since=at(10), until=at(10))).days == ()

    async def test_more_days_than_the_bound_are_refused(self, stores: Stores) -> None:
        found = await stores.figures.summary(since=at(0), until=at(0) + timedelta(days=400))
        assert len(found.days) == 401
        with pytest.raises(InputError) as caught:
            await stores.figures.summary(since=at(0), until=at(0) + timedelta(days=400, seconds=1))
        assert caught.value.hint

    async def test_history_uploads_and_dry_runs_do_not_count(self, stores: Stores) -> None:
        past = replace(received(1), history=True)
        uploaded = received(2)
        uploaded = replace(uploaded, apart=True, raw=replace(uploaded.raw, uid_validity="upload"))
        tried = replace(received(3), dry_run=True)
        await stores.ledger.accept([past, uploaded, tried])
        await stores.executions.add(replace(execution("by hand"), email_id=past.email_id))
        for mail in (past, uploaded):
            await answer(stores, mail, "send", when=at(9), automatic=True)
        await stores.records.put(replace(record(tried.execution_id), email_id=tried.email_id))
        found = await whole(stores)
        assert (found.received, found.results, found.categories) == (1, {}, {})
        assert (found.answered_automatically, found.first_reply_p50_seconds) == (0, None)

    async def test_of_many_executions_of_an_email_the_newest_that_is_no_dry_run_counts(self, stores: Stores) -> None:
        # By hand: two e-mails that people wrote, one answered automatically; one of a machine, executed four times.
        answered, open_still, machine = mails = [received(minute) for minute in (0, 1, 2)]
        await stores.ledger.accept(mails)
        await answer(stores, answered, "send", when=at(5), automatic=True)
        await end(stores, answered, FinalState.ANSWERED, category="refund")
        await end(stores, machine, FinalState.ANSWERED, category="delivery")
        for number in range(3):
            await again(stores, machine, f"rerun {number}", FinalState.IGNORED_AUTOMATIC, category="spam")
        await again(stores, machine, "tried", FinalState.ANSWERED, category="delivery", dry_run=True)
        found = await whole(stores)
        assert found.results == {"answered": 1, "queued": 1, "ignored_automatic": 1}
        assert found.categories == {"refund": 1, "spam": 1}
        assert (found.received, found.ignored, found.automation_rate) == (3, 1, 0.5)
        assert (await whole(stores, SHOP)) == found
        await again(stores, machine, "at last", FinalState.ANSWERED, category="refund")
        found = await whole(stores)
        assert found.results == {"answered": 2, "queued": 1}
        assert found.categories == {"refund": 2}
        assert found.ignored == 0
        assert found.automation_rate == pytest.approx(1 / 3)
        assert open_still.execution_id not in found.results

    async def test_an_email_that_was_answered_is_not_ignored_by_a_later_execution(self, stores: Stores) -> None:
        mail = received(0)
        await stores.ledger.accept([mail])
        await answer(stores, mail, "send", when=at(5), automatic=True)
        await end(stores, mail, FinalState.ANSWERED)
        await again(stores, mail, "rerun", FinalState.IGNORED_AUTOMATIC)
        found = await whole(stores)
        assert found.results == {"ignored_automatic": 1}
        assert (found.ignored, found.automation_rate) == (0, 1.0)

    async def test_each_mailbox_counts_its_own_newest_execution(self, stores: Stores) -> None:
        first, copy = replace(received(1), observed=True), received(1, mailbox=SALES)
        _, taken = await stores.ledger.accept([first, copy])
        assert taken.execution_id is not None
        await end(stores, first, FinalState.OBSERVED)
        await end(stores, replace(copy, execution_id=taken.execution_id), FinalState.IGNORED_AUTOMATIC)
        shop, sales, all_of_them = [await whole(stores, mailbox) for mailbox in (SHOP, SALES, None)]
        assert (shop.results, shop.ignored) == ({"observed": 1}, 0)
        assert (sales.results, sales.ignored) == ({"ignored_automatic": 1}, 1)
        assert all_of_them.results == {"ignored_automatic": 1}
        assert all_of_them.automation_rate is None

    async def test_the_first_of_two_replies_counts(self, stores: Stores) -> None:
        mail = received(0)
        await stores.ledger.accept([mail])
        # Stored first and sent second.
        await answer(stores, mail, "machine", when=at(30), automatic=True)
        await answer(stores, mail, "person", when=at(10), automatic=False)
        found = await whole(stores)
        assert (found.answered_automatically, found.answered_by_person) == (0, 1)
        assert (found.first_reply_p50_seconds, found.first_reply_p95_seconds) == (600.0, 600.0)

    @pytest.mark.parametrize("state", [ReplyState.UNCERTAIN, ReplyState.FAILED, ReplyState.PENDING])
    async def test_a_reply_that_was_not_sent_for_certain_does_not_count(
        self, stores: Stores, state: ReplyState
    ) -> None:
        mail = received(0)
        await stores.ledger.accept([mail])
        await answer(stores, mail, "send", when=at(1), automatic=True, state=state)
        found = await whole(stores)
        assert (found.answered_automatically, found.first_reply_p50_seconds) == (0, None)
        assert found.received == 1

    async def test_an_uncertain_reply_that_a_person_found_sent_counts_from_when_it_was_tried(
        self, stores: Stores
    ) -> None:
        mail = received(0)
        await stores.ledger.accept([mail])
        await answer(stores, mail, "send", when=at(2), automatic=True, state=ReplyState.UNCERTAIN)
        name = ReplyId(f"{mail.execution_id}/send")
        assert await stores.outbox.settle(name, before=ReplyState.UNCERTAIN, after=ReplyState.SENT, detail="found")
        found = await whole(stores)
        assert (found.answered_automatically, found.first_reply_p50_seconds) == (1, 120.0)

    async def test_a_reply_is_never_earlier_than_its_mail(self, stores: Stores) -> None:
        mail = received(5)
        await stores.ledger.accept([mail])
        await answer(stores, mail, "send", when=at(4), automatic=True)
        assert (await whole(stores)).first_reply_p50_seconds == 0.0

    async def test_an_email_that_two_mailboxes_must_look_at_counts_in_both_and_once_in_all(
        self, stores: Stores
    ) -> None:
        first = replace(received(1), observed=True)
        copy = received(1, mailbox=SALES)
        await stores.ledger.accept([first, copy])
        assert [(await whole(stores, mailbox)).received for mailbox in (None, SHOP, SALES)] == [1, 1, 1]

    async def test_the_quantiles_are_figures_that_were_measured(self, stores: Stores) -> None:
        mails = [received(minute) for minute in range(100)]
        await stores.ledger.accept(mails)
        for number, mail in enumerate(mails, start=1):
            when = mail.raw.received_at + timedelta(milliseconds=1500 * number)
            await answer(stores, mail, "send", when=when, automatic=True)
        found = await whole(stores)
        assert (found.first_reply_p50_seconds, found.first_reply_p95_seconds) == (75.0, 142.5)

    async def test_the_backlog_is_what_waits_for_people_now(self, stores: Stores) -> None:
        for name, rank, minute in (("r1", 1, 5), ("r2", 0, 7), ("r3", 0, 1), ("r4", 2, 0)):
            await stores.reviews.add(review(name, rank=rank, minute=minute))
        await stores.reviews.claim(ReviewId("r1"), by="ann")
        await stores.reviews.close(ReviewId("r4"))
        assert (await stores.reviews.count())[ReviewStatus.CLAIMED] == 1
        assert await stores.figures.backlog() == Backlog(undecided=3, urgent=2, oldest_at=at(1))


def volume(day: int, count: int, automatically: int, by_person: int) -> DayVolume:
    """Return the figures of one of the days of the story, from 1."""
    return DayVolume(
        day=date(2026, 3, day), received=count, answered_automatically=automatically, answered_by_person=by_person
    )


async def tell(stores: Stores) -> None:
    """Let seven mails come in three days: three are answered in the shop, one in sales; one of them more than once."""
    shop = [received(minute) for minute in (0, 1, 2, 3, 2 * DAY - 1)]
    sales = [received(minute, mailbox=SALES) for minute in (DAY, DAY + 1)]
    await stores.ledger.accept([*shop, *sales, received(2 * DAY), received(-1)])
    first, second, third, ignored, _ = shop
    await answer(stores, first, "a", when=at(1), automatic=True)
    await answer(stores, first, "b", when=at(20), automatic=False)
    await answer(stores, second, "a", when=at(3), automatic=True)
    await answer(stores, third, "a", when=at(12), automatic=False)
    await answer(stores, third, "b", when=at(5), automatic=True, state=ReplyState.UNCERTAIN)
    await answer(stores, sales[0], "a", when=at(DAY + 60), automatic=False)
    await end(stores, first, FinalState.ANSWERED, category="refund")
    await end(stores, second, FinalState.ANSWERED, category="refund")
    await end(stores, third, FinalState.FAILED, status=FAILED)
    await end(stores, ignored, FinalState.IGNORED_AUTOMATIC)
    await end(stores, sales[0], FinalState.ANSWERED, category="delivery")
    dry = replace(execution("dry"), id=ExecutionId("dry"), email_id=first.email_id, dry_run=True)
    await stores.executions.add(dry)
    await stores.records.put(replace(record("dry"), email_id=first.email_id, category="refund"))
