from dataclasses import replace
from pathlib import Path

from contracts.store_nouns import SALES, SHOP, arrival
from empty_store import open_stores_at
from postroom.model.article import ArticleId
from postroom.model.example import Example, ExampleId, Origin
from postroom.trials.past_mail import PastLabels
from postroom.trials.past_mail_store import StoredMail


async def test_stored_mail_comes_oldest_first_with_what_people_said_of_it(tmp_path: Path) -> None:
    stores = await open_stores_at(tmp_path / "store.sqlite")
    arrivals = [arrival(1), arrival(2), arrival(3, mailbox=SALES)]
    await stores.ledger.accept(arrivals)
    example = Example(
        id=ExampleId("x"),
        origin=Origin.REVIEW,
        subject="",
        text="",
        language="en",
        category="returns",
        by="ann",
        at=arrivals[0].accepted_at,
        refused_ids=(ArticleId("return_how"),),
        email_id=arrivals[1].email_id,
        mailbox_id=SHOP,
    )
    await stores.examples.put([example, replace(example, id=ExampleId("y"), email_id=None)])
    mail = StoredMail(stores, SHOP)
    found = [one async for one in mail.emails()]
    assert await mail.count() == 2
    assert [one.content for one in found] == [one.raw.content for one in arrivals[:2]]
    assert [one.truth for one in found] == [
        PastLabels(),
        PastLabels(label="returns", refused_ids=(ArticleId("return_how"),)),
    ]
    await stores.connection.close()
