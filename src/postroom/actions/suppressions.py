"""The suppression list: addresses that nothing is sent to any more."""

from postroom.actions.desk import Desk
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.mime.caution import is_usable
from postroom.model.email import Address
from postroom.model.suppression import Suppression

PAGE = 200
BY_HAND = "added by"


async def suppressions(stores: Stores) -> tuple[Suppression, ...]:
    """Return the whole list, by address."""
    return tuple([one async for one in every(lambda after: stores.suppressions.list(after=after, limit=PAGE))])


async def suppress(desk: Desk, address: str, *, reason: str = "") -> Suppression:
    """Put an address on the list and return what was noted; replies that wait for it are not sent.

    Raises:
        InputError: it is no address. ConflictError: it is on the list already.
    """
    cleaned = address.strip().lower()
    if not is_usable(Address(name="", address=cleaned)):
        raise InputError(f"{address!r} is no e-mail address.", hint="Write it as ann@example.org.")
    added = Suppression(address=cleaned, reason=reason or f"{BY_HAND} {desk.by}", reply_id=None, at=desk.clock.now())
    if not await desk.stores.suppressions.add(added):
        raise ConflictError(f"{cleaned!r} is on the suppression list already.", hint="There is nothing to do.")
    return added


async def unsuppress(stores: Stores, address: str) -> None:
    """Take an address off the list, so that replies are sent to it again.

    Raises:
        NotFoundError: it is not on the list.
    """
    if not await stores.suppressions.remove(address.strip().lower()):
        raise NotFoundError(f"{address!r} is not on the suppression list.", hint="Look at the list for what is on it.")
