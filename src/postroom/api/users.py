"""Users: who may use Postroom. Nobody sets the password of another: new users and forgotten passwords get a link."""

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.invitations import ShownInvitation, invite, link_of, reset_password, shown_invitation
from postroom.actions.users import MOST_DISPLAY_CHARS, ShownUser, UserChange, change_user, shown_user
from postroom.api.access import Administrator
from postroom.api.audit import note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.model.credential import Credential
from postroom.model.page import Page
from postroom.model.user import Role, UserId

ROUTER = router("/users", "users")

MOST_REVISION = 2**31


class NewUserBody(BaseModel):
    """Somebody who shall become a user."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        default="",
        max_length=63,
        pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$",
        description="The name to log in with; empty: they choose it.",
    )
    role: Role = Field(description="What they may do.")


class UserChangeBody(BaseModel):
    """What shall be changed; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, le=MOST_REVISION, description="The revision of the user as it was seen.")
    role: Role | None = Field(default=None, description="Another role; the sessions of the user end.")
    disabled: bool | None = Field(default=None, description="True: the user can do nothing any more, at once.")
    display_name: str | None = Field(
        default=None, max_length=MOST_DISPLAY_CHARS, description="What people call them; anything that can be printed."
    )


class InvitedBody(BaseModel):
    """An invitation and its secret, which is shown this once."""

    invitation: ShownInvitation
    secret: str = Field(description="With it the invitation is accepted; it cannot be had again.")
    link: str = Field(description="The page where the invited person sets a password; the secret is behind `#`.")
    expires_at: datetime = Field(description="Until when it can be used.")


@ROUTER.get("")
async def list_users(_: Administrator, office: OfficeHere, after: After = None, limit: Limit = 50) -> Page[ShownUser]:
    """List all users, by name."""
    page = await office.stores.users.list(after=after, limit=limit)
    return Page(rows=tuple(shown_user(one) for one in page.rows), next_cursor=page.next_cursor)


@ROUTER.post("", status_code=201, responses=problems(409))
async def add_user(request: Request, body: NewUserBody, caller: Administrator, office: OfficeHere) -> InvitedBody:
    """Invite somebody, who becomes a user when they set their password by the link."""
    note_subject(request, body.name)
    return _invited(office, await invite(office.desk(caller), body.name, body.role))


@ROUTER.get("/{user_id}", responses=problems(404))
async def get_user(user_id: str, _: Administrator, office: OfficeHere) -> ShownUser:
    """Show one user."""
    return shown_user(await office.stores.users.get(UserId(user_id)))


@ROUTER.patch("/{user_id}", responses=problems(404, 409))
async def change_user_account(
    user_id: str, body: UserChangeBody, caller: Administrator, office: OfficeHere
) -> ShownUser:
    """Change role or display name, disable or enable. The last administrator stays one."""
    change = UserChange(revision=body.revision, role=body.role, disabled=body.disabled, display_name=body.display_name)
    return shown_user(await change_user(office.desk(caller), UserId(user_id), change))


@ROUTER.post("/{user_id}/password-reset", status_code=201, responses=problems(404, 409))
async def reset_user_password(user_id: str, caller: Administrator, office: OfficeHere) -> InvitedBody:
    """Take a user's password, end their sessions, and get a link with which they set a new one."""
    return _invited(office, await reset_password(office.desk(caller), UserId(user_id)))


def _invited(office: OfficeHere, made: tuple[Credential, str]) -> InvitedBody:
    invitation, secret = made
    return InvitedBody(
        invitation=shown_invitation(invitation),
        secret=secret,
        link=link_of(office.public_url, secret),
        expires_at=invitation.expires_at or invitation.created_at,
    )
