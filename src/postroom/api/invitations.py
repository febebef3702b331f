"""Invitations: those that nobody has used yet, and how one is used."""

from datetime import datetime

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from postroom.actions.desk import Desk
from postroom.actions.invitations import (
    AcceptedInvitation,
    ShownInvitation,
    accept,
    look_at,
    open_invitations,
    withdraw,
)
from postroom.actions.passwords import LEAST_CHARS, MOST_CHARS
from postroom.actions.users import MOST_DISPLAY_CHARS
from postroom.api.access import Administrator
from postroom.api.entrance import WhoBody, browser_of, let_in, require_no_other_site
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.model.page import Page
from postroom.model.user import Role

ROUTER = router("/invitations", "invitations")

_SECRET = Field(min_length=1, max_length=200, description="What stands behind `#` in the link.")


class LookForm(BaseModel):
    """The secret of an invitation."""

    model_config = ConfigDict(extra="forbid")

    secret: SecretStr = _SECRET


class LookedBody(BaseModel):
    """What an invitation is for."""

    name: str = Field(description="The name to log in with; empty: the invited person chooses it.")
    role: Role | None = Field(description="What they may do.")
    resets: bool = Field(description="True: it sets a new password for somebody who is a user already.")
    expires_at: datetime | None = Field(description="Until when it can be used.")


class AcceptForm(BaseModel):
    """What an invited person gives."""

    model_config = ConfigDict(extra="forbid")

    secret: SecretStr = _SECRET
    password: SecretStr = Field(min_length=LEAST_CHARS, max_length=MOST_CHARS, description="The password from now.")
    name: str = Field(default="", max_length=63, description="The name to log in with, where the invitation has none.")
    display_name: str = Field(
        default="", max_length=MOST_DISPLAY_CHARS, description="What people call them; empty: the name."
    )


@ROUTER.post("/look", responses=problems(404))
async def look_at_invitation(request: Request, body: LookForm, office: OfficeHere) -> LookedBody:
    """Say what an invitation is for; needs nothing but its secret."""
    require_no_other_site(request, office)
    found = await look_at(_desk(office), body.secret.get_secret_value())
    return LookedBody(name=found.name, role=found.role, resets=found.user_id is not None, expires_at=found.expires_at)


@ROUTER.post("/accept", status_code=201, responses=problems(404, 409))
async def accept_invitation(request: Request, response: Response, body: AcceptForm, office: OfficeHere) -> WhoBody:
    """Set the password, become the user, and be logged in; the invitation is used up."""
    require_no_other_site(request, office)
    given = AcceptedInvitation(
        secret=body.secret.get_secret_value(),
        password=body.password.get_secret_value(),
        name=body.name,
        display_name=body.display_name,
        browser=browser_of(request),
    )
    return await let_in(request, response, office, await accept(_desk(office), given, office.passwords))


@ROUTER.get("")
async def list_invitations(
    _: Administrator, office: OfficeHere, after: After = None, limit: Limit = 50
) -> Page[ShownInvitation]:
    """List the invitations that nobody has used yet, newest first."""
    return await open_invitations(office.stores, after=after, limit=limit)


@ROUTER.delete("/{invitation_id}", status_code=204, responses=problems(404))
async def delete_invitation(invitation_id: str, _: Administrator, office: OfficeHere) -> None:
    """Make an invitation worthless."""
    await withdraw(office.stores, invitation_id)


def _desk(office: OfficeHere) -> Desk:
    return Desk(stores=office.stores, clock=office.clock, by="invited")
