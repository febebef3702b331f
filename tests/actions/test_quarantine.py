from dataclasses import replace

import pytest

from contracts.store_nouns import SHOP, arrival, at
from postroom.actions.desk import Desk
from postroom.actions.quarantine import one_quarantined, quarantined
from postroom.errors import NotFoundError
from postroom.model.ledger import Quarantined


async def test_everything_in_quarantine_is_found(desk: Desk) -> None:
    for number in range(5):
        raw = replace(arrival(1).raw, uid=str(number))
        entry = Quarantined(
            id=f"q{number}",
            mailbox_id=SHOP,
            uid_validity="1",
            uid=str(number),
            reason="size",
            size_bytes=9,
            at=at(number),
        )
        await desk.stores.ledger.quarantine(raw, cursor=None, entry=entry)
    assert [one.id for one in await quarantined(desk.stores)] == ["q0", "q1", "q2", "q3", "q4"]
    assert (await one_quarantined(desk.stores, "q3")).uid == "3"
    with pytest.raises(NotFoundError):
        await one_quarantined(desk.stores, "q9")
