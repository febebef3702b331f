"""Sending: whether replies go out, for everything at once."""

from postroom.actions.control import Sending, allow_sending, stop_sending
from postroom.actions.control import sending as sending_now
from postroom.api.access import Operator, Reader
from postroom.api.office import OfficeHere
from postroom.api.routing import router

ROUTER = router("/sending", "sending")


@ROUTER.get("")
async def read_sending(office: OfficeHere, caller: Reader) -> Sending:
    """Whether sending is halted in all processes, and how many replies have not been sent yet."""
    del caller
    return await sending_now(office.stores)


@ROUTER.post("/stop")
async def halt_sending(office: OfficeHere, caller: Operator) -> Sending:
    """Halt sending everywhere, from the next reply on; again changes nothing."""
    del caller
    return await stop_sending(office.stores)


@ROUTER.post("/allow")
async def resume_sending(office: OfficeHere, caller: Operator) -> Sending:
    """Let replies be sent again; again changes nothing."""
    del caller
    found = await allow_sending(office.stores)
    office.wake()
    return found
