"""What every implementation of `Mailboxes` does."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.store_nouns import SHOP, arrival, at, mailbox
from postroom.errors import NotFoundError, PostroomError
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.mailbox import Mode


class MailboxesContract:
    """The suite; a subclass gives the fixture `stores`."""

    async def test_a_mailbox_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        first = mailbox("shop")
        assert await stores.mailboxes.add(first)
        assert not await stores.mailboxes.add(replace(first, workflow="other"))
        assert await stores.mailboxes.get(SHOP) == first

    async def test_one_without_categories_differs_from_one_with_none(self, stores: Stores) -> None:
        for name, categories in (("all", None), ("none", ())):
            await stores.mailboxes.add(replace(mailbox(name), automatic_categories=categories, connected_at=None))
        assert (await stores.mailboxes.get(MailboxId("all"))).automatic_categories is None
        assert (await stores.mailboxes.get(MailboxId("none"))).automatic_categories == ()
        assert (await stores.mailboxes.get(MailboxId("none"))).connected_at is None

    async def test_times_are_cut_to_milliseconds(self, stores: Stores) -> None:
        await stores.mailboxes.add(replace(mailbox("shop"), connected_at=at(0) + timedelta(microseconds=1_999)))
        assert (await stores.mailboxes.get(SHOP)).connected_at == at(0) + timedelta(milliseconds=1)

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.mailboxes.get(SHOP)
        assert caught.value.hint
        assert not await stores.mailboxes.change(mailbox("shop"))
        assert not await stores.mailboxes.stop(SHOP, reason="cap")
        assert not await stores.mailboxes.remove(SHOP)
        assert await stores.mailboxes.list() == ()

    async def test_a_change_counts_the_revision_and_happens_once(self, stores: Stores) -> None:
        await stores.mailboxes.add(mailbox("shop"))
        changed = replace(mailbox("shop"), workflow="other")
        assert await stores.mailboxes.change(changed)
        assert not await stores.mailboxes.change(changed)
        assert await stores.mailboxes.get(SHOP) == replace(changed, revision=1)
        assert await stores.mailboxes.change(replace(changed, workflow="third", revision=1))
        assert (await stores.mailboxes.get(SHOP)).revision == 2

    async def test_of_many_changes_at_once_one_is_made(self, stores: Stores) -> None:
        await stores.mailboxes.add(mailbox("shop"))
        changes = [replace(mailbox("shop"), workflow=f"flow {number}") for number in range(20)]
        made = await asyncio.gather(*(stores.mailboxes.change(change) for change in changes))
        assert sum(made) == 1
        assert await stores.mailboxes.get(SHOP) == replace(changes[made.index(True)], revision=1)

    async def test_stopping_ends_automation_once_and_says_why(self, stores: Stores) -> None:
        await stores.mailboxes.add(mailbox("shop"))
        assert await stores.mailboxes.stop(SHOP, reason="more than 7 an hour")
        assert not await stores.mailboxes.stop(SHOP, reason="again")
        expected = replace(mailbox("shop"), mode=Mode.REVIEW, stopped="more than 7 an hour", revision=1)
        assert await stores.mailboxes.get(SHOP) == expected
        assert not await stores.mailboxes.change(mailbox("shop"))

    @pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.REVIEW])
    async def test_what_has_no_automation_cannot_be_stopped(self, stores: Stores, mode: Mode) -> None:
        await stores.mailboxes.add(mailbox("shop", mode=mode))
        assert not await stores.mailboxes.stop(SHOP, reason="cap")
        assert await stores.mailboxes.get(SHOP) == mailbox("shop", mode=mode)

    async def test_a_stop_is_not_lost_to_changes_at_the_same_time(self, stores: Stores) -> None:
        await stores.mailboxes.add(mailbox("shop"))
        changes = [stores.mailboxes.change(replace(mailbox("shop"), workflow=f"flow {n}")) for n in range(5)]
        (stopped, *_) = await asyncio.gather(stores.mailboxes.stop(SHOP, reason="cap"), *changes)
        assert stopped
        assert (await stores.mailboxes.get(SHOP)).mode is Mode.REVIEW

    async def test_the_list_goes_by_id(self, stores: Stores) -> None:
        for name in ("shop", "Sales", "desk"):
            await stores.mailboxes.add(mailbox(name))
        assert [one.id for one in await stores.mailboxes.list()] == ["Sales", "desk", "shop"]

    async def test_removing_leaves_the_mail(self, stores: Stores) -> None:
        await stores.mailboxes.add(mailbox("shop"))
        await stores.ledger.accept([arrival(1)])
        assert await stores.mailboxes.remove(SHOP)
        assert not await stores.mailboxes.remove(SHOP)
        assert (await stores.emails.get(arrival(1).email_id)).mailbox_id == SHOP
        assert await stores.mailboxes.add(mailbox("shop"))

    async def test_text_that_no_store_can_take_is_refused_for_good(self, stores: Stores) -> None:
        with pytest.raises(PostroomError) as caught:
            await stores.mailboxes.add(replace(mailbox("shop"), signatures={"*": "half \udcff"}))
        assert not caught.value.retryable
        assert await stores.mailboxes.list() == ()
