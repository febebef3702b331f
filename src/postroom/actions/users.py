"""Users: who they are, what they may do, and that somebody can always administer."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from postroom.actions.credentials import revoke_invitations_by
from postroom.actions.desk import Desk
from postroom.actions.log_in import spelled, take_attempt
from postroom.actions.passwords import PASSWORDS, Passwords, require_password
from postroom.errors import ConflictError, InputError, NotFoundError, PostroomError
from postroom.interfaces.stores import Stores
from postroom.interfaces.stores.pages import every
from postroom.model.credential import CredentialId, CredentialKind
from postroom.model.user import PERMISSIONS, Permission, Role, User, UserId

NAME_PATTERN = r"[a-z0-9][a-z0-9._-]{0,62}"
MOST_DISPLAY_CHARS = 100

RESERVED = frozenset({"engine", "invited", "mailbox", "postroom", "system"})
"""Names by which the product itself acts: in a log nobody may look like it."""

_PAGE = 200
_NAME = re.compile(NAME_PATTERN)
_OPENED = (CredentialKind.SESSION, CredentialKind.TICKET)
_GIVEN = (CredentialKind.SESSION, CredentialKind.TICKET, CredentialKind.INVITATION)


class GivesTooMuchError(PostroomError):
    """Somebody would get a role that may do more than who gives it."""

    code = "not_allowed"
    http_status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """Who gives somebody a way in: a user (None: whoever types commands on the server), and what they may do now."""

    user_id: UserId | None
    permissions: Collection[Permission]


SERVER = Giver(user_id=None, permissions=frozenset(Permission))
"""Who can read and write the store anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUser:
    """A user as people may see them; `has_password` is False from a reset until the new password is set."""

    id: UserId
    name: str
    display_name: str
    role: Role
    disabled: bool
    has_password: bool
    created_at: datetime
    updated_at: datetime
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What shall be changed of a user; None leaves it. `revision` is that of the user as it was seen."""

    revision: int
    role: Role | None = None
    disabled: bool | None = None
    display_name: str | None = None


def shown_user(user: User) -> ShownUser:
    """Return what may be shown of a user."""
    return ShownUser(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        role=user.role,
        disabled=user.disabled,
        has_password=bool(user.password_hash),
        created_at=user.created_at,
        updated_at=user.updated_at,
        revision=user.revision,
    )


def require_user_name(name: str) -> None:
    """Pass where `name` can be the name of a user.

    Raises:
        InputError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be the name of a user.",
            hint="Use small letters, digits, `.`, `-` and `_`, beginning with a letter or digit, at most 63 of them.",
        )
    if name in RESERVED:
        raise InputError(f"{name!r} is a name of Postroom itself.", hint="Choose another name.")


def require_display_name(name: str) -> None:
    """Pass where `name` can be shown.

    Raises:
        InputError: it is too long, or holds what cannot be printed.
    """
    if len(name) > MOST_DISPLAY_CHARS or not name.isprintable():
        raise InputError(
            f"The display name has {len(name)} characters, or some that cannot be printed.",
            hint=f"Use at most {MOST_DISPLAY_CHARS} letters, spaces and signs.",
        )


def require_may_give(giver: Giver, role: Role) -> None:
    """Pass where who gives a role may do all that it allows: a token for users alone must not make administrators.

    Raises:
        GivesTooMuchError: the role allows more.
    """
    more = [one.value for one in Permission if one in PERMISSIONS[role] and one not in giver.permissions]
    if more:
        raise GivesTooMuchError(
            f"The role {role.value!r} may do more than you may here: {', '.join(more)}.",
            hint="Log in as an administrator, or use a token with these scopes too.",
        )


