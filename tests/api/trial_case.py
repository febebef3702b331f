"""What trials are ordered with in tests: a mailbox, a workflow, and a folder that the API may use."""

from contracts.store_nouns import SHOP, SUPPORT, at, mailbox, workflow
from postroom.interfaces.stores import Stores

MAIL: dict[str, object] = {"mailbox_id": SHOP}


async def open_shop(stores: Stores) -> None:
    """Store the mailbox `shop` and two versions of the workflow `support`."""
    await stores.mailboxes.add(mailbox(SHOP))
    await stores.workflows.save(workflow(SUPPORT), at=at(0))
    await stores.workflows.save(workflow(SUPPORT, title="Another"), at=at(1))
