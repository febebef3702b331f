"""`/suppressions`: addresses that nothing is sent to any more."""

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.suppressions import suppress, unsuppress
from postroom.api.access import Operator, Reader
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import NO_NUL
from postroom.model.page import Page
from postroom.model.suppression import Suppression

ROUTER = router("/suppressions", "suppressions")


class NewSuppressionForm(BaseModel):
    """An address that nothing more is to be sent to."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(
        min_length=3, max_length=320, pattern=r"^[^\s\x00@]+@[^\s\x00@]+$", description="As ann@example.org."
    )
    reason: str = Field(default="", max_length=500, pattern=NO_NUL, description="Why; without it, who added it.")


@ROUTER.get("")
async def list_suppressions(
    _caller: Reader, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[Suppression]:
    """List the addresses, in their order."""
    return await office.stores.suppressions.list(after=after, limit=limit)


@ROUTER.post("", status_code=201, responses=problems(409))
async def create_suppression(
    request: Request, body: NewSuppressionForm, caller: Operator, office: OfficeHere
) -> Suppression:
    """Send nothing more to an address."""
    note_subject(request, body.address)
    return await suppress(office.desk(caller), body.address, reason=body.reason)


@ROUTER.delete("/{address:path}", status_code=204, responses=problems(404))
async def delete_suppression(address: str, _caller: Operator, office: OfficeHere) -> None:
    """Let replies go to an address again."""
    await unsuppress(office.stores, address)
