"""What every implementation of `Webhooks` does."""

import asyncio
from dataclasses import replace

import pytest

from contracts.kept_nouns import HALF_PAIR, NO_CURSORS, NO_TEXT_CURSORS, ODD, all_pages, delivery, webhook
from contracts.store_nouns import at
from postroom.errors import InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.model.webhook import DeliveryId, DeliveryState, WebhookDelivery, WebhookId

A, B = WebhookId("a"), WebhookId("b")
PENDING, DELIVERED, FAILED = DeliveryState


async def ready(stores: Stores, *waiting: WebhookDelivery) -> None:
    """Store the webhooks a and b and these deliveries to them."""
    for name in (A, B):
        await stores.webhooks.add(webhook(name))
        wanted = [one for one in waiting if one.webhook_id == name]
        assert await stores.webhooks.enqueue(name, wanted, before=0, after=100)


async def due(stores: Stores, minute: int) -> list[str]:
    """Return the ids of what is due at that minute."""
    return [one.id for one in await stores.webhooks.due(at=at(minute))]


class WebhooksContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_a_webhook_is_added_once_and_comes_back_as_it_was(self, stores: Stores) -> None:
        first = replace(webhook("a", cursor=7), stopped="by hand")
        assert await stores.webhooks.add(first)
        assert not await stores.webhooks.add(replace(first, url="https://other.example"))
        assert await stores.webhooks.get(A) == first

    async def test_what_is_not_there_is_not_found(self, stores: Stores) -> None:
        with pytest.raises(NotFoundError) as caught:
            await stores.webhooks.get(A)
        assert caught.value.hint
        assert not await stores.webhooks.change(webhook("a"))
        assert not await stores.webhooks.stop(A, reason="gone")
        assert not await stores.webhooks.remove(A)
        assert not await stores.webhooks.enqueue(A, [delivery("a", 1)], before=0, after=1)
        assert not await stores.webhooks.record(delivery("a", 1), attempts_before=0)
        assert (await stores.webhooks.deliveries(A)).rows == ()
        assert await due(stores, 9) == []

    async def test_a_change_counts_the_revision_happens_once_and_leaves_the_cursor(self, stores: Stores) -> None:
        await stores.webhooks.add(webhook("a", cursor=3))
        assert await stores.webhooks.enqueue(A, [], before=3, after=8)
        changed = replace(webhook("a", cursor=3), url="https://new.example", kinds=(), updated_at=at(9))
        assert await stores.webhooks.change(changed)
        assert not await stores.webhooks.change(changed)
        assert await stores.webhooks.get(A) == replace(changed, cursor=8, revision=1)

    async def test_it_is_stopped_once_and_started_by_a_change(self, stores: Stores) -> None:
        await ready(stores, delivery("a", 1))
        assert await stores.webhooks.stop(A, reason="410 Gone")
        assert not await stores.webhooks.stop(A, reason="other")
        stopped = await stores.webhooks.get(A)
        assert stopped == replace(webhook("a", cursor=100), stopped="410 Gone", revision=1)
        assert not await stores.webhooks.change(webhook("a"))
        assert await due(stores, 9) == []
        assert await stores.webhooks.change(replace(stopped, stopped=""))
        assert await stores.webhooks.get(A) == replace(webhook("a", cursor=100), revision=2)
        assert await due(stores, 9) == ["a.1"]

    async def test_of_many_changes_and_stops_at_once_one_of_a_revision_is_made(
        self, stores: Stores, second: Stores
    ) -> None:
        await stores.webhooks.add(webhook("a"))
        changes = [replace(webhook("a"), url=f"https://{number}.example") for number in range(20)]
        made = await asyncio.gather(
            *((stores if number % 2 else second).webhooks.change(one) for number, one in enumerate(changes))
        )
        assert sum(made) == 1
        stops = [(stores, second)[number % 2].webhooks.stop(A, reason=f"{number}") for number in range(20)]
        stopped = await asyncio.gather(*stops)
        assert sum(stopped) == 1
        wanted = replace(changes[made.index(True)], stopped=f"{stopped.index(True)}", revision=2)
        assert await second.webhooks.get(A) == wanted

    async def test_a_removed_one_leaves_no_deliveries(self, stores: Stores) -> None:
        await ready(stores, delivery("a", 1), delivery("b", 1))
        assert await stores.webhooks.remove(A)
        assert not await stores.webhooks.remove(A)
        assert await due(stores, 9) == ["b.1"]
        assert (await stores.webhooks.deliveries(A)).rows == ()
        assert not await stores.webhooks.record(replace(delivery("a", 1), state=DELIVERED), attempts_before=0)
        assert await stores.webhooks.add(webhook("a"))

    async def test_the_list_goes_by_id_in_pages(self, stores: Stores) -> None:
        for name in ("d", "b", "ö", "a", "c"):
            await stores.webhooks.add(webhook(name))
        pages = await all_pages(lambda cursor: stores.webhooks.list(after=cursor, limit=2))
        assert [[one.id for one in page] for page in pages] == [["a", "b"], ["c", "d"], ["ö"]]

    async def test_deliveries_are_stored_with_the_step_of_the_cursor(self, stores: Stores) -> None:
        await stores.webhooks.add(webhook("a"))
        assert await stores.webhooks.enqueue(A, [delivery("a", 1), delivery("a", 2)], before=0, after=5)
        assert not await stores.webhooks.enqueue(A, [delivery("a", 3)], before=0, after=6)
        assert (await stores.webhooks.get(A)).cursor == 5
        assert (await stores.webhooks.deliveries(A)).rows == (delivery("a", 2), delivery("a", 1))

    async def test_of_many_who_look_at_the_same_events_one_makes_the_deliveries(
        self, stores: Stores, second: Stores
    ) -> None:
        await stores.webhooks.add(webhook("a"))
        for step in range(5):
            tries = [[delivery("a", step), replace(delivery("a", 100 + step), body=f"{n}")] for n in range(10)]
            made = await asyncio.gather(
                *(
                    (stores if n % 2 else second).webhooks.enqueue(A, one, before=step, after=step + 1)
                    for n, one in enumerate(tries)
                )
            )
            assert sum(made) == 1
            newest = (await second.webhooks.deliveries(A, limit=1)).rows[0]
            assert newest.body == f"{made.index(True)}"
        assert len((await stores.webhooks.deliveries(A)).rows) == 10

    async def test_one_delivery_of_each_webhook_is_due_that_which_waits_longest(self, stores: Stores) -> None:
        minutes = {("a", 1): 6, ("a", 2): 4, ("a", 3): 4, ("b", 1): 5, ("b", 2): 3}
        await ready(stores, *(delivery(*key, next_minute=minute) for key, minute in minutes.items()))
        assert await due(stores, 2) == []
        assert await due(stores, 3) == ["b.2"]
        assert await due(stores, 9) == ["b.2", "a.2"]
        assert [one.id for one in await stores.webhooks.due(at=at(9), limit=1)] == ["b.2"]
        assert await stores.webhooks.record(replace(delivery("b", 2), state=DELIVERED), attempts_before=0)
        assert await due(stores, 9) == ["a.2", "b.1"]

    async def test_what_is_due_is_one_each_however_much_waits(self, stores: Stores) -> None:
        await ready(stores, *(delivery(name, number) for name in ("a", "b") for number in range(100)))
        assert await due(stores, 1) == ["a.0", "b.0"]

    async def test_an_outcome_is_recorded_once_for_each_attempt(self, stores: Stores) -> None:
        await ready(stores, delivery("a", 1))
        failed = replace(delivery("a", 1), attempts=1, next_at=at(5), updated_at=at(1), detail="HTTP 500")
        assert await stores.webhooks.record(replace(failed, body="other", created_at=at(7)), attempts_before=0)
        assert not await stores.webhooks.record(failed, attempts_before=0)
        assert (await stores.webhooks.deliveries(A)).rows == (failed,)
        assert await due(stores, 4) == []
        assert await stores.webhooks.due(at=at(5)) == (failed,)
        done = replace(failed, state=DELIVERED, attempts=2, updated_at=at(6), detail="HTTP 204")
        assert await stores.webhooks.record(done, attempts_before=1)
        assert not await stores.webhooks.record(replace(done, state=PENDING), attempts_before=2)
        assert (await stores.webhooks.deliveries(A)).rows == (done,)

    async def test_of_many_who_tried_at_once_one_records(self, stores: Stores, second: Stores) -> None:
        await ready(stores, delivery("a", 1))
        tries = [replace(delivery("a", 1), attempts=1, detail=f"{number}") for number in range(20)]
        made = await asyncio.gather(
            *(
                (stores if number % 2 else second).webhooks.record(one, attempts_before=0)
                for number, one in enumerate(tries)
            )
        )
        assert sum(made) == 1
        assert (await second.webhooks.deliveries(A)).rows == (tries[made.index(True)],)

    async def test_deliveries_are_listed_newest_first_by_state_in_pages(self, stores: Stores) -> None:
        waiting = [delivery("a", number) for number in range(6)]
        await ready(stores, *waiting, delivery("b", 1))
        for one, state in zip(waiting, (DELIVERED, FAILED, DELIVERED, DELIVERED), strict=False):
            assert await stores.webhooks.record(replace(one, state=state, attempts=1), attempts_before=0)
        pages = await all_pages(lambda cursor: stores.webhooks.deliveries(A, after=cursor, limit=4))
        assert [[one.event_cursor for one in page] for page in pages] == [[5, 4, 3, 2], [1, 0]]
        pages = await all_pages(lambda cursor: stores.webhooks.deliveries(A, DELIVERED, after=cursor, limit=2))
        assert [[one.event_cursor for one in page] for page in pages] == [[3, 2], [0]]
        assert [one.event_cursor for one in (await stores.webhooks.deliveries(A, FAILED)).rows] == [1]
        assert [one.event_cursor for one in (await stores.webhooks.deliveries(A, PENDING)).rows] == [5, 4]

    async def test_what_ended_long_ago_is_forgotten(self, stores: Stores) -> None:
        waiting = [delivery("a", number) for number in range(4)]
        await ready(stores, *waiting)
        for one, state in zip(waiting, (DELIVERED, FAILED, DELIVERED), strict=False):
            ended = replace(one, state=state, attempts=1, updated_at=at(one.event_cursor + 1))
            assert await stores.webhooks.record(ended, attempts_before=0)
        await stores.webhooks.forget(before=at(3))
        assert [one.id for one in (await stores.webhooks.deliveries(A)).rows] == ["a.3", "a.2"]

    @pytest.mark.parametrize("cursor", NO_CURSORS)
    async def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.webhooks.deliveries(A, after=cursor)
        assert caught.value.hint

    @pytest.mark.parametrize("cursor", NO_TEXT_CURSORS)
    async def test_a_text_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InputError) as caught:
            await stores.webhooks.list(after=cursor)
        assert caught.value.hint

    async def test_odd_text_comes_back_as_it_was(self, stores: Stores) -> None:
        odd = replace(webhook("a"), id=WebhookId(ODD), url=ODD, sealed=ODD)
        assert await stores.webhooks.add(odd)
        waiting = replace(delivery("a", 1), id=DeliveryId(ODD), webhook_id=odd.id, body=ODD)
        assert await stores.webhooks.enqueue(odd.id, [waiting], before=0, after=1)
        assert await stores.webhooks.due(at=at(1)) == (waiting,)
        assert await stores.webhooks.record(replace(waiting, attempts=1, detail=ODD), attempts_before=0)
        assert await stores.webhooks.stop(odd.id, reason=ODD)
        assert (await stores.webhooks.list()).rows == (replace(odd, cursor=1, stopped=ODD, revision=1),)

    async def test_text_that_is_not_unicode_is_refused_and_moves_nothing(self, stores: Stores) -> None:
        await stores.webhooks.add(webhook("a"))
        broken = replace(delivery("a", 2), body=HALF_PAIR)
        with pytest.raises(InputError):
            await stores.webhooks.enqueue(A, [delivery("a", 1), broken], before=0, after=2)
        with pytest.raises(InputError):
            await stores.webhooks.add(replace(webhook("b"), url=HALF_PAIR))
        assert (await stores.webhooks.get(A)).cursor == 0
        assert (await stores.webhooks.deliveries(A)).rows == ()
