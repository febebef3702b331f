"""`postroom user`: who may use the web page and the API."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from postroom.cli.opening import DataDir, Json, settings_of
from postroom.cli.output import moment, say, show, show_json, show_json_list, show_table
from postroom.cli.running import run
from postroom.model.user import Role

if TYPE_CHECKING:
    from postroom.actions.credentials import NewCredential
    from postroom.actions.desk import Desk
    from postroom.actions.invitations import ShownInvitation
    from postroom.actions.users import ShownUser

    Inviting = Callable[[Desk], Awaitable[NewCredential]]

user = typer.Typer(help="People who may use the web page and the API.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The name that the person logs in with.", show_default=False)]
RoleOption = Annotated[Role, typer.Option("--role", help="What the person may do.")]
COLUMNS = ("name", "display name", "role", "state", "since")


@user.command("list")
def list_(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show all users, by name, and who is invited; JSON holds the users alone."""
    run(_list(data_dir, as_json=as_json))


@user.command()
def add(name: Name, role: RoleOption = Role.AGENT, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Invite a person: prints a link with which they set their password, once, within seven days.

    An earlier link for the same name is worth nothing from then on.
    """

    async def act(desk: "Desk") -> "NewCredential":
        from postroom.actions.invitations import invite
        from postroom.actions.log_in import spelled
        from postroom.actions.users import SERVER, require_user_name

        require_user_name(spelled(name))
        return await invite(desk, SERVER, name, role)

    run(_invite(act, data_dir, as_json=as_json))


@user.command()
def reset(name: Name, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Take a forgotten password: prints a link with which the person sets a new one; sessions and tokens end."""

    async def act(desk: "Desk") -> "NewCredential":
        from postroom.actions.invitations import reset_password
        from postroom.actions.users import SERVER, user_named

        return await reset_password(desk, SERVER, (await user_named(desk.stores, name)).id)

    run(_invite(act, data_dir, as_json=as_json))


@user.command()
def disable(name: Name, data_dir: DataDir = None) -> None:
    """Let a person do nothing any more, at once; their sessions end and their tokens stop."""
    run(_switch(name, data_dir, disabled=True))
    show(f"{name} can do nothing any more.")


@user.command()
def enable(name: Name, data_dir: DataDir = None) -> None:
    """Let a disabled person in again."""
    run(_switch(name, data_dir, disabled=False))
    show(f"{name} can log in again.")


async def _list(data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.invitations import every_invitation
    from postroom.actions.users import ShownUser, every_user
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        found, now = await every_user(desk.stores), desk.clock.now()
        # One that resets a password is of somebody who is listed already.
        invited = [one for one in await every_invitation(desk.stores) if one.user_id is None]
    if as_json:
        show_json_list(ShownUser, found)
        return
    rows = [(one.name, one.display_name, one.role.value, _state(one), moment(one.created_at)) for one in found]
    rows += [
        (
            one.name or "(they choose it)",
            "",
            one.role.value if one.role else "",
            _standing(one, now),
            moment(one.created_at),
        )
        for one in invited
    ]
    show_table("", COLUMNS, rows)


async def _invite(act: "Inviting", data_dir: Path | None, *, as_json: bool) -> None:
    from postroom.actions.invitations import link_of
    from postroom.cli.store import desk_of
    from postroom.settings import url_at

    async with desk_of(data_dir) as desk:
        made = await act(desk)
    settings, invitation = settings_of(data_dir), made.credential
    link = link_of(settings.public_url or url_at(settings.api_host, settings.api_port), made.secret)
    if as_json:
        role = invitation.role.value if invitation.role else ""
        until = invitation.expires_at.isoformat() if invitation.expires_at else ""
        show_json({"name": invitation.name, "role": role, "link": link, "expires_at": until})
        return
    show(link)
    say(f"Give this link to {invitation.name}: whoever has it sets the password, once.")
    say(f"It works until {moment(invitation.expires_at)} UTC.")


async def _switch(name: str, data_dir: Path | None, *, disabled: bool) -> None:
    from postroom.actions.users import SERVER, UserChange, change_user, user_named
    from postroom.cli.store import desk_of

    async with desk_of(data_dir) as desk:
        found = await user_named(desk.stores, name)
        await change_user(desk, SERVER, found.id, UserChange(revision=found.revision, disabled=disabled))


def _standing(invitation: "ShownInvitation", now: datetime) -> str:
    until = invitation.expires_at
    return "invitation expired" if until is not None and until <= now else "invited"


def _state(found: "ShownUser") -> str:
    if found.disabled:
        return "disabled"
    return "active" if found.has_password else "no password yet"
