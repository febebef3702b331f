import pytest

from postroom.actions.desk import Desk
from postroom.actions.suppressions import suppress, suppressions, unsuppress
from postroom.errors import ConflictError, InputError, NotFoundError


async def test_an_address_is_put_on_the_list_and_taken_off_whatever_its_case(desk: Desk) -> None:
    added = await suppress(desk, " Ann@Example.org ")
    assert (added.address, added.reason, added.reply_id) == ("ann@example.org", "added by ann", None)
    with pytest.raises(ConflictError):
        await suppress(desk, "ann@example.org")
    assert await suppressions(desk.stores) == (added,)
    await unsuppress(desk.stores, "ANN@example.org")
    assert await suppressions(desk.stores) == ()
    with pytest.raises(NotFoundError):
        await unsuppress(desk.stores, "ann@example.org")


async def test_what_is_no_address_is_refused(desk: Desk) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        await suppress(desk, "ann")
