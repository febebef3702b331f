from dataclasses import replace

import pytest

from contracts.store_nouns import SHOP, SUPPORT, arrival, at, workflow
from postroom.actions.desk import Desk
from postroom.actions.quarantine import is_cut, one_quarantined, quarantined
from postroom.errors import NotFoundError
from postroom.intake.accept import Intake, accept
from postroom.interfaces.provider import TRUNCATED_FLAG
from postroom.model.email import Address
from postroom.model.ledger import Quarantined
from postroom.model.mailbox import Mailbox


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


async def test_what_the_mailbox_gave_cut_is_known_as_cut(desk: Desk) -> None:
    intake = Intake(
        ledger=desk.stores.ledger,
        clock=desk.clock,
        mailbox=Mailbox(id=SHOP, address=Address(name="", address="shop@lindenhof.example"), workflow="support"),
        workflow=workflow(SUPPORT),
        own_addresses=frozenset(),
        secret=b"0" * 32,
        max_bytes=10,
    )
    whole = replace(arrival(1).raw, uid="whole", content=b"Subject: too large")
    cut = replace(arrival(1).raw, uid="cut", content=b"Subject: x", flags=frozenset({TRUNCATED_FLAG}))
    await accept(intake, [(whole, "1"), (cut, "2")])
    assert {one.uid: is_cut(one) for one in await quarantined(desk.stores)} == {"whole": False, "cut": True}
