"""Invitations: a link with which somebody sets a password, once; so nobody ever knows the password of another."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from postroom.actions.credentials import NewCredential, digest_of, drawn, revoke_any, revoke_invitations_by
from postroom.actions.desk import Desk
from postroom.actions.log_in import spelled
from postroom.actions.passwords import PASSWORDS, Passwords, require_password
from postroom.actions.sessions import Entrance, open_session
from postroom.actions.users import (
    SERVER,
    Giver,
    require_display_name,
    require_may_give,
    require_user_name,
    set_password,
)
from postroom.errors import ConflictError, InputError, NotFoundError
from postroom.interfaces.clock import Clock
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.credential import Credential, CredentialId, CredentialKind
from postroom.model.page import Page
from postroom.model.user import PERMISSIONS, Permission, Role, User, UserId

LASTS = timedelta(days=7)

_PAGE = 200
_HINT = "Ask an administrator for a new link; each can be used once, within seven days."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInvitation:
    """An invitation as people may see it.

    `user_id` is None where it makes a new user; `name` is empty where they choose one; `made_by` is who made it (None:
    the command line, or the first start).
    """

    id: CredentialId
    name: str
    role: Role | None
    user_id: UserId | None
    made_by: UserId | None
    created_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedInvitation:
    """What somebody who was invited gives; `name` and `display_name` only count for a new user."""

    secret: str
    password: str
    name: str = ""
    display_name: str = ""
    browser: str = ""


def shown_invitation(invitation: Credential) -> ShownInvitation:
    """Return what may be shown of an invitation."""
    return ShownInvitation(
        id=invitation.id,
        name=invitation.name,
        role=invitation.role,
        user_id=invitation.user_id,
        made_by=invitation.made_by,
        created_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def link_of(public_url: str, secret: str) -> str:
    """Return the link for a browser; what stands behind `#` never reaches a server or a log."""
    return f"{public_url.rstrip('/')}/welcome#{secret}"


async def invite(desk: Desk, giver: Giver, name: str, role: Role) -> NewCredential:
    """Invite somebody who becomes a user of that name (empty: they choose) and role.

    An earlier invitation of the same name is worth nothing from then on.

    Raises:
        InputError: the name cannot be used. ConflictError: there is such a user.
        GivesTooMuchError: the role may do more than `giver`.
    """
    require_may_give(giver, role)
    name = spelled(name)
    if name:
        require_user_name(name)
        await _require_free(desk.stores, name)
    made = drawn(CredentialKind.INVITATION, None, at=desk.clock.now(), lasts=LASTS)
    invitation = replace(made.credential, name=name, role=role, made_by=giver.user_id)
    earlier = [one for one in await every_invitation(desk.stores) if name and _is_new_user(one, name)]
    await desk.stores.credentials.add(invitation)
    for one in earlier:
        await desk.stores.credentials.revoke(one.id)
    return replace(made, credential=invitation)


async def reset_password(desk: Desk, giver: Giver, user_id: UserId) -> NewCredential:
    """Take a user's password, sessions, tokens and the invitations they made; return an invitation to set another.

    Raises:
        NotFoundError: there is no such user. ConflictError: the user is disabled, or was changed meanwhile.
        GivesTooMuchError: the user may do more than `giver`.
    """
    user = await desk.stores.users.get(user_id)
    if user.disabled:
        raise ConflictError(f"{user.name!r} is disabled.", hint="Enable the user first.")
    require_may_give(giver, user.role)
    now = desk.clock.now()
    if not await desk.stores.users.change(replace(user, password_hash="", updated_at=now)):
        raise ConflictError(f"{user.name!r} was changed meanwhile.", hint="Try again.")
    await desk.stores.credentials.revoke_all(user_id, tuple(CredentialKind))
    await revoke_invitations_by(desk.stores, user_id)
    made = drawn(CredentialKind.INVITATION, user_id, at=now, lasts=LASTS)
    invitation = replace(made.credential, name=user.name, role=user.role, made_by=giver.user_id)
    await desk.stores.credentials.add(invitation)
    return replace(made, credential=invitation)


async def look_at(desk: Desk, secret: str) -> Credential:
    """Return the invitation of a secret.

    Raises:
        NotFoundError: there is none (any more), it has expired, its user is disabled, or who made it may not make it
        any more.
    """
    found = await desk.stores.credentials.find(CredentialKind.INVITATION, digest_of(secret))
    if found is None or found.expired(desk.clock.now()):
        raise _no_longer()
    if found.user_id is not None and (await desk.stores.users.get(found.user_id)).disabled:
        raise _no_longer()
    # Invitations of who is let go are withdrawn; one that was being made at that very moment is caught here.
    if found.made_by is not None and not _may_invite(await desk.stores.users.get(found.made_by)):
        raise _no_longer()
    return found


async def accept(desk: Desk, given: AcceptedInvitation, passwords: Passwords = PASSWORDS) -> Entrance:
    """Make the invited user, or set the new password of one, and let them in.

    Raises:
        NotFoundError: there is no such invitation (any more). InputError: name, display name or password cannot be
        used. ConflictError: there is such a user; the invitation stays.
    """
    invitation = await look_at(desk, given.secret)
    name = invitation.name or spelled(given.name)
    _require_acceptable(invitation, given, name)
    if invitation.user_id is None:
        await _require_free(desk.stores, name)
    if await desk.stores.credentials.redeem(CredentialKind.INVITATION, invitation.digest) is None:
        raise _no_longer()
    try:
        user = await _let_in(desk, invitation, replace(given, name=name), passwords)
    except ConflictError:
        await desk.stores.credentials.add(invitation)
        raise
    return await open_session(desk.stores, user, browser=given.browser, at=desk.clock.now())


async def open_invitations(stores: Stores, *, after: str | None, limit: int) -> Page[ShownInvitation]:
    """Return the invitations that nobody has used yet, newest first, expired ones too."""
    page = await stores.credentials.list(CredentialKind.INVITATION, after=after, limit=limit)
    return Page(rows=tuple(shown_invitation(one) for one in page.rows), next_cursor=page.next_cursor)


async def every_invitation(stores: Stores) -> tuple[ShownInvitation, ...]:
    """Return all invitations that nobody has used yet, newest first, expired ones too."""
    return tuple([one async for one in every(lambda after: open_invitations(stores, after=after, limit=_PAGE))])


async def withdraw(stores: Stores, invitation_id: str) -> None:
    """Make an invitation worthless.

    Raises:
        NotFoundError: there is none.
    """
    await revoke_any(stores, CredentialKind.INVITATION, invitation_id)


async def first_invitation(stores: Stores, clock: Clock) -> str | None:
    """Return the secret of a new invitation for the first administrator, None where there is one who can log in.

    Earlier invitations of administrators are worth nothing from then on.
    """
    if await stores.users.count(Role.ADMIN) > 0:
        return None
    for one in await every_invitation(stores):
        if one.user_id is None and one.role is Role.ADMIN:
            await stores.credentials.revoke(one.id)
    return (await invite(Desk(stores=stores, clock=clock, by="postroom"), SERVER, "", Role.ADMIN)).secret


def _is_new_user(invitation: ShownInvitation, name: str) -> bool:
    return invitation.user_id is None and invitation.name == name


def _may_invite(user: User) -> bool:
    return not user.disabled and Permission.ADMINISTER in PERMISSIONS[user.role]


def _require_acceptable(invitation: Credential, given: AcceptedInvitation, name: str) -> None:
    if invitation.name and given.name and spelled(given.name) != invitation.name:
        raise InputError(f"The invitation is for {invitation.name!r}.", hint="Leave the name as it is.")
    require_user_name(name)
    require_display_name(given.display_name)
    require_password(given.password, name=name)


async def _let_in(desk: Desk, invitation: Credential, given: AcceptedInvitation, passwords: Passwords) -> User:
    if invitation.user_id is not None:
        return await set_password(desk, await desk.stores.users.get(invitation.user_id), given.password, passwords)
    now = desk.clock.now()
    user = User(
        id=UserId(f"us_{secrets.token_hex(12)}"),
        name=given.name,
        display_name=given.display_name.strip() or given.name,
        role=invitation.role or Role.VIEWER,
        created_at=now,
        updated_at=now,
        password_hash=await passwords.hashed(given.password),
    )
    if not await desk.stores.users.add(user):
        raise _taken(given.name)
    return user


async def _require_free(stores: Stores, name: str) -> None:
    if await stores.users.named(name) is not None:
        raise _taken(name)


def _taken(name: str) -> ConflictError:
    return ConflictError(f"There is a user {name!r} already.", hint="Choose another name.")


def _no_longer() -> NotFoundError:
    return NotFoundError("The invitation is not valid (any more).", hint=_HINT)
