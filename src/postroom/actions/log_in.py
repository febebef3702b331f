"""Logging in with name and password; guessing is slow, and tells nothing of which names exist."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Network, ip_address

from postroom.actions.credentials import digest_of
from postroom.actions.desk import Desk
from postroom.actions.passwords import PASSWORDS, Passwords
from postroom.actions.sessions import Entrance, open_session
from postroom.errors import NotFoundError, PostroomError
from postroom.interfaces.stores import Stores
from postroom.model.allowance import Limit
from postroom.model.user import User

WINDOW_SECONDS = 15 * 60
MOST_OF_NAME_AND_ADDRESS = 10
MOST_OF_NAME = 100
MOST_OF_ADDRESS = 50


class WrongPasswordError(PostroomError):
    """Nobody is let in with this name and password; which of them is wrong is not said."""

    code = "not_logged_in"
    http_status = 401


class TooManyAttemptsError(PostroomError):
    """There were too many attempts; waiting helps."""

    code = "too_many_requests"
    http_status = 429
    retryable = True
    retry_after_seconds = WINDOW_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody typed, from which network address, in what browser."""

    name: str
    password: str
    address: str
    browser: str = ""


async def log_in(desk: Desk, attempt: Attempt, passwords: Passwords = PASSWORDS) -> Entrance:
    """Let somebody in who knows the password, with a new session.

    Raises:
        WrongPasswordError: there is no such user, the password is another one, or the user is disabled.
        TooManyAttemptsError: too many attempts with this name or from this address.
    """
    name = spelled(attempt.name)
    await take_attempt(desk, "log-in", name, attempt.address)
    user = await desk.stores.users.named(name)
    usable = user is not None and not user.disabled
    if not await passwords.match(user.password_hash if user and usable else "", attempt.password) or user is None:
        raise _wrong()
    user = await _rehashed(desk, user, attempt.password, passwords)
    entrance = await open_session(desk.stores, user, browser=attempt.browser, at=desk.clock.now())
    if not await _still_so(desk.stores, user):
        # The password was changed, or the user disabled, while the old password was compared.
        await desk.stores.credentials.revoke(entrance.session.id)
        raise _wrong()
    return entrance


async def take_attempt(desk: Desk, act: str, name: str, address: str) -> None:
    """Count an attempt to guess something of `name`, however it ends.

    Raises:
        TooManyAttemptsError: there were too many within a quarter of an hour.
    """
    # Digests, as what was typed may hold anything.
    who, where = digest_of(name)[:32], digest_of(network_of(address))[:32]
    limits = (
        Limit(scope=f"{act}/both/{who}/{where}", cap=MOST_OF_NAME_AND_ADDRESS, window_seconds=WINDOW_SECONDS),
        Limit(scope=f"{act}/name/{who}", cap=MOST_OF_NAME, window_seconds=WINDOW_SECONDS),
        Limit(scope=f"{act}/address/{where}", cap=MOST_OF_ADDRESS, window_seconds=WINDOW_SECONDS),
    )
    if await desk.stores.allowances.take(_attempt_id(), limits, at=desk.clock.now()) is not None:
        raise TooManyAttemptsError("There were too many attempts.", hint="Wait a quarter of an hour and try again.")


async def is_worth_noting(desk: Desk, address: str) -> bool:
    """Whether one more refused attempt from an address belongs into the audit log: a flood must not fill it."""
    scope = f"log-in/refused/{digest_of(network_of(address))[:32]}"
    limit = Limit(scope=scope, cap=MOST_OF_NAME_AND_ADDRESS, window_seconds=WINDOW_SECONDS)
    return await desk.stores.allowances.take(_attempt_id(), (limit,), at=desk.clock.now()) is None


def spelled(name: str) -> str:
    """Return a name as it is stored, however it was typed."""
    return name.strip().lower()


def network_of(address: str) -> str:
    """Return what attempts from an address count for: itself, or of IPv6 the /64, as whoever has one address has all.

    Text that is no address counts for itself.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))


def _attempt_id() -> str:
    return f"attempt/{secrets.token_hex(12)}"


async def _rehashed(desk: Desk, user: User, password: str, passwords: Passwords) -> User:
    if not passwords.outdated(user.password_hash):
        return user
    renewed = replace(user, password_hash=await passwords.hashed(password), updated_at=desk.clock.now())
    return replace(renewed, revision=user.revision + 1) if await desk.stores.users.change(renewed) else user


async def _still_so(stores: Stores, user: User) -> bool:
    with suppress(NotFoundError):
        now = await stores.users.get(user.id)
        return now.password_hash == user.password_hash and not now.disabled
    return False


def _wrong() -> WrongPasswordError:
    return WrongPasswordError("The name or the password is wrong.", hint="An administrator can reset the password.")
