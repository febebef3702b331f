"""The quarantine: messages that could not be accepted."""

from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.ledger import Quarantined

PAGE = 200


async def quarantined(stores: Stores) -> tuple[Quarantined, ...]:
    """Return everything in quarantine, oldest first."""
    return tuple([one async for one in every(lambda after: stores.ledger.quarantined(after=after, limit=PAGE))])


def is_cut(one: Quarantined) -> bool:
    """Return whether only the beginning of the message was kept; its reason is where that is said."""
    return "only its first" in one.reason


async def one_quarantined(stores: Stores, quarantine_id: str) -> Quarantined:
    """Return one message in quarantine.

    Raises:
        NotFoundError: there is none.
    """
    return await stores.ledger.quarantined_entry(quarantine_id)
