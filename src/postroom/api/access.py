"""Access: a request is let in where its caller is known and may do what the endpoint does."""

from typing import Annotated

from fastapi import Depends, Request

from postroom.actions.users import Giver
from postroom.api.caller import Caller
from postroom.api.identify import identify, require_own_page
from postroom.api.office import OfficeHere
from postroom.api.problem import CallError
from postroom.model.credential import CredentialKind
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
    """Return the caller, whatever they may do.

    Raises:
        CallError: 401 where nobody is known; 403 where another site sent the request.
    """
    caller = await identify(request, office)
    # Known before anything is refused, so that the audit log tells who was refused.
    request.state.caller = caller
    require_own_page(request, office, caller)
    return caller


async def in_person(caller: Annotated[Caller, Depends(known)]) -> Caller:
    """Return the caller, who has logged in: for passwords, sessions and tokens, which no token may touch.

    Raises:
        CallError: 401 where nobody is known; 403 where the caller is a program, or another site sent the request.
    """
    if caller.credential_kind is not CredentialKind.SESSION:
        raise CallError(
            403,
            "A token may not do this, whatever its scopes.",
            hint="Log in with name and password (`POST /api/v1/sessions`).",
        )
    return caller


def giver_of(caller: Caller) -> Giver:
    """Return the caller as who gives others a role: at most what may be done with this credential."""
    return Giver(user_id=caller.user_id, permissions=caller.permissions)


Anybody = Annotated[Caller, Depends(known)]
Person = Annotated[Caller, Depends(in_person)]
Reader = Annotated[Caller, Depends(Allowed(Permission.READ))]
Decider = Annotated[Caller, Depends(Allowed(Permission.DECIDE))]
Operator = Annotated[Caller, Depends(Allowed(Permission.OPERATE))]
Configurer = Annotated[Caller, Depends(Allowed(Permission.CONFIGURE))]
Administrator = Annotated[Caller, Depends(Allowed(Permission.ADMINISTER))]
