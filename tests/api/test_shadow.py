"""Shadow results over HTTP: how drafts agree with what people answered, by category and mailbox."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from api.conftest import NOW, Rooms
from api.statements import statements_of
from contracts.store_examples import MODEL
from postroom.api import shadow
from postroom.api.office import ModelsHere
from postroom.model.email import MailboxId
from postroom.model.example import ExampleId
from postroom.model.judgement import Judgement
from postroom.model.user import Role

PLACE = "/api/v1/shadow"


def compared(name: str, category: str, agreement: float | None, *, mailbox: str = "shop", days: int = 1) -> Judgement:
    """Return what was found of one draft, so many days ago."""
    return Judgement(
        example_id=ExampleId(f"{name}/elsewhere"),
        model=MODEL,
        category=category,
        score=0.9,
        right=agreement is not None and agreement >= 0.5,
        at=NOW - timedelta(days=days),
        agreement=agreement,
        sampled=False,
        mailbox_id=MailboxId(mailbox),
    )


@pytest.fixture
async def ann(rooms: Rooms) -> httpx.AsyncClient:
    """Somebody who may only look, at a Postroom with one model."""
    rooms.office = replace(rooms.office, models=ModelsHere(in_use=lambda: (MODEL,)))
    return await rooms.client(rooms.app(shadow.ROUTER), Role.VIEWER)


async def test_drafts_are_compared_by_category_and_mailbox(rooms: Rooms, ann: httpx.AsyncClient) -> None:
    await rooms.stores.judgements.put(
        [
            compared("1", "orders", 1.0),
            compared("2", "orders", 0.2),
            compared("3", "refund", 0.6, mailbox="sales"),
            compared("4", "refund", None),
            compared("5", "refund", 0.9, days=30),
        ]
    )
    found = (await ann.get(PLACE)).json()
    assert (found["observed"], found["all"]["drafts"], found["all"]["right"]) == (0, 3, 2)
    orders, refund = found["categories"]
    assert (orders["category"], orders["drafts"], orders["agreement"], orders["right_share"]) == ("orders", 2, 0.6, 0.5)
    assert (refund["category"], refund["drafts"], refund["right_share"]) == ("refund", 1, 1.0)
    by_mailbox = [(one["mailbox_id"], one["all"]["drafts"]) for one in found["mailboxes"]]
    assert by_mailbox == [("sales", 1), ("shop", 2)]
    narrowed = (await ann.get(PLACE, params={"mailbox_id": "sales"})).json()
    assert (narrowed["all"]["drafts"], narrowed["all"]["agreement"]) == (1, 0.6)
    longer = (await ann.get(PLACE, params={"since": "2026-01-01T00:00:00Z"})).json()
    assert longer["all"]["drafts"] == 4


async def test_nothing_is_said_of_nothing(ann: httpx.AsyncClient) -> None:
    found = (await ann.get(PLACE, params={"mailbox_id": "nowhere"})).json()
    assert found["all"] == {
        "category": "all",
        "drafts": 0,
        "agreement": None,
        "right": 0,
        "right_share": None,
        "right_at_least": None,
    }
    assert (found["categories"], found["mailboxes"]) == ([], [])


@pytest.mark.parametrize(
    "stretch",
    [
        {"since": "2026-11-02T10:00:00Z", "until": "2026-11-02T09:00:00Z"},
        {"since": "2000-01-01T00:00:00Z"},
        {"since": "yesterday"},
    ],
)
async def test_a_time_that_is_none_is_refused(ann: httpx.AsyncClient, stretch: dict[str, str]) -> None:
    assert (await ann.get(PLACE, params=stretch)).status_code == 422


async def test_the_number_of_drafts_does_not_change_the_number_of_statements(
    rooms: Rooms, ann: httpx.AsyncClient
) -> None:
    await rooms.stores.judgements.put([compared("0", "orders", 1.0)])
    few = await statements_of(ann, PLACE)
    await rooms.stores.judgements.put([compared(f"{number}", "orders", 1.0) for number in range(100)])
    assert await statements_of(ann, PLACE) == few
