"""Users: who may use Postroom. Nobody sets the password of another: new users and forgotten passwords get a link."""

from collections.abc import Iterator
from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from postroom.actions.credentials import NewCredential
from postroom.actions.invitations import ShownInvitation, invite, link_of, reset_password, shown_invitation
from postroom.actions.users import MOST_DISPLAY_CHARS, ShownUser, UserChange, change_user, shown_user
from postroom.api.access import Administrator, giver_of
from postroom.api.audit import note_detail, note_subject
from postroom.api.office import OfficeHere
from postroom.api.problem import problems
from postroom.api.routing import After, Limit, router
from postroom.api.written import Revision, YesNo
from postroom.model.page import Page
from postroom.model.user import Role, UserId

ROUTER = router("/users", "users")


class NewUserForm(BaseModel):
    """Somebody who shall become a user."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        default="",
        max_length=63,
        pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*)?$",
        description="The name to log in with; empty: they choose it.",
    )
    role: Role = Field(description="What they may do.")


class UserChangeForm(BaseModel):
    """What shall be changed; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    revision: Revision
    role: Role | None = Field(default=None, description="Another role; the sessions of the user end.")
    disabled: YesNo | None = Field(default=None, description="True: the user can do nothing any more, at once.")
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
async def invite_user(request: Request, body: NewUserForm, caller: Administrator, office: OfficeHere) -> InvitedBody:
    """Invite somebody, who becomes a user when they set their password by the link.

    The role may do no more than the caller; the link ends when the caller stops being an administrator.
    """
    note_detail(request, f"{body.name or 'any name'} as {body.role.value}")
    made = await invite(office.desk(caller), giver_of(caller), body.name, body.role)
    note_subject(request, made.credential.id)
    return _invited(office, made)


@ROUTER.get("/{user_id}", responses=problems(404))
async def get_user(user_id: str, _: Administrator, office: OfficeHere) -> ShownUser:
    """Show one user."""
    return shown_user(await office.stores.users.get(UserId(user_id)))


@ROUTER.patch("/{user_id}", responses=problems(404, 409))
async def update_user(
    request: Request, user_id: str, body: UserChangeForm, caller: Administrator, office: OfficeHere
) -> ShownUser:
    """Change role or display name, disable or enable. The last administrator stays one.

    The role may do no more than the caller. Who is no administrator any more loses the invitations they made.
    """
    change = UserChange(revision=body.revision, role=body.role, disabled=body.disabled, display_name=body.display_name)
    note_detail(request, ", ".join(_said(change)))
    return shown_user(await change_user(office.desk(caller), giver_of(caller), UserId(user_id), change))


@ROUTER.post("/{user_id}/password-reset", status_code=201, responses=problems(404, 409))
async def reset_user_password(request: Request, user_id: str, caller: Administrator, office: OfficeHere) -> InvitedBody:
    """Take a user's password, sessions, tokens and open invitations; get a link with which they set a password."""
    made = await reset_password(office.desk(caller), giver_of(caller), UserId(user_id))
    note_detail(request, made.credential.id)
    return _invited(office, made)


def _said(change: UserChange) -> Iterator[str]:
    if change.role is not None:
        yield f"role {change.role.value}"
    if change.disabled is not None:
        yield "disabled" if change.disabled else "enabled"
    if change.display_name is not None:
        yield "display name"


def _invited(office: OfficeHere, made: NewCredential) -> InvitedBody:
    invitation = made.credential
    return InvitedBody(
        invitation=shown_invitation(invitation),
        secret=made.secret,
        link=link_of(office.public_url, made.secret),
        expires_at=invitation.expires_at or invitation.created_at,
    )