async def change_user(desk: Desk, giver: Giver, user_id: UserId, change: UserChange) -> User:
    """Change a user and return them.

    Another role, and disabling, ends their sessions; who does not administer any more loses the invitations they made.

    Raises:
        NotFoundError: there is none. InputError: the display name cannot be used.
        GivesTooMuchError: they would get, or get back, what `giver` may not do.
        ConflictError: somebody else changed them meanwhile, or nobody could administer any more.
    """
    if change.display_name is not None:
        require_display_name(change.display_name)
    before = await desk.stores.users.get(user_id)
    if before.revision != change.revision:
        raise _changed_meanwhile(before)
    after = replace(
        before,
        role=change.role or before.role,
        disabled=before.disabled if change.disabled is None else change.disabled,
        display_name=before.display_name if change.display_name is None else change.display_name.strip(),
        updated_at=desk.clock.now(),
    )
    if _allowed(after) - _allowed(before):
        require_may_give(giver, after.role)
    loses_admin = _administers(before) and not _administers(after)
    if loses_admin and await desk.stores.users.count(Role.ADMIN) <= 1:
        raise _last_administrator(before)
    if not await desk.stores.users.change(after):
        raise _changed_meanwhile(before)
    if loses_admin and await desk.stores.users.count(Role.ADMIN) == 0:
        # Two administrators took the role from each other at the same moment: neither may.
        await desk.stores.users.change(replace(before, revision=before.revision + 1))
        raise _last_administrator(before)
    await _take_back(desk.stores, before, after)
    return replace(after, revision=before.revision + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """What somebody types to change their own password, and from which network address."""

    old: str
    new: str
    address: str


async def change_own_password(
    desk: Desk,
    user_id: UserId,
    change: PasswordChange,
    *,
    keep: CredentialId | None,
    passwords: Passwords = PASSWORDS,
) -> None:
    """Set another password for a user who knows the old one; all their tokens, and sessions but `keep`, end.

    Raises:
        InputError: the new one cannot be used, or the old one is another.
        TooManyAttemptsError: the old one was guessed too often. ConflictError: the user was changed meanwhile.
    """
    user = await desk.stores.users.get(user_id)
    require_password(change.new, name=user.name)
    await take_attempt(desk, "password", user.name, change.address)
    if not await passwords.match(user.password_hash, change.old):
        raise InputError("The old password is wrong.", hint="An administrator can reset the password.")
    await set_password(desk, user, change.new, passwords)
    await desk.stores.credentials.revoke_all(user_id, tuple(CredentialKind), keep=keep)


async def set_password(desk: Desk, user: User, password: str, passwords: Passwords = PASSWORDS) -> User:
    """Give a user another password and return them.

    Raises:
        ConflictError: they were changed meanwhile.
    """
    after = replace(user, password_hash=await passwords.hashed(password), updated_at=desk.clock.now())
    if not await desk.stores.users.change(after):
        raise _changed_meanwhile(user)
    return replace(after, revision=user.revision + 1)


async def user_named(stores: Stores, name: str) -> User:
    """Return the user of a name.

    Raises:
        NotFoundError: there is none.
    """
    found = await stores.users.named(spelled(name))
    if found is None:
        raise NotFoundError(f"There is no user {name!r}.", hint="The list of users shows them.")
    return found


async def every_user(stores: Stores) -> tuple[ShownUser, ...]:
    """Return all users, by name."""
    return tuple([shown_user(one) async for one in every(lambda after: stores.users.list(after=after, limit=_PAGE))])


async def _take_back(stores: Stores, before: User, after: User) -> None:
    if after.disabled and not before.disabled:
        await stores.credentials.revoke_all(after.id, _GIVEN)
    elif after.role is not before.role:
        await stores.credentials.revoke_all(after.id, _OPENED)
    if _administers(before) and not _administers(after):
        await revoke_invitations_by(stores, after.id)


def _allowed(user: User) -> frozenset[Permission]:
    return frozenset() if user.disabled else PERMISSIONS[user.role]


def _administers(user: User) -> bool:
    return user.role is Role.ADMIN and not user.disabled


def _changed_meanwhile(user: User) -> ConflictError:
    return ConflictError(
        f"The user {user.name!r} was changed meanwhile (revision {user.revision}).", hint="Look again, then decide."
    )


def _last_administrator(user: User) -> ConflictError:
    return ConflictError(
        f"{user.name!r} is the last administrator who can log in.", hint="Make somebody else administrator first."
    )
