"""Access: a request is let in where its caller is known and may do what the endpoint does."""

from typing import Annotated

from fastapi import Depends, Request

from postroom.api.caller import Caller
from postroom.api.identify import identify
from postroom.api.office import OfficeHere
from postroom.api.problem import CallError
from postroom.model.user import Permission


class Allowed:
    """A dependency that gives the caller of a request who has `permission`.

    Raises:
        CallError: 401 where nobody is known, 403 where the caller may not do it or another site sent the request.
    """

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request, office: OfficeHere) -> Caller:
        """Return the caller."""
        caller = await known(request, office)
        if self.permission not in caller.permissions:
            raise CallError(
                403,
                f"{caller.name!r} may not do this: it needs the permission {self.permission.value!r}.",
                hint="An administrator can change the role, or make a token with this scope.",
            )
        return caller


async def known(request: Request, office: OfficeHere) -> Caller:
    """Return the caller, whatever they may do: for acts on what is their own.

    Raises:
        CallError: 401 where nobody is known; 403 where another site sent the request.
    """
    caller = await identify(request, office)
    request.state.caller = caller
    return caller


Anybody = Annotated[Caller, Depends(known)]
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]
Decider = Annotated[Caller, Depends(Allowed(Permission.DECIDE))]
Operator = Annotated[Caller, Depends(Allowed(Permission.OPERATE))]
Configurer = Annotated[Caller, Depends(Allowed(Permission.CONFIGURE))]
Administrator = Annotated[Caller, Depends(Allowed(Permission.ADMINISTER))]
