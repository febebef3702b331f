"""What every implementation of `Outbox` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.store_nouns import SALES, SHOP, answering, arrival, at, message_id, reply
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.provider import Claim
from postroom.interfaces.stores import Stores
from postroom.model.email import ConversationId, EmailId
from postroom.model.execution import ExecutionId
from postroom.model.page import Page
from postroom.model.reply import Reply, ReplyId, ReplyState

PENDING, SENDING, SENT = ReplyState.PENDING, ReplyState.SENDING, ReplyState.SENT
NAME = ReplyId("r1")


async def conversation(stores: Stores) -> ConversationId:
    """Return a conversation of one e-mail, in version 1."""
    await stores.ledger.accept([arrival(1)])
    return (await stores.emails.get(arrival(1).email_id)).conversation_id


class OutboxContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_a_reply_is_stored_once(self, stores: Stores) -> None:
        first = replace(reply("r1", version=4), not_before=at(5), detail="d")
        assert await stores.outbox.add(first) == first
        assert await stores.outbox.add(replace(first, detail="other")) == first
        assert await stores.outbox.get(NAME) == first
        with pytest.raises(NotFoundError) as caught:
            await stores.outbox.get(ReplyId("none"))
        assert caught.value.hint

    async def test_the_replies_of_an_execution_come_oldest_first(self, stores: Stores) -> None:
        mine = [
            replace(reply(name), created_at=at(minute)) for minute, name in enumerate(("x1/send/2", "x1/a", "x1/z"))
        ]
        others = [reply(name) for name in ("x1", "x1.send", "x10/send", "x1-/send", "X1/send", "x", "x2/send")]
        for one in (*mine[:2], *others, mine[2]):
            await stores.outbox.add(one)
        await stores.outbox.claim(mine[0].id, lease=1, at=at(5))
        found = await stores.outbox.of_execution(ExecutionId("x1"))
        assert [one.id for one in found] == [one.id for one in mine]
        assert found[0].state is SENDING
        assert found[1:] == tuple(mine[1:])
        assert [one.id for one in await stores.outbox.of_execution(ExecutionId("x2"))] == ["x2/send"]
        assert await stores.outbox.of_execution(ExecutionId("x3")) == ()

    async def test_one_claim_is_granted(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        claims = await asyncio.gather(*(stores.outbox.claim(NAME, lease=1, at=at(2)) for _ in range(20)))
        assert sorted(claims) == [Claim.GRANTED] + [Claim.TAKEN] * 19
        found = await stores.outbox.get(NAME)
        assert (found.state, found.lease, found.updated_at) == (SENDING, 1, at(2))

    async def test_a_claim_with_another_lease_or_of_nothing_is_taken(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        assert await stores.outbox.claim(NAME, lease=2, at=at(2)) is Claim.TAKEN
        assert await stores.outbox.claim(ReplyId("none"), lease=1, at=at(2)) is Claim.TAKEN
        assert (await stores.outbox.get(NAME)).state is PENDING

    async def test_the_holder_of_the_lease_records(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        assert not await stores.outbox.record(NAME, lease=1, state=SENT, detail="", at=at(3))
        await stores.outbox.claim(NAME, lease=1, at=at(2))
        assert not await stores.outbox.record(NAME, lease=2, state=SENT, detail="", at=at(3))
        assert await stores.outbox.record(NAME, lease=1, state=SENT, detail="250 ok", at=at(3))
        assert not await stores.outbox.record(NAME, lease=1, state=PENDING, detail="", at=at(4))
        found = await stores.outbox.get(NAME)
        assert (found.state, found.detail, found.updated_at) == (SENT, "250 ok", at(3))

    async def test_after_a_certain_failure_the_next_lease_may_try(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        await stores.outbox.claim(NAME, lease=1, at=at(2))
        assert await stores.outbox.record(NAME, lease=1, state=PENDING, detail="451", at=at(3))
        assert await stores.outbox.claim(NAME, lease=1, at=at(4)) is Claim.TAKEN
        assert await stores.outbox.claim(NAME, lease=2, at=at(4)) is Claim.GRANTED
        assert not await stores.outbox.record(NAME, lease=1, state=SENT, detail="", at=at(5))

    async def test_nothing_is_granted_while_sending_is_halted(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        await stores.controls.halt_sending()
        assert await stores.outbox.claim(NAME, lease=1, at=at(2)) is Claim.HALTED
        await stores.controls.allow_sending()
        assert await stores.outbox.claim(NAME, lease=1, at=at(2)) is Claim.GRANTED
        await stores.controls.halt_sending()
        assert await stores.outbox.claim(NAME, lease=2, at=at(2)) is Claim.TAKEN

    async def test_nothing_is_granted_before_its_time(self, stores: Stores) -> None:
        await stores.outbox.add(replace(reply("r1"), not_before=at(5)))
        assert await stores.outbox.claim(NAME, lease=1, at=at(4)) is Claim.HALTED
        assert await stores.outbox.claim(NAME, lease=1, at=at(5)) is Claim.GRANTED

    async def test_a_draft_is_stale_once_the_customer_wrote_again(self, stores: Stores) -> None:
        known = await conversation(stores)
        await stores.outbox.add(reply("r1", conversation=known, version=1))
        await stores.ledger.accept([answering(arrival(2), message_id(arrival(1)))])
        assert await stores.outbox.claim(NAME, lease=1, at=at(3)) is Claim.STALE
        assert (await stores.outbox.get(NAME)).state is PENDING

    async def test_a_reply_that_a_person_approved_is_never_stale(self, stores: Stores) -> None:
        known = await conversation(stores)
        await stores.outbox.add(reply("r1", conversation=known))
        await stores.ledger.accept([answering(arrival(2), message_id(arrival(1)))])
        assert await stores.outbox.claim(NAME, lease=1, at=at(3)) is Claim.GRANTED

    async def test_a_persons_reply_makes_older_drafts_stale(self, stores: Stores) -> None:
        known = await conversation(stores)
        await stores.outbox.add(reply("r1", conversation=known, version=1))
        for _ in range(2):
            await stores.outbox.add(reply("r2", conversation=known))
        assert (await stores.emails.conversation(known)).version == 2
        assert await stores.outbox.claim(NAME, lease=1, at=at(3)) is Claim.STALE

    async def test_an_automatic_reply_leaves_the_version_alone(self, stores: Stores) -> None:
        known = await conversation(stores)
        await stores.outbox.add(reply("r1", conversation=known, version=1))
        assert (await stores.emails.conversation(known)).version == 1
        assert await stores.outbox.claim(NAME, lease=1, at=at(3)) is Claim.GRANTED

    async def test_a_draft_for_an_unknown_conversation_is_stale(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1", version=1))
        assert await stores.outbox.claim(NAME, lease=1, at=at(3)) is Claim.STALE

    @pytest.mark.parametrize("state", [SENDING, SENT, ReplyState.UNCERTAIN])
    async def test_a_mail_in_two_mailboxes_gets_one_automatic_reply(self, stores: Stores, state: ReplyState) -> None:
        known = await conversation(stores)
        for name in ("x1/send", "x2/send"):
            await stores.outbox.add(reply(name, conversation=known, version=1))
        first, second = ReplyId("x1/send"), ReplyId("x2/send")
        assert await stores.outbox.claim(first, lease=1, at=at(3)) is Claim.GRANTED
        if state is not SENDING:
            assert await stores.outbox.record(first, lease=1, state=state, detail="", at=at(3))
        assert await stores.outbox.claim(second, lease=1, at=at(3)) is Claim.STALE
        assert (await stores.outbox.get(second)).state is PENDING

    async def test_of_two_claims_for_one_mail_at_once_one_is_granted(self, stores: Stores) -> None:
        known = await conversation(stores)
        names = [ReplyId(f"x{number}/send") for number in range(10)]
        for name in names:
            await stores.outbox.add(reply(name, conversation=known, version=1))
        claims = await asyncio.gather(*(stores.outbox.claim(name, lease=1, at=at(3)) for name in names))
        assert sorted(claims) == [Claim.GRANTED] + [Claim.STALE] * 9

    @pytest.mark.parametrize("state", [PENDING, ReplyState.FAILED, ReplyState.WITHDRAWN])
    async def test_a_reply_that_never_went_out_keeps_no_other_one_back(self, stores: Stores, state: ReplyState) -> None:
        known = await conversation(stores)
        for name in ("x1/send", "x2/send"):
            await stores.outbox.add(reply(name, conversation=known, version=1))
        if state is not PENDING:
            assert await stores.outbox.settle(ReplyId("x1/send"), before=PENDING, after=state, detail="")
        assert await stores.outbox.claim(ReplyId("x2/send"), lease=1, at=at(3)) is Claim.GRANTED

    @pytest.mark.parametrize(
        ("name", "email_id", "version"),
        [("x1/more", "email-1", 1), ("x2/send", "email-2", 1), ("x2/send", "email-2", None)],
        ids=["same execution", "other e-mail", "other e-mail, approved by a person"],
    )
    async def test_what_another_execution_sent_concerns_only_replies_to_the_same_mail(
        self, stores: Stores, name: str, email_id: str, version: int | None
    ) -> None:
        known = await conversation(stores)
        await stores.outbox.add(reply("x1/send", conversation=known, version=1))
        assert await stores.outbox.claim(ReplyId("x1/send"), lease=1, at=at(3)) is Claim.GRANTED
        other = replace(reply(name, conversation=known, version=version), email_id=EmailId(email_id))
        await stores.outbox.add(other)
        assert await stores.outbox.claim(other.id, lease=1, at=at(3)) is Claim.GRANTED

    @pytest.mark.parametrize("state", [SENDING, SENT, ReplyState.UNCERTAIN])
    async def test_a_person_who_knows_of_no_other_reply_gives_no_second_one(
        self, stores: Stores, state: ReplyState
    ) -> None:
        for name in ("x1/send", "x2/send"):
            await stores.outbox.add(replace(reply(name), automatic=False))
        assert await stores.outbox.claim(ReplyId("x1/send"), lease=1, at=at(3)) is Claim.GRANTED
        if state is not SENDING:
            assert await stores.outbox.record(ReplyId("x1/send"), lease=1, state=state, detail="", at=at(4))
        second = ReplyId("x2/send")
        assert await stores.outbox.claim(second, lease=1, at=at(5)) is Claim.STALE
        assert await stores.outbox.claim(second, lease=1, at=at(5), told=["x3/send"]) is Claim.STALE
        assert (await stores.outbox.get(second)).state is PENDING
        assert await stores.outbox.claim(second, lease=1, at=at(5), told=["x1/send"]) is Claim.GRANTED

    async def test_what_a_person_was_told_of_stays_told_whatever_becomes_of_it(self, stores: Stores) -> None:
        first, second = ReplyId("x1/send"), ReplyId("x2/send")
        for name in (first, second):
            await stores.outbox.add(replace(reply(name), automatic=False))
        assert await stores.outbox.claim(first, lease=1, at=at(30)) is Claim.GRANTED
        # Told of it while it was being sent; what it became was recorded later, and by a clock that went wrong.
        assert await stores.outbox.record(first, lease=1, state=SENT, detail="", at=at(50))
        assert await stores.outbox.claim(second, lease=1, at=at(5), told=[first]) is Claim.GRANTED

    async def test_of_a_third_reply_a_person_must_know_too(self, stores: Stores) -> None:
        names = [ReplyId(f"x{number}/send") for number in range(3)]
        for name in names:
            await stores.outbox.add(replace(reply(name), automatic=False))
        assert await stores.outbox.claim(names[0], lease=1, at=at(3)) is Claim.GRANTED
        assert await stores.outbox.claim(names[1], lease=1, at=at(5), told=names[:1]) is Claim.GRANTED
        assert await stores.outbox.claim(names[2], lease=1, at=at(6), told=names[:1]) is Claim.STALE
        assert await stores.outbox.claim(names[2], lease=1, at=at(6), told=names[:2]) is Claim.GRANTED

    async def test_settling_compares_the_state_alone(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        await stores.outbox.claim(NAME, lease=1, at=at(2))
        uncertain = ReplyState.UNCERTAIN
        assert not await stores.outbox.settle(NAME, before=PENDING, after=uncertain, detail="")
        assert await stores.outbox.settle(NAME, before=SENDING, after=uncertain, detail="crash")
        assert not await stores.outbox.settle(NAME, before=SENDING, after=uncertain, detail="again")
        assert not await stores.outbox.record(NAME, lease=1, state=SENT, detail="", at=at(3))
        found = await stores.outbox.get(NAME)
        assert (found.state, found.detail, found.lease) == (uncertain, "crash", 1)

    async def test_lists_begin_with_the_oldest_and_go_by_state(self, stores: Stores) -> None:
        for number in range(4):
            await stores.outbox.add(reply(f"r{number}"))
        await stores.outbox.claim(NAME, lease=1, at=at(2))
        page = await stores.outbox.list(state=PENDING, limit=2)
        assert page.rows == (reply("r0"), reply("r2"))
        rest = await stores.outbox.list(state=PENDING, after=page.next_cursor, limit=2)
        assert [found.id for found in rest.rows] == ["r3"]
        assert rest.next_cursor is None
        assert [found.id for found in (await stores.outbox.list()).rows] == ["r0", "r1", "r2", "r3"]
        assert await stores.outbox.count() == {PENDING: 3, SENDING: 1}

    async def test_a_deferred_reply_waits_for_its_time_in_the_same_lease(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        for _ in range(2):
            assert await stores.outbox.defer(NAME, until=at(5), detail="the server is busy")
        found = await stores.outbox.get(NAME)
        assert (found.state, found.not_before, found.detail, found.lease) == (PENDING, at(5), "the server is busy", 0)
        assert await stores.outbox.claim(NAME, lease=1, at=at(4)) is Claim.HALTED
        assert await stores.outbox.claim(NAME, lease=1, at=at(5)) is Claim.GRANTED

    async def test_only_what_is_pending_can_be_deferred(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        await stores.outbox.claim(NAME, lease=1, at=at(2))
        assert not await stores.outbox.defer(NAME, until=at(5), detail="late")
        assert not await stores.outbox.defer(ReplyId("none"), until=at(5), detail="late")
        found = await stores.outbox.get(NAME)
        assert (found.state, found.not_before, found.detail) == (SENDING, None, "")

    async def test_what_failed_is_tried_again_at_once_and_with_new_patience(self, stores: Stores) -> None:
        await stores.outbox.add(reply("r1"))
        assert not await stores.outbox.retry(NAME, at=at(9), detail="again")
        await stores.outbox.defer(NAME, until=at(60), detail="busy")
        await stores.outbox.settle(NAME, before=PENDING, after=ReplyState.FAILED, detail="given up")
        assert await stores.outbox.retry(NAME, at=at(9), detail="again")
        assert not await stores.outbox.retry(NAME, at=at(10), detail="again")
        assert not await stores.outbox.retry(ReplyId("none"), at=at(10), detail="again")
        found = await stores.outbox.get(NAME)
        assert (found.state, found.not_before, found.detail) == (PENDING, None, "again")
        assert (found.retried_at, found.begun_at, found.created_at) == (at(9), at(9), reply("r1").created_at)
        assert await stores.outbox.claim(NAME, lease=1, at=at(9)) is Claim.GRANTED

    async def test_what_is_due_comes_longest_due_first_in_pages(self, stores: Stores) -> None:
        waits = {"late": 7, "once": None, "soon": 3, "early": 3, "later": 9, "taken": None, "now": None}
        for name, minute in waits.items():
            await stores.outbox.add(replace(reply(name), not_before=None if minute is None else at(minute)))
        await stores.outbox.claim(ReplyId("taken"), lease=1, at=at(1))
        expected = ("once", "now", "soon", "early", "late")
        assert await stores.outbox.due(at=at(7)) == Page(rows=expected)
        assert (await stores.outbox.due(at=at(2))).rows == expected[:2]
        for limit in (1, 2, 3):
            found: list[ReplyId] = []
            after: str | None = None
            while (page := await stores.outbox.due(at=at(7), after=after, limit=limit)).next_cursor is not None:
                assert len(page.rows) == limit
                found += page.rows
                after = page.next_cursor
            assert (*found, *page.rows) == expected
        with pytest.raises(InputError):
            await stores.outbox.due(at=at(7), after="not a cursor")

    async def test_a_reply_is_found_by_its_message_id(self, stores: Stores) -> None:
        for name in ("r1", "r2"):
            await stores.outbox.add(reply(name))
        assert await stores.outbox.by_message_id("<r2@shop.example>") == reply("r2")
        for name in ("<r3@shop.example>", "r2@shop.example", ""):
            assert await stores.outbox.by_message_id(name) is None

    async def test_the_first_report_about_a_reply_stays(self, stores: Stores) -> None:
        for name in ("r1", "r2"):
            await stores.outbox.add(reply(name))
        for detail in ("5.1.1 no such user", "4.2.2 mailbox full"):
            await stores.outbox.bounced(NAME, detail=detail)
        await stores.outbox.bounced(ReplyId("none"), detail="5.1.1")
        assert (await stores.outbox.get(NAME)) == replace(reply("r1"), bounced="5.1.1 no such user")
        assert (await stores.outbox.get(ReplyId("r2"))).bounced == ""

    async def test_sent_replies_are_listed_until_their_copy_is_filed(self, stores: Stores) -> None:
        def to_its_own(name: str) -> Reply:
            return replace(reply(name), email_id=EmailId(f"email of {name}"), filed=False)

        for name in ("r3", "r1", "r2", "waits"):
            await stores.outbox.add(to_its_own(name))
        await stores.outbox.add(replace(to_its_own("unwanted"), filed=True))
        await stores.outbox.add(replace(to_its_own("elsewhere"), mailbox_id=SALES))
        for name in ("r3", "r1", "r2", "unwanted", "elsewhere"):
            await stores.outbox.claim(ReplyId(name), lease=1, at=at(2))
            await stores.outbox.record(ReplyId(name), lease=1, state=SENT, detail="", at=at(3))
        assert [one.id for one in await stores.outbox.unfiled(SHOP)] == ["r3", "r1", "r2"]
        assert [one.id for one in await stores.outbox.unfiled(SHOP, limit=1)] == ["r3"]
        assert [one.id for one in await stores.outbox.unfiled(SALES)] == ["elsewhere"]
        for _ in range(2):
            await stores.outbox.filed(ReplyId("r3"))
        assert [one.id for one in await stores.outbox.unfiled(SHOP)] == ["r1", "r2"]
        assert (await stores.outbox.get(ReplyId("r3"))).filed
        assert not (await stores.outbox.get(NAME)).filed

    async def test_the_replies_to_an_email_come_oldest_first_in_pages(self, stores: Stores) -> None:
        for name in ("x3/send", "x1/send", "x2/send"):
            await stores.outbox.add(reply(name))
            await stores.outbox.add(replace(reply(f"{name}/other"), email_id=EmailId("email-2")))
        mine = reply("x1/send").email_id
        first = await stores.outbox.of_email(mine, limit=2)
        assert first.rows == (reply("x3/send"), reply("x1/send"))
        rest = await stores.outbox.of_email(mine, after=first.next_cursor, limit=2)
        assert ([one.id for one in rest.rows], rest.next_cursor) == (["x2/send"], None)
        assert (await stores.outbox.of_email(EmailId("none"))).rows == ()
        with pytest.raises(InputError):
            await stores.outbox.of_email(mine, after="yesterday")

    async def test_the_replies_in_a_conversation_come_oldest_first_in_pages(self, stores: Stores) -> None:
        for name in ("r3", "r1", "r2"):
            await stores.outbox.add(reply(name, conversation="c1"))
            await stores.outbox.add(reply(f"other {name}", conversation="c2"))
        first = await stores.outbox.of_conversation(ConversationId("c1"), limit=2)
        assert first.rows == (reply("r3", conversation="c1"), reply("r1", conversation="c1"))
        await stores.outbox.add(reply("r4", conversation="c1"))
        rest = await stores.outbox.of_conversation(ConversationId("c1"), after=first.next_cursor, limit=2)
        assert [one.id for one in rest.rows] == ["r2", "r4"]
        assert rest.next_cursor is None
        assert (await stores.outbox.of_conversation(ConversationId("none"))).rows == ()
        with pytest.raises(InputError):
            await stores.outbox.of_conversation(ConversationId("c1"), after="yesterday")
