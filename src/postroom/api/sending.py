"""Sending: whether replies go out, for everything at once."""

from postroom.actions import control
from postroom.actions.control import Sending
from postroom.api.access import Operator, Reader
from postroom.api.office import OfficeHere
from postroom.api.routing import router

ROUTER = router("/sending", "sending")


@ROUTER.get("")
async def get_sending(office: OfficeHere, caller: Reader) -> Sending:
    """Whether sending is halted in all processes, and how many replies have not been sent yet."""
    del caller
    return await control.sending(office.stores)


@ROUTER.post("/stop")
async def stop_sending(office: OfficeHere, caller: Operator) -> Sending:
    """Halt sending everywhere, from the next reply on; again changes nothing."""
    del caller
    return await control.stop_sending(office.stores)


@ROUTER.post("/allow")
async def allow_sending(office: OfficeHere, caller: Operator) -> Sending:
    """Let replies be sent again; again changes nothing."""
    del caller
    found = await control.allow_sending(office.stores)
    office.wake()
    return found
