"""What every implementation of `Looks` does."""

from dataclasses import replace

from contracts.store_nouns import at
from postroom.interfaces.stores import Stores
from postroom.model.email import MailboxId
from postroom.model.judgement import Decider
from postroom.model.look import Look

DECIDER = Decider(model="linear@1", responder="articles@1")
SHOP = Look(mailbox_id=MailboxId("shop"), at=at(1), decider=DECIDER, threshold=0.7, box="b", since=at(0))
NEW = Look(mailbox_id=MailboxId("new"), at=at(2))


class LooksContract:
    """The suite; a subclass gives the fixtures `stores` and `second`, which are open on the same place."""

    async def test_the_last_look_at_each_mailbox_is_kept(self, stores: Stores, second: Stores) -> None:
        assert await stores.looks.list() == ()
        await stores.looks.put(SHOP)
        await stores.looks.put(NEW)
        assert await second.looks.list() == (NEW, SHOP)
        later = replace(SHOP, at=at(3), threshold=None)
        await second.looks.put(later)
        assert await stores.looks.list() == (NEW, later)

    async def test_what_is_forgotten_is_gone(self, stores: Stores, second: Stores) -> None:
        await stores.looks.put(SHOP)
        assert await second.looks.remove(SHOP.mailbox_id)
        assert not await stores.looks.remove(SHOP.mailbox_id)
        assert await stores.looks.list() == ()
