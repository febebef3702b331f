"""`/alarms`: what is wrong now."""

from postroom.actions import alarms
from postroom.api.access import Operator, Reader
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.model.alarm import Alarm
from postroom.model.page import Page

ROUTER = router("/alarms", "alarms")


@ROUTER.get("")
async def list_alarms(_caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50) -> Page[Alarm]:
    """List the open alarms, oldest first."""
    return await office.stores.alarms.open(after=after, limit=limit)


@ROUTER.post("/{key:path}/clear", status_code=204, responses=problems(404))
async def clear_alarm(key: str, caller: Operator, office: OfficeHere) -> None:
    """Close an alarm; it is raised again where what is wrong happens again."""
    await alarms.clear_alarm(office.desk(caller), key)
